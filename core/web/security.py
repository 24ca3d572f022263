"""What keeps browsers from being used against their owners: headers, origins, cookies, and whose address it is.

An origin is compared as scheme, host and port, never by prefix or suffix, and `null` is nobody's. It is a second
guard: the first is always a token, a key, or a cookie together with a header that no other site can send.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest

from core.errors import SettingsError
from core.settings import Settings, is_loopback

COOKIE = "tandem"
"""The cookie of a page's viewer; its value is a token made for pages."""
OWN_HEADER = "X-Tandem"
"""What our own pages send with every write: another site's form cannot, and its script may not."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PORTS = {"http": 80, "https": 443}

API_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE_CSP = "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
"""For pages that are ours alone: nothing inline, nothing from elsewhere."""
PANEL_CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' blob:; style-src 'self' 'unsafe-inline' blob:; "
    "connect-src 'self' blob: {socket}; img-src 'self' data: blob:; font-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
"""For Panel's pages, whose templates carry inline scripts and styles; `{socket}` is the origin of their websocket."""


def panel_csp(host: str, settings: Settings) -> str:
    """The policy of a Panel page that was asked for at this host."""
    plain = _authority(host)
    scheme = "wss" if settings.secure else "ws"
    return PANEL_CSP.replace("{socket}", f"{scheme}://{plain}" if plain else "").replace(" ;", ";")


def security_headers(settings: Settings, csp: str = API_CSP) -> dict[str, str]:
    """The headers of every answer."""
    headers = {
        "Content-Security-Policy": csp,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def cookie_options(settings: Settings, max_age: int) -> dict[str, Any]:
    """How the page cookie is set: unread by scripts, unsent by other sites' forms, and never in the clear."""
    return {"httponly": True, "samesite": "Lax", "secure": settings.secure, "path": "/", "max_age": max_age}


# --- origins


def _authority(host: str) -> str:
    """A host header's value if it is nothing but a host and a port, else nothing."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    clean = parts.netloc == host and parts.hostname and not parts.username and not any(c in host for c in " ;,'\"\\")
    return host.lower() if clean else ""


def read_origin(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin; None for anything that is not exactly one."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or _authority(parts.netloc) == "":
        return None
    if parts.path or parts.query or parts.fragment or origin != origin.strip():
        return None
    return parts.scheme, parts.hostname.rstrip("."), port or PORTS[parts.scheme]


def is_same_origin(origin: str | None, host: str, settings: Settings) -> bool:
    """Whether a page of ours sent this: by the host it was asked at, or by the public address."""
    found = read_origin(origin) if origin else None
    if found is None:
        return False
    if settings.public_url and found == read_origin(settings.public_url.rstrip("/").lower()):
        return True
    return (
        bool(_authority(host))
        and found == read_origin(f"{found[0]}://{host.lower()}")
        and (found[0] == "https" or not settings.secure)
    )


def origin_allowed(origin: str | None, host: str, settings: Settings, *, missing: bool = False) -> bool:
    """Whether a page of this origin may talk to us. `missing` allows none at all: programs that bring a token."""
    if origin is None or origin == "":
        return missing
    if is_same_origin(origin, host, settings):
        return True
    found = read_origin(origin)
    return found is not None and found in {read_origin(o.rstrip("/").lower()) for o in settings.allowed_origins}


CORS_SECONDS = 600


def reading_headers(origin: str | None, settings: Settings) -> dict[str, str]:
    """What lets a page of an allowed origin read REST with a token it was given: nothing for any other page.

    Cookies are never asked for, so nobody reads in the name of whoever happens to be signed in here.
    """
    found = read_origin(origin) if origin else None
    if found is None or found not in {read_origin(o.rstrip("/").lower()) for o in settings.allowed_origins}:
        return {}
    return {
        "Access-Control-Allow-Origin": str(origin),
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": "Authorization, X-Request-Id",
        "Access-Control-Expose-Headers": "Retry-After, X-Request-Id",
        "Access-Control-Max-Age": str(CORS_SECONDS),
        "Vary": "Origin",
    }


# --- addresses


@lru_cache(maxsize=8)
def trusted_networks(proxies: tuple[str, ...]) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(p, strict=False) for p in proxies)
    except ValueError as error:
        raise SettingsError(f"TANDEM_TRUSTED_PROXIES must list addresses or networks: {error}.") from None


def client_address(request: HTTPServerRequest, proxies: tuple[str, ...]) -> str:
    """Who asks: the nearest address that is not one of our own proxies. What others claim is not believed."""
    return nearest_address(request.remote_ip or "", ",".join(request.headers.get_list("X-Forwarded-For")), proxies)


def nearest_address(peer: str, forwarded: str, proxies: tuple[str, ...]) -> str:
    """The same, of whoever is connected and what the header says."""
    if not forwarded:
        return _alone(peer)
    address = _address(peer)
    if address is None:
        return peer or "unknown"
    trusted = trusted_networks(proxies)
    for hop in reversed(forwarded.split(",")):
        if not _is_trusted(address, trusted):
            break
        before = _address(hop)
        if before is None:
            break
        address = before
    return str(address)


@lru_cache(maxsize=4096)
def _alone(peer: str) -> str:
    """Whoever is connected, where no header says more."""
    return str(_address(peer) or peer or "unknown")


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in trusted)


@lru_cache(maxsize=4096)
def _address(text: str) -> Address | None:
    """An address as proxies write it: with a port or in brackets too. IPv4 inside IPv6 is IPv4."""
    plain = text.strip()
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        found = ipaddress.ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def base_url(request: HTTPServerRequest, settings: Settings) -> str:
    """The address under which people reach us: the public one, or the one this request was sent to."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    proxy = _address(request.remote_ip or "")
    told = request.headers.get("X-Forwarded-Proto", "")
    believed = proxy is not None and _is_trusted(proxy, trusted_networks(settings.trusted_proxies))
    return f"{told if believed and told in PORTS else request.protocol}://{_authority(request.host)}"


def from_this_machine(request: HTTPServerRequest) -> bool:
    """Whether a program on this machine asks, and not a proxy here for somebody else."""
    forwarded = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via")
    return is_loopback(request.remote_ip or "") and not any(name in request.headers for name in forwarded)


@lru_cache(maxsize=4096)
def limit_key(address: str) -> str:
    """What a limit counts an address as: one IPv6 customer has 2^64 of them."""
    found = _address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{found}/64", strict=False).network_address)
    return str(found) if found else "unknown"
