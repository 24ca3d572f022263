"""Alive, ready, degraded, and the numbers, told to those who may know."""

from __future__ import annotations

from dataclasses import replace

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from sqlalchemy import text

from core.app import App
from core.safety.limiter import Rate
from core.safety.limiter_redis import RedisLimiter
from core.web.rest.health import degraded
from data.database import Database
from data.redis import connect
from tests.factories import Make
from tests.rest_kit import Api, serve_rest

NOWHERE = "redis://127.0.0.1:1"


@pytest.mark.req("OPS-4")
async def test_alive_and_ready(api: Api) -> None:
    assert (await api("GET", "/healthz", bearer=None)).json == {"status": "alive"}
    reply = await api("GET", "/readyz", bearer=None)
    assert (reply.status, reply.json) == (200, {"status": "ready", "degraded": []})


@pytest.mark.req("OPS-4")
async def test_not_ready_without_a_database_but_alive(app: App) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    lost = App(app.settings, away, clock=app.clock)
    async with serve_rest(lost) as api:
        assert (await api("GET", "/healthz", bearer=None)).status == 200
        reply = await api("GET", "/readyz", bearer=None)
        assert reply.status == 503
        assert reply.error["temporary"] is True
        assert reply.error["details"]["reasons"] == ["database: it cannot be reached"]
        assert reply.headers["Retry-After"]
        asked = await api("GET", "/api/v1/activities")
        assert (asked.status, asked.error["type"]) == (503, "unavailable")
        written = await api("PUT", "/api/v1/people/x", {"name": "A"})
        assert (written.status, written.error["type"]) == (503, "unavailable")
    await away.close()


@pytest.mark.req("OPS-4", "OPS-2")
async def test_not_ready_before_the_migrations(api: Api, app: App) -> None:
    async with app.database.begin() as db:
        at = (await db.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
        await db.execute(text("UPDATE alembic_version SET version_num = 'earlier'"))
    try:
        reply = await api("GET", "/readyz", bearer=None)
        assert reply.status == 503
        assert "migrations: the database is at earlier" in reply.error["details"]["reasons"][0]
    finally:
        async with app.database.begin() as db:
            await db.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": at})
    assert (await api("GET", "/readyz", bearer=None)).status == 200


@pytest.mark.req("OPS-4")
async def test_ready_but_degraded_without_redis(app: App, make: Make) -> None:
    redis = connect(NOWHERE)
    other = App(replace(app.settings, node="n2"), app.database, clock=app.clock)
    other.limiter = RedisLimiter(redis, app.clock)
    async with serve_rest(other) as api:
        await other.limiter.take("a", Rate(1, 1))
        reply = await api("GET", "/readyz", bearer=None)
        assert reply.status == 200
        assert "limits" in reply.json["degraded"]
        assert "bus" in reply.json["degraded"], "this node's bus was never started"
        assert (await api("PUT", "/api/v1/people/x", {"name": "A"})).status == 200, "durable writes go on"
    await redis.aclose()


async def test_a_log_that_cannot_be_read_is_told(app: App) -> None:
    assert degraded(app) == []
    app.relay.behind = True
    assert degraded(app) == ["relay"]


@pytest.mark.req("OPS-4")
async def test_metrics_ask_for_a_key_but_from_here_in_the_demo(api: Api, app: App, make: Make) -> None:
    reply = await api("GET", "/metrics", bearer=None)
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    student = make.token(await make.person(), "api")
    admin = make.token(await make.person(role="admin"), "api")
    through_a_proxy = {"X-Forwarded-For": "203.0.113.9"}
    demo = app.settings
    # A proxy on the same machine need not say that it is one, so in production silence opens nothing.
    for settings, headers in ((demo, through_a_proxy), (replace(demo, mode="production"), {})):
        app.settings = settings
        assert (await api("GET", "/metrics", bearer=None, headers=headers)).status == 401
        assert (await api("GET", "/metrics", bearer=student, headers=headers)).status == 403
        assert (await api("GET", "/metrics", headers=headers)).status == 200
        assert (await api("GET", "/metrics", bearer=admin, headers=headers)).status == 200


async def test_metrics_tell_of_requests_by_route_and_of_the_node(api: Api, app: App, make: Make) -> None:
    person = await make.person()
    await make.fact(person)
    await api("PUT", "/api/v1/people/a-very-secret-id", {"name": "A"})
    await api("PUT", "/api/v1/people/another", {})
    await api("GET", "/api/v1/nothing/at/all")
    body = (await api("GET", "/metrics", bearer=None)).body.decode()
    families = list(text_string_to_metric_families(body))  # type: ignore[no-untyped-call]
    samples = {(s.name, tuple(s.labels.values())): s.value for f in families for s in f.samples}
    people = "/api/v1/people/{external_id}"
    assert samples["tandem_http_requests_total", ("PUT", people, "200")] == 1
    assert samples["tandem_http_requests_total", ("PUT", people, "422")] == 1
    assert samples["tandem_http_requests_total", ("GET", "unknown", "404")] == 1
    assert samples["tandem_http_request_seconds_count", (people,)] == 2
    assert samples["tandem_sockets_open", ()] == 0
    assert samples["tandem_bus_healthy", ()] == 1
    assert samples["tandem_log_seq", ()] == app.hub.seq > 0
    assert samples["tandem_delivery_seconds_count", ()] >= 1
    assert "a-very-secret-id" not in body
    assert str(person.id) not in body
