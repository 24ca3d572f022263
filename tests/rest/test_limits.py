"""Each route limits each caller: not more than its rate, and nobody for what others did."""

from __future__ import annotations

import pytest

from core.app import App
from core.clock import FakeClock
from core.safety.limiter import Rate
from core.web.rest import ROUTES
from core.web.routes import Call, Routes
from tests.factories import Make
from tests.rest_kit import Api, serve_rest

few = Routes("Few")


@few("GET", "/api/v1/few", scope="activity:read", summary="Three in ten seconds.", rate=Rate(3, 10))
async def get_few(call: Call[None, None]) -> None:
    return None


@few("GET", "/api/v1/open", scope=None, summary="The same, open to everybody.", rate=Rate(3, 10))
async def get_open(call: Call[None, None]) -> None:
    return None


@pytest.mark.req("SEC-2", "API-2")
async def test_a_caller_gets_the_rate_and_then_a_wait(app: App, make: Make, clock: FakeClock) -> None:
    one, other = [make.token(await make.person(), "api") for _ in range(2)]
    async with serve_rest(app, few.found) as api:
        replies = [await api("GET", "/api/v1/few", bearer=one) for _ in range(5)]
        assert [r.status for r in replies] == [204, 204, 204, 429, 429]
        assert replies[3].headers["Retry-After"] == "10"
        assert replies[3].error["type"] == "rate_limited"
        assert replies[3].error["temporary"] is True
        assert (await api("GET", "/api/v1/few", bearer=other)).status == 204, "others are not concerned"
        clock.advance(10)
        assert (await api("GET", "/api/v1/few", bearer=one)).status == 204
    assert b'tandem_http_limited_total{route="/api/v1/few"} 2.0' in app.metrics.exposition()


@pytest.mark.req("SEC-2")
async def test_open_routes_limit_by_address(app: App) -> None:
    async with serve_rest(app, few.found) as api:
        statuses = [(await api("GET", "/api/v1/open", bearer=None)).status for _ in range(4)]
        assert statuses == [204, 204, 204, 429]
        # An address that anybody can make up is not believed.
        forwarded = {"X-Forwarded-For": "203.0.113.9"}
        assert (await api("GET", "/api/v1/open", bearer=None, headers=forwarded)).status == 429


async def test_what_is_refused_anyway_costs_nothing(api: Api, app: App, make: Make) -> None:
    token = make.token(await make.person(role="analyst"), "api")
    route = next(r for r in ROUTES if r.name == "POST /api/v1/friendships")
    for _ in range(route.rate.count + 1):
        assert (await api("POST", "/api/v1/friendships", {}, bearer=token)).status == 403


@pytest.mark.req("SEC-2")
def test_every_route_has_a_rate() -> None:
    for route in ROUTES:
        assert 0 < route.rate.count <= 6000
        assert route.rate.seconds >= 1
