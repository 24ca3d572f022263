"""One contract for every limiter: exact windows, honest refusals, bounded memory, and life without Redis."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from core.clock import FakeClock, SystemClock
from core.safety.limiter import CLEAN_EVERY, Limiter, MemoryLimiter, Rate
from core.safety.limiter_redis import RETRY, RedisLimiter
from data.redis import connect
from tests.redis_kit import RedisServer

FIVE = Rate(5, 60)
HAIR = 1e-5


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    made = RedisServer()
    made.start()
    yield made
    made.stop()


@pytest.fixture
async def redis(server: RedisServer) -> AsyncIterator[Redis]:
    client = connect(server.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["memory", "redis"])
def limiter(request: pytest.FixtureRequest, clock: FakeClock) -> Limiter:
    if request.param == "memory":
        return MemoryLimiter(clock)
    # A busy machine is no outage.
    return RedisLimiter(request.getfixturevalue("redis"), clock, time=clock.monotonic, patience=10)


def is_healthy(limiter: Limiter) -> bool:
    return limiter.healthy


@pytest.mark.req("TS-3", "SEC-2")
async def test_takes_what_the_rate_allows_and_no_more(limiter: Limiter, clock: FakeClock) -> None:
    taken = [await limiter.take("a", FIVE) for _ in range(8)]
    assert [t.allowed for t in taken] == [True] * 5 + [False] * 3
    assert [t.remaining for t in taken] == [4, 3, 2, 1, 0, 0, 0, 0]
    assert (await limiter.take("b", FIVE)).allowed, "keys do not share"
    assert limiter.healthy


async def test_a_refusal_says_when_and_keeps_its_word(limiter: Limiter, clock: FakeClock) -> None:
    for _ in range(5):
        assert (await limiter.take("a", FIVE)).allowed
        clock.advance(3)
    refused = await limiter.take("a", FIVE)
    assert refused.retry_after == pytest.approx(45)
    clock.advance(refused.retry_after - HAIR)
    assert not (await limiter.take("a", FIVE)).allowed
    clock.advance(2 * HAIR)
    assert (await limiter.take("a", FIVE)).allowed
    assert not (await limiter.take("a", FIVE)).allowed, "one left the window, one came in"


async def test_refusals_keep_nobody_out(limiter: Limiter, clock: FakeClock) -> None:
    for _ in range(200):
        await limiter.take("a", FIVE)
    clock.advance(60)
    assert (await limiter.take("a", FIVE)).remaining == 4


async def test_cost_is_all_or_nothing(limiter: Limiter, clock: FakeClock) -> None:
    assert (await limiter.take("a", FIVE, cost=4)).remaining == 1
    assert not (await limiter.take("a", FIVE, cost=2)).allowed
    assert (await limiter.take("a", FIVE, cost=1)).allowed
    assert not (await limiter.take("b", FIVE, cost=6)).allowed
    assert (await limiter.take("b", FIVE, cost=5)).allowed


async def test_a_cost_of_nothing_only_asks(limiter: Limiter, clock: FakeClock) -> None:
    one = Rate(1, 10)
    for _ in range(3):
        assert (await limiter.take("a", one, cost=0)).allowed
    assert (await limiter.take("a", one)).allowed
    assert not (await limiter.take("a", one, cost=0)).allowed
    clock.advance(10)
    assert (await limiter.take("a", one, cost=0)).allowed


@pytest.mark.parametrize("seed", range(4))
async def test_no_stretch_of_the_window_ever_holds_more(limiter: Limiter, clock: FakeClock, seed: int) -> None:
    dice = random.Random(seed)
    rate = Rate(dice.randint(1, 12), dice.choice([1.0, 7.5, 60.0]))
    accepted: list[float] = []
    for _ in range(250):
        clock.advance(dice.expovariate(2 * rate.count / rate.seconds))
        cost = dice.choice([1, 1, 1, 2])
        now = clock.monotonic()
        inside = sum(1 for at in accepted if at > now - rate.seconds)
        allowed = (await limiter.take("a", rate, cost)).allowed
        assert allowed == (inside + cost <= rate.count), "neither too much let in nor anybody honest kept out"
        accepted += [now] * (cost if allowed else 0)


async def test_many_at_once_take_exactly_the_rate(limiter: Limiter) -> None:
    taken = await asyncio.gather(*(limiter.take("a", Rate(20, 60)) for _ in range(60)))
    assert sum(t.allowed for t in taken) == 20


async def test_memory_is_bounded_by_keys_and_by_stamps(clock: FakeClock) -> None:
    few = MemoryLimiter(clock, keys=10)
    for n in range(100):
        await few.take(f"k{n}", FIVE)
    assert len(few) == 10
    assert (await few.take("k99", FIVE)).remaining == 3, "the latest are remembered"
    assert (await few.take("k0", FIVE)).remaining == 4, "the longest unused are not"
    small = MemoryLimiter(clock, stamps=100)
    for n in range(50):
        await small.take(f"k{n}", Rate(30, 60), cost=30)
    assert len(small) == 3


async def test_memory_is_cleaned_every_two_minutes(clock: FakeClock) -> None:
    limiter = MemoryLimiter(clock)
    for n in range(100):
        await limiter.take(f"k{n}", FIVE)
    clock.advance(CLEAN_EVERY - 1)
    await limiter.take("other", FIVE)
    assert len(limiter) == 101
    clock.advance(1)
    await limiter.take("other", FIVE)
    assert len(limiter) == 1


@pytest.mark.req("SEC-2", "TS-3")
async def test_nodes_share_one_rate_over_redis(redis: Redis, server: RedisServer) -> None:
    clients = [connect(server.url) for _ in range(3)]
    nodes = [RedisLimiter(client, SystemClock(), patience=10) for client in clients]
    rate = Rate(10, 60)
    taken = await asyncio.gather(*(node.take("a", rate) for _ in range(10) for node in nodes))
    assert sum(t.allowed for t in taken) == 10
    refused = await nodes[0].take("a", rate)
    assert 50 < refused.retry_after <= 60
    assert 0 < await redis.pttl("tandem:limit:a") <= 60_000, "Redis forgets by itself"
    for client in clients:
        await client.aclose()


async def test_a_server_clock_that_was_set_back_locks_nobody_out(redis: Redis, clock: FakeClock) -> None:
    times = iter([5000.0, 1000.0, 1001.0])
    limiter = RedisLimiter(redis, clock, time=lambda: next(times))
    one = Rate(1, 60)
    assert (await limiter.take("a", one)).allowed
    assert (await limiter.take("a", one)).allowed
    assert not (await limiter.take("a", one)).allowed


async def test_without_redis_the_node_limits_by_itself_and_comes_back(server: RedisServer, clock: FakeClock) -> None:
    redis = connect(server.url)
    limiter = RedisLimiter(redis, clock, time=clock.monotonic)
    assert (await limiter.take("a", FIVE)).allowed
    server.stop()
    try:
        taken = [await limiter.take("a", FIVE) for _ in range(7)]
        assert sum(t.allowed for t in taken) == 5, "still limited, as one node sees it"
        assert not is_healthy(limiter)
    finally:
        server.start()
        clock.advance(RETRY)
    assert (await limiter.take("a", FIVE)).remaining == 4, "a fresh server knows nothing of before"
    assert is_healthy(limiter)
    await redis.aclose()


async def test_redis_that_hangs_costs_a_moment_once(server: RedisServer, clock: FakeClock) -> None:
    redis, other = connect(server.url), connect(server.url)
    limiter = RedisLimiter(redis, clock, time=clock.monotonic)
    await limiter.take("a", FIVE)
    await other.client_pause(60_000)
    async with asyncio.timeout(2):
        for _ in range(100):
            await limiter.take("a", FIVE)
    assert not limiter.healthy
    server.stop()
    server.start()
    await redis.aclose()
    await other.aclose()


async def test_whoever_is_kept_out_is_not_forgotten_for_a_flood_of_others(clock: FakeClock) -> None:
    limiter = MemoryLimiter(clock, keys=10)
    for _ in range(5):
        await limiter.take("guesser", FIVE)
    for number in range(50):
        await limiter.take(f"other-{number}", FIVE)
        assert not (await limiter.take("guesser", FIVE, cost=0)).allowed
