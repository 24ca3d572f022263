"""Who sent a request: the bearer of a key or token, or the viewer of one of our pages by its cookie.

An `Authorization` header decides when there is one: no other site can make a browser send it. A cookie travels by
itself, so it writes only together with our own header and from our own origin; anything else is 403, whatever the
cookie says. Bad keys and tokens of every kind get the same 401.
"""

from __future__ import annotations

from tornado.httputil import HTTPServerRequest

from core.errors import Forbidden, Unauthorized
from core.principal import Principal
from core.web.context import Context
from core.web.limits import check_guesses, count_guess
from core.web.security import COOKIE, OWN_HEADER, SAFE_METHODS, is_same_origin
from core.workshop.guests import PREFIX

LONGEST = 4096


def bearer_of(request: HTTPServerRequest) -> str:
    """What stands behind `Bearer` in the header; empty for anything else."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    value = value.strip()
    return value if scheme.lower() == "bearer" and len(value) <= LONGEST and value.isascii() else ""


async def identify(app: Context, request: HTTPServerRequest, address: str) -> Principal:
    """The principal of a request, or Unauthorized; Forbidden for a write that another site may have caused."""
    if "Authorization" in request.headers:
        return await from_bearer(app, bearer_of(request), address)
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        raise Unauthorized
    if request.method not in SAFE_METHODS:
        _check_own_page(app, request)
    await check_guesses(app.limiter, address)
    try:
        return await app.principals.from_token(cookie.value[:LONGEST], "page")
    except Unauthorized:
        await count_guess(app.limiter, address)
        raise


async def from_bearer(app: Context, bearer: str, address: str) -> Principal:
    """The principal of a key, of a token, which has two dots in it, or of a workshop's guest."""
    await check_guesses(app.limiter, address)
    try:
        if not bearer:
            raise Unauthorized
        if bearer.startswith(PREFIX):
            return await app.guests.from_browser(bearer)
        if bearer.count(".") == 2:
            return await app.principals.from_token(bearer, "api")
        return await app.principals.from_key(bearer)
    except Unauthorized:
        await count_guess(app.limiter, address)
        raise


def _check_own_page(app: Context, request: HTTPServerRequest) -> None:
    origin = request.headers.get("Origin")
    same = is_same_origin(origin, request.host, app.settings)
    if origin is None:
        same = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if not same or request.headers.get(OWN_HEADER) != "1":
        raise Forbidden("This request did not come from one of our own pages.", reason="cross_site")
