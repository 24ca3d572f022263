"""A million hostile frames on real lines: memory stays where it was, no error is logged, the healthy are answered."""

from __future__ import annotations

import logging
import resource

import pytest

from core.app import App
from core.clock import SystemClock
from core.settings import Settings
from data.database import Database
from tests.channel_kit import ChannelServer
from tests.channels.test_fuzz_wire import quiet, storm
from tests.factories import Make

pytestmark = pytest.mark.bench

WARM, FRAMES = 50_000, 1_000_000
MOST_KILOBYTES = 64 * 1024


async def test_a_million_hostile_frames(
    settings: Settings, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    app = App(settings, database, clock=SystemClock())
    await app.start()
    server, make = ChannelServer(app.sockets), Make(app)
    async with server.client(make.token(await make.person())) as healthy:
        await storm(app, server, make, healthy, WARM, seed=1)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        longest = await storm(app, server, make, healthy, FRAMES, seed=2)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    await server.close()
    await app.stop()
    print(f"\na million hostile frames: memory grew by {grown / 1024:.1f} MB, longest wait {longest * 1000:.0f} ms")
    assert grown < MOST_KILOBYTES
    assert quiet(caplog)
