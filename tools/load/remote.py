"""A Tandem that runs already: its people and their tokens, asked for over REST with a key of its own."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from tools.load.servers import Person, Server, ServerError

TRIES = 20


def remote(address: str, key: str, people: int, pid: int | None = None) -> Server:
    parts = urlsplit(address)
    if parts.scheme != "http" or not parts.hostname or not parts.port:
        raise ServerError(f"an address such as http://127.0.0.1:5006 is needed, not {address!r}")
    known = tuple(_person(address, key, f"load-{n}") for n in range(people))
    return Server("tandem", parts.hostname, parts.port, known, pid, (key,))


def _person(address: str, key: str, external_id: str) -> Person:
    given = {"external_id": external_id, "name": external_id.title(), "role": "student", "age_band": "18_plus"}
    told = _ask(f"{address.rstrip('/')}/api/v1/tokens", key, given)
    return Person(external_id, told["token"])


def _ask(url: str, key: str, body: dict[str, Any]) -> Any:
    """One request; whoever is told to wait waits."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    for _ in range(TRIES):
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - http, checked above
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            if error.code != 429:
                raise ServerError(f"{url} answered {error.code}: {error.read()[:200]!r}") from None
            time.sleep(float(error.headers.get("Retry-After", "1")))
    raise ServerError(f"{url} asks to wait for too long")
