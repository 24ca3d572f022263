"""Every role, every kind of key and nobody, at every route: a door opens to whoever holds its scope and no one else."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from core.accounts.access import KEY_SCOPES, ROLES
from core.accounts.keys import create_key
from core.app import App
from core.principal import SYSTEM
from core.transaction import Transaction
from core.web.rest import ROUTES
from core.web.routes import Route
from core.workshop.guests import TAKE_PART
from tests.factories import Make
from tests.rest_kit import Api

OPEN = {"GET /healthz", "GET /readyz", "GET /metrics", "GET /api/v1/openapi.json", "GET /api/v1/topics.json"}
WORKSHOP_DOORS = {
    "GET /api/v1/workshops/templates",
    "GET /api/v1/workshops/templates/{slug}",
    "POST /api/v1/workshops",
    "GET /api/v1/workshops/{code}",
    "POST /api/v1/workshops/{code}/participants",
    "POST /api/v1/workshops/{code}/reentries",
    "POST /api/v1/workshops/{code}/knocks",
    "POST /api/v1/feedback",
    "POST /api/v1/teams",
    "GET /api/v1/teams/room",
    "GET /api/v1/teams/export",
}
"""Nobody needs an account for a workshop: a code, a number or a team's secret is asked for instead."""


@pytest.mark.req("SEC-4")
def test_every_route_asks_for_a_scope_that_somebody_holds() -> None:
    held = KEY_SCOPES.union(*ROLES.values()) | {TAKE_PART}
    assert {r.name for r in ROUTES if r.scope is None} == OPEN | WORKSHOP_DOORS
    assert {r.scope for r in ROUTES if r.scope} <= held


OF_PEOPLE = {"POST /api/v1/engagement", "POST /api/v1/share-packs", "GET /api/v1/profiles/{user_id}"}
"""What a person reads or tells of themselves: keys hold the scope for other routes, and are nobody here."""


async def ask(api: Api, route: Route, bearer: str | None) -> int:
    """Ask with nothing in it: refused by the door with 401 or 403, or let in and told what is missing."""
    path = route.path.replace("{id}", "x").replace("{code}", "ABC234").replace("{slug}", "x")
    for name in ("user_id", "activity_id", "result_id", "practice_id", "session_id", "message_id", "challenge_id"):
        path = path.replace("{" + name + "}", "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e")
    path = path.replace("{subject_id}", "math").replace("{kind}", "ip").replace("{value}", "203.0.113.7")
    reply = await api(route.method, path.replace("{external_id}", "x"), {} if route.body else None, bearer=bearer)
    return reply.status


@pytest.mark.req("API-2", "SEC-4")
@pytest.mark.parametrize("role", sorted(ROLES))
async def test_a_persons_role_opens_its_doors_and_no_others(api: Api, make: Make, role: str) -> None:
    token = make.token(await make.person(role=role, cohort="7b"), "api")
    await make.app.settle()
    for route in ROUTES:
        status = await ask(api, route, token)
        if route.scope is None or route.scope in ROLES[role]:
            assert status not in (401, 403), (role, route.name, status)
        else:
            assert status == 403, (role, route.name, status)


@pytest.mark.req("API-2", "SEC-4")
@pytest.mark.parametrize("scope", sorted(KEY_SCOPES))
async def test_a_keys_scope_opens_its_doors_and_no_others(api: Api, app: App, scope: str) -> None:
    secret = await app.transactions.run(SYSTEM, add_key, scope)
    for route in ROUTES:
        status = await ask(api, route, secret)
        if route.name in OF_PEOPLE:
            assert status == 403, (scope, route.name, status)
        elif route.scope is None or route.scope == scope:
            assert status not in (401, 403), (scope, route.name, status)
        else:
            assert status == 403, (scope, route.name, status)


async def add_key(tx: Transaction, scope: str) -> str:
    tx.actor = replace(tx.actor, scopes=frozenset({"keys:write"}))
    return (await create_key(tx, "one scope", [scope]))[1]


@pytest.mark.req("API-2", "SEC-4", "WS-41")
async def test_a_guest_opens_their_workshop_and_nothing_else(api: Api) -> None:
    entry = (await api("POST", "/api/v1/workshops", {"name": "Lena"}, bearer=None)).json
    for route in ROUTES:
        status = await ask(api, route, entry["token"])
        if route.scope is None:
            assert status not in (401, 403), (route.name, status)
        else:
            # Even the routes of workshops: the code that is asked for here is another one's.
            assert status in ((403, 422) if route.scope == TAKE_PART else (403,)), (route.name, status)


@pytest.mark.req("API-2")
async def test_nobody_gets_in(api: Api) -> None:
    for route in ROUTES:
        if route.scope is not None:
            assert await ask(api, route, None) == 401, route.name
            assert await ask(api, route, "key_wrong") == 401, route.name
