"""The limiter that several nodes share: one script in Redis, atomic, on the clock of the Redis server.

When Redis is away, each node limits what it sees by itself, asks Redis again a second later, and says so in `healthy`.
Honest people are then never refused; somebody who spreads over n nodes gets n times the rate for that while.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.clock import Clock
from core.safety.limiter import Allowance, MemoryLimiter, Rate

log = logging.getLogger(__name__)

PREFIX = "tandem:limit:"
PATIENCE = 0.25
RETRY = 1.0

# Stamps stand in a list, oldest first. A stamp from the future means that the server's clock was set back: such a list
# says nothing any more and is dropped.
SCRIPT = """
local key, count, window, cost = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now = tonumber(ARGV[4])
if not now then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1000000
end
local newest = tonumber(redis.call('LINDEX', key, -1) or '0')
if newest > now + 1 then redis.call('DEL', key) end
local oldest = redis.call('LINDEX', key, 0)
while oldest and tonumber(oldest) <= now - window do
  redis.call('LPOP', key)
  oldest = redis.call('LINDEX', key, 0)
end
local have = redis.call('LLEN', key)
local need = math.max(cost, 1)
local over = have + need - count
if over > 0 then
  local wait = window
  if need <= count then wait = tonumber(redis.call('LINDEX', key, over - 1)) + window - now end
  return {0, math.max(count - have, 0), string.format('%.17g', wait)}
end
for _ = 1, cost do redis.call('RPUSH', key, string.format('%.17g', now)) end
if cost > 0 then redis.call('PEXPIRE', key, math.ceil(window * 1000)) end
return {1, count - have - cost, '0'}
"""


class RedisLimiter:
    def __init__(
        self,
        redis: Redis,
        clock: Clock,
        *,
        prefix: str = PREFIX,
        time: Callable[[], float] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`time` replaces the server's clock, which all nodes share otherwise."""
        self._clock, self._time, self._prefix, self._patience = clock, time, prefix, patience
        self._script: Any = redis.register_script(SCRIPT)
        self._alone = MemoryLimiter(clock)
        self._ask_again_at = 0.0
        self.healthy = True

    def take_now(self, key: str, rate: Rate, cost: int = 1) -> None:
        """What all nodes share is asked for."""

    async def take(self, key: str, rate: Rate, cost: int = 1) -> Allowance:
        if not self.healthy and self._clock.monotonic() < self._ask_again_at:
            return await self._alone.take(key, rate, cost)
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._ask(key, rate, cost)
        except (RedisError, OSError, TimeoutError) as error:
            self._lost(error)
            return await self._alone.take(key, rate, cost)
        if not self.healthy:
            log.info("limits are shared over Redis again")
            self.healthy = True
        return answer

    async def _ask(self, key: str, rate: Rate, cost: int) -> Allowance:
        now = repr(self._time()) if self._time else ""
        args = [rate.count, rate.seconds, cost, now]
        allowed, remaining, wait = await self._script(keys=[self._prefix + key], args=args)
        return Allowance(bool(allowed), int(remaining), float(wait))

    def _lost(self, error: Exception) -> None:
        self._ask_again_at = self._clock.monotonic() + RETRY
        if self.healthy:
            log.warning("Redis is away: limits count on this node alone", extra={"reason": type(error).__name__})
        self.healthy = False
