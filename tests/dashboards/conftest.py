"""A running node and a stranger's browser."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.settings import Settings
from panel_app import Node
from tests.factories import Make
from tests.node_kit import Browser, running


@pytest.fixture
async def node(settings: Settings, database_url: str) -> AsyncIterator[Node]:
    async with running(settings, database_url) as node:
        yield node


@pytest.fixture
def browser(node: Node) -> Browser:
    return Browser(node)


@pytest.fixture
def make(node: Node) -> Make:
    return Make(node.app)
