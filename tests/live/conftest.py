"""One node's live parts, started and stopped."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.clock import FakeClock
from data.database import Database
from tests.live.kit import Node, running


@pytest.fixture
async def node(database: Database, clock: FakeClock) -> AsyncIterator[Node]:
    async with running(Node(database, clock)) as node:
        yield node
