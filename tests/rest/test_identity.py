"""Who is asking: keys, tokens and cookies; what is forged, stale or sent by another site is refused, always alike."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest

from core.app import App
from core.clock import FakeClock
from core.safety.limiter import MemoryLimiter
from core.social.friendships import friends_of
from core.web.limits import GUESSES
from data.tables import User
from tests.factories import SECRET, Make
from tests.rest_kit import Api, Reply

READ = "/api/v1/activities"
MINE = "/api/v1/friendships"


def _b64(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def forged(app: App, make: Make, person: User) -> dict[str, str]:
    """Tokens and keys that must open nothing."""
    good = make.token(person, "api")
    claims = jwt.decode(good, options={"verify_signature": False})
    head, body, signature = good.split(".")
    none = _b64({"alg": "none", "typ": "JWT"})
    other = {"sub": "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e"}
    return {
        "expired": app.tokens.make(person.id, 0, ("api",), ttl=0)[0],
        "made for a socket": make.token(person, "socket"),
        "made for a page": make.token(person, "page"),
        "of an earlier generation": make.token(person, "api", generation=99),
        "of nobody": jwt.encode(claims | other, SECRET, algorithm="HS256"),
        "with no algorithm": f"{none}.{body}.",
        "with no algorithm but a signature": f"{none}.{body}.{signature}",
        "without its signature": f"{head}.{body}.",
        "tampered": f"{head}.{_b64(claims | other)}.{signature}",
        "signed by somebody else": jwt.encode(claims, "another-secret-of-enough-length-0123", algorithm="HS256"),
        "of another issuer": jwt.encode(claims | {"iss": "elsewhere"}, SECRET, algorithm="HS256"),
        "signed with another method": jwt.encode(claims, SECRET * 2, algorithm="HS512"),
        "without an end": jwt.encode({k: v for k, v in claims.items() if k != "exp"}, SECRET, algorithm="HS256"),
        "half": good[: len(good) // 2],
        "two dots": "..",
        "an unknown key": "key_" + "x" * 32,
        "very long": "a" * 6000,
        "empty": " ",
        "not ascii": "kéy",
    }


@pytest.mark.req("SEC-1", "API-2")
async def test_whatever_is_forged_gets_the_same_bare_refusal(api: Api, app: App, make: Make) -> None:
    person = await make.person()
    assert (await api("GET", READ, bearer=make.token(person, "api"))).status == 200
    replies: dict[str, Reply] = {}
    for name, bearer in forged(app, make, person).items():
        header = f"Bearer {bearer}".encode().decode("latin-1")
        replies[name] = await api("GET", READ, bearer=None, headers={"Authorization": header})
    for scheme in ("Basic YTpi", "Bearer", "bearer", "Token abc", ""):
        replies[f"scheme {scheme!r}"] = await api("GET", READ, bearer=None, headers={"Authorization": scheme})
    replies["nothing"] = await api("GET", READ, bearer=None)
    for name, reply in replies.items():
        assert reply.status == 401, name
        assert reply.body == replies["nothing"].body, name
        assert reply.headers["WWW-Authenticate"] == 'Bearer realm="tandem"'


async def test_a_token_ends_after_a_day(api: Api, make: Make, clock: FakeClock) -> None:
    token = make.token(await make.person(), "api")
    clock.advance(86_399)
    assert (await api("GET", READ, bearer=token)).status == 200
    clock.advance(1)
    assert (await api("GET", READ, bearer=token)).status == 401


async def test_the_scheme_may_be_written_in_any_case(api: Api, app: App) -> None:
    for scheme in ("Bearer", "bearer", "BEARER"):
        header = {"Authorization": f"{scheme} {app.settings.api_key}"}
        assert (await api("GET", READ, bearer=None, headers=header)).status == 200


# --- cookies


def cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"tandem={token}"}


@pytest.mark.req("SEC-3")
async def test_a_page_reads_with_its_cookie(api: Api, make: Make) -> None:
    person = await make.person()
    assert (await api("GET", READ, bearer=None, headers=cookie(make.token(person, "page")))).status == 200
    assert (await api("GET", READ, bearer=None, headers=cookie(make.token(person, "socket")))).status == 401
    assert (await api("GET", READ, bearer=None, headers=cookie("nonsense"))).status == 401


@pytest.mark.req("SEC-3")
async def test_a_page_writes_with_its_cookie_its_origin_and_the_header(api: Api, make: Make) -> None:
    person, other = await make.person(), await make.person()
    headers = cookie(make.token(person, "page")) | {"X-Tandem": "1"}
    body = {"user_id": other.id}
    for own in ({"Origin": api.url}, {"Sec-Fetch-Site": "same-origin"}):
        assert (await api("POST", MINE, body, bearer=None, headers=headers | own)).status == 201


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize("valid", [True, False])
async def test_another_site_writes_nothing_whatever_the_cookie(api: Api, make: Make, valid: bool) -> None:
    person, other = await make.person(), await make.person()
    held = cookie(make.token(person, "page") if valid else "nonsense")
    ours, header = {"Origin": api.url}, {"X-Tandem": "1"}
    tries: list[dict[str, str]] = [
        {},
        ours,
        header,
        header | {"Origin": "null"},
        header | {"Origin": ""},
        header | {"Origin": "https://evil.example"},
        header | {"Origin": f"http://evil.example/{api.host}"},
        header | {"Origin": f"http://{api.host}.evil.example"},
        header | {"Origin": f"http://evil{api.host}"},
        header | {"Origin": f"http://user@{api.host}"},
        header | {"Origin": "http://127.0.0.1:1"},
        header | {"Sec-Fetch-Site": "same-site"},
        header | {"Sec-Fetch-Site": "cross-site"},
        header | {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        ours | {"X-Tandem": "0"},
        ours | {"Content-Type": "text/plain"},
    ]
    for headers in tries:
        for method, path in (("POST", MINE), ("DELETE", f"/api/v1/blocks/{other.id}"), ("PUT", "/api/v1/people/x")):
            reply = await api(method, path, {"user_id": other.id}, bearer=None, headers=held | headers)
            assert reply.status == 403, (method, headers)
            assert reply.error["type"] == "cross_site"
    async with api.app.transactions.read() as db:
        assert await friends_of(db, person.id) == []


async def test_a_header_decides_before_a_cookie(api: Api, make: Make) -> None:
    person = await make.person()
    held = cookie(make.token(person, "page"))
    assert (await api("GET", READ, bearer="nonsense", headers=held)).status == 401
    # The key has no scope for friendships, though the cookie's person has.
    assert (await api("GET", MINE, headers=held)).status == 403


# --- guessing


@pytest.mark.req("SEC-2")
async def test_guessing_is_limited_by_address_and_no_more_is_looked_up(
    api: Api, app: App, make: Make, clock: FakeClock
) -> None:
    key = app.settings.api_key
    for _ in range(GUESSES.count):
        assert (await api("GET", READ, bearer="key_wrong")).status == 401
    refused = await api("GET", READ, bearer="key_wrong")
    assert refused.status == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.error["temporary"] is True
    assert (await api("GET", READ, bearer=key)).status == 429, "nobody can tell by the answer that this one was right"
    assert (await api("GET", "/healthz", bearer=None)).status == 200
    clock.advance(60)
    assert (await api("GET", READ, bearer=key)).status == 200
    assert isinstance(app.limiter, MemoryLimiter)
