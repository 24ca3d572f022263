"""Staff sign in through a provider: the honest way works, and every forged part of it is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPResponse

from core.settings import Settings
from core.web.security import COOKIE
from dashboards.auth.oidc import role_of
from panel_app import Node
from tests.node_kit import Browser, running
from tests.oidc_kit import Provider, provider


@pytest.fixture
async def issuer() -> AsyncIterator[Provider]:
    async with provider() as found:
        yield found


@pytest.fixture
async def node(settings: Settings, database_url: str, issuer: Provider) -> AsyncIterator[Node]:
    told = replace(settings, oidc_issuer=issuer.base, oidc_client_id="tandem", oidc_client_secret="hush")
    async with running(told, database_url) as node:
        yield node


async def come_back(browser: Browser, change_query: dict[str, str] | None = None) -> HTTPResponse:
    """Go to the provider and back, as a browser does."""
    away = await browser.get("/login/oidc?next=/admin")
    assert away.code == 302
    there = await AsyncHTTPClient().fetch(away.headers["Location"], follow_redirects=False, raise_error=False)
    back = urlsplit(there.headers["Location"])
    query = {name: values[0] for name, values in parse_qs(back.query).items()} | (change_query or {})
    return await browser.ask("GET", f"{back.path}?" + "&".join(f"{k}={v}" for k, v in query.items()))


async def test_the_login_page_offers_the_provider(browser: Browser) -> None:
    assert b'href="/login/oidc"' in (await browser.get("/login")).body


async def test_the_providers_word_makes_staff_with_the_role_it_names(browser: Browser, issuer: Provider) -> None:
    issuer.claims["groups"] = ["staff", "admin", "analyst"]
    signed_in = await come_back(browser)
    assert (signed_in.code, signed_in.headers["Location"]) == (303, "/admin")
    admin = await browser.get("/admin")
    assert admin.code == 200
    assert b"grace" in admin.body


async def test_somebody_without_a_role_of_ours_gets_nothing(browser: Browser, issuer: Provider) -> None:
    issuer.claims["groups"] = ["gardeners"]
    assert (await come_back(browser)).code == 403
    assert COOKIE not in browser.cookies


FORGED: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://elsewhere.example"},
    "another client's token": {"aud": "somebody-else"},
    "an expired token": {"exp": 1},
    "a replayed nonce": {"nonce": "from-another-time"},
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED.keys())
async def test_forged_claims_are_refused(browser: Browser, issuer: Provider, change: dict[str, Any]) -> None:
    issuer.change = change
    assert (await come_back(browser)).code == 401
    assert COOKIE not in browser.cookies


async def test_a_strangers_signature_is_refused(browser: Browser, issuer: Provider) -> None:
    issuer.sign_with_stranger = True
    assert (await come_back(browser)).code == 401


async def test_an_answer_that_nobody_asked_for_is_refused(browser: Browser) -> None:
    assert (await come_back(browser, {"state": "guessed"})).code == 401
    assert (await Browser(browser.node).get("/login/oidc?code=x&state=y")).code == 401


async def test_a_provider_that_is_away_is_said_to_be(browser: Browser, issuer: Provider) -> None:
    issuer.base = "http://127.0.0.1:9"
    assert (await browser.get("/login/oidc")).code == 503


def test_the_strongest_role_counts() -> None:
    assert role_of(["facilitator", "analyst"]) == "analyst"
    assert role_of("admin") == "admin"
    assert role_of(["tutor", "nobody"]) == "tutor"
    assert role_of(None) is None
    assert role_of({"admin": True}) is None
