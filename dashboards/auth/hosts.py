"""Which names this server answers to. A request for another host is turned away before any page, route or socket.

A page elsewhere can have its own name resolved to this machine; the browser then takes us for that page's server and
sends along whatever it says. So the demo answers to this machine alone, and a production server with a public address
to that. Whoever looks after the server may ask for its health by any name.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher

from core.settings import Settings, is_loopback

OPEN_TO_ALL = frozenset({"/healthz", "/readyz", "/metrics"})


class ForeignHost(Matcher):
    """Matches what is meant for somebody else."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        known = request.path in OPEN_TO_ALL or is_our_host(request.host, self._settings)
        return None if known else {}


def is_our_host(host: str, settings: Settings) -> bool:
    if not settings.demo and not settings.public_url:
        return True
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    public = urlsplit(settings.public_url).hostname
    return is_loopback(name) or (public is not None and name == public.lower())
