"""Redis as the rest of Tandem sees it: a client that answers quickly or fails quickly.

Redis carries pokes, signals, presence and limits, never facts. So its loss must cost seconds of freshness and nothing
else: no call waits longer than about a second for an answer, a connection, or a place in the pool. One more try is made
when a pooled connection turns out to be dead, as all are after a restart; a slow answer is not asked for twice.
Answers are bytes.
"""

from __future__ import annotations

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, ReadOnlyError, TimeoutError
from redis.maint_notifications import MaintNotificationsConfig

ANSWER_SECONDS = 1.0
IDLE_SECONDS = 15
LOST = (ConnectionError, TimeoutError, BusyLoadingError, ReadOnlyError, OSError)
"""What to catch around a call: Redis is away, and life goes on without it."""


def connect(url: str, pool_size: int = 10) -> Redis:
    """Return a client for this address; nothing is sent before its first command. End it with `aclose()`."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=pool_size,
        timeout=ANSWER_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        health_check_interval=IDLE_SECONDS,
        client_name="tandem",
        retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
    return Redis.from_pool(pool)


def is_lost(error: BaseException) -> bool:
    """Whether this failure means that Redis is away, rather than that it was asked for nonsense."""
    return isinstance(error, LOST)
