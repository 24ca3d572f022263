"""An App with its socket on a free port, and clients that are let go at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from core.app import App
from data.tables import User
from tests.channel_kit import ChannelClient, ChannelServer
from tests.factories import Make

Connect = Callable[..., Awaitable[ChannelClient]]


@pytest.fixture
def wire() -> str:
    """What carries the sockets; the contract's tests name both."""
    return "bare"


@pytest.fixture
async def server(app: App, wire: str) -> AsyncIterator[ChannelServer]:
    server = ChannelServer(app.sockets, wire)
    yield server
    await server.close()


@pytest.fixture
async def enter(server: ChannelServer, make: Make) -> AsyncIterator[Connect]:
    """`await enter(person)` connects with a good token."""
    async with AsyncExitStack() as stack:

        async def enter(person: User, **options: Any) -> ChannelClient:
            return await stack.enter_async_context(server.client(make.token(person), **options))

        yield enter
