"""Is the node alive, is it ready, and how does it fare: for load balancers, start scripts and scrapers.

Alive is the process answering. Ready is the database there and of this version's shape; without the bus or the shared
limits the node still serves every durable write, so it is ready, and says that it is degraded.
"""

from __future__ import annotations

import asyncio
from functools import cache

from core.errors import Unavailable
from core.metrics import CONTENT_TYPE
from core.safety.limiter import Rate
from core.web.context import Context
from core.web.identity import from_bearer
from core.web.rest.fields import Output
from core.web.routes import Call, Raw, Routes
from data.database import Database, explain
from data.migrate import current, head

routes = Routes("Health")

OFTEN = Rate(1200, 60)
PATIENCE = 2.0


class Alive(Output, frozen=True, kw_only=True):
    """The process answers."""

    status: str = "alive"


class Ready(Output, frozen=True, kw_only=True):
    """The node serves. What is degraded costs freshness, not facts."""

    status: str = "ready"
    degraded: tuple[str, ...] = ()


newest = cache(head)


@routes("GET", "/healthz", scope=None, summary="Whether the process is alive.", rate=OFTEN)
async def get_health(call: Call[None, None]) -> Alive:
    return Alive()


@routes("GET", "/readyz", scope=None, summary="Whether the node can serve.", rate=OFTEN, errors=(503,))
async def get_readiness(call: Call[None, None]) -> Ready:
    """503 with `details.reasons` while the database is away or not of this version's shape."""
    database = call.app.database
    reasons = await database.check() or await _migrations(database)
    if reasons:
        raise Unavailable("This node is not ready.", reasons=reasons)
    return Ready(degraded=tuple(degraded(call.app)))


async def _migrations(database: Database) -> list[str]:
    try:
        async with asyncio.timeout(PATIENCE):
            at = await current(database.engine)
    except Exception as error:
        return [f"database: {explain(error)}"]
    return (
        [] if at == newest() else [f"migrations: the database is at {at or 'nothing'}, this version needs {newest()}"]
    )


def degraded(app: Context) -> list[str]:
    """The parts that are away, though facts are kept without them."""
    parts = {"bus": app.pubsub.healthy, "limits": app.limiter.healthy, "relay": not app.relay.behind}
    return [name for name, healthy in parts.items() if not healthy]


@routes("GET", "/metrics", scope=None, summary="The node's metrics, as OpenMetrics.", rate=OFTEN, errors=(401, 403))
async def get_metrics(call: Call[None, None]) -> Raw:
    """It asks for a key with the scope `metrics:read`; in demo mode it is open to this machine itself."""
    # In production a proxy on this machine may speak for anybody, and need not say so.
    if not (call.app.settings.demo and call.from_here):
        principal = await from_bearer(call.app, call.bearer, call.address)
        principal.require("metrics:read")
    return Raw(call.app.metrics.exposition(), CONTENT_TYPE)
