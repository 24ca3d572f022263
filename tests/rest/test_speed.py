"""How quickly requests are answered, over a real server and a real database with some thousand rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from core.metrics import percentile
from tests.factories import Make
from tests.rest_kit import Api, Reply

ROUNDS = 300
TOGETHER = 2


async def measure(ask: Callable[[int], Awaitable[Reply]]) -> list[float]:
    """Milliseconds of each request, a few at a time."""
    found: list[float] = []
    numbers = iter(range(ROUNDS))

    async def one_after_another() -> None:
        for n in numbers:
            started = time.perf_counter()
            reply = await ask(n)
            found.append((time.perf_counter() - started) * 1000)
            assert reply.status < 300, reply

    await asyncio.gather(*(one_after_another() for _ in range(TOGETHER)))
    return found


@pytest.mark.bench
@pytest.mark.req("API-3", "LB-16")
async def test_requests_take_less_than_a_tenth_of_a_second(api: Api, make: Make) -> None:
    people = [await make.person(cohort="7b") for _ in range(50)]
    for start in range(0, 3000, 500):
        batch = [make.event(people[n % 50], id=f"past-{n}") for n in range(start, start + 500)]
        assert (await api("POST", "/api/v1/events", {"events": batch})).status == 202
    tokens = [make.token(p, "api") for p in people]
    asked: dict[str, Callable[[int], Awaitable[Reply]]] = {
        "one event": lambda n: api("POST", "/api/v1/events", {"events": [make.event(people[n % 50], id=f"new-{n}")]}),
        "a public page": lambda n: api("GET", "/api/v1/activities", bearer=tokens[n % 50]),
        "a network page": lambda n: api("GET", "/api/v1/activities?scope=network", bearer=tokens[n % 50]),
        "a board": lambda n: api("GET", "/api/v1/leaderboards/math", bearer=tokens[n % 50]),
        "a person": lambda n: api("PUT", f"/api/v1/people/new-{n}", {"name": "A B"}),
        "presence": lambda n: api("GET", "/api/v1/presence", bearer=tokens[n % 50]),
    }
    for name, ask in asked.items():
        found = await measure(ask)
        p50, p95 = percentile(found, 50), percentile(found, 95)
        print(f"\n{name}: P50 {p50:.1f} ms, P95 {p95:.1f} ms, {TOGETHER} at a time")
        assert p95 < 100, name
