"""A laptop asleep for an hour: the recipe's process stands still whole, and the server cuts its line and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.activity.commands import take_in
from core.app import App
from core.clock import FakeClock
from core.principal import SYSTEM
from tests.channel_kit import ChannelServer
from tests.factories import Make
from tests.recipe_kit import CLIENTS, asleep, service

HOUR = 3600.0


@pytest.mark.node
@pytest.mark.req("RT-15", "RT-17", "RT-21", "BG-64")
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(("facts", "recovered"), [(30, True), (520, False)])
async def test_an_hour_asleep(
    app: App,
    clock: FakeClock,
    make: Make,
    server: ChannelServer,
    tmp_path: Path,
    client: str,
    facts: int,
    recovered: bool,
) -> None:
    """What the node still holds is told once and in order; beyond that, the whole state replaces what was held."""
    ada = await make.person()
    async with service(tmp_path, f"http://127.0.0.1:{server.port}", make.token(ada), client) as laptop:
        await laptop.until(lambda it: it.resets == 1 and it.people == [ada.username])
        with asleep(laptop):
            clock.advance(HOUR)
            app.sockets.tick()
            app.presence.tick()
            assert len(app.sockets) == 0, "silent for too long"
            stated = await take_in(app.transactions, SYSTEM, [make.event(ada) for _ in range(facts)])
            await app.settle()
            clock.advance(HOUR)
            app.presence.tick()
            assert app.presence.count("presence:lobby") == 0, "and gone from every list"
        await laptop.until(lambda it: len(it.activities) >= min(facts, 50))
        await laptop.until(lambda it: it.people == [ada.username])
        assert laptop.activities == [str(one.event_id) for one in stated][-50 if not recovered else 0 :]
        assert laptop.resets == (1 if recovered else 2)
