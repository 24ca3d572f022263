"""A node's REST routes on a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.app import App
from tests.rest_kit import Api, serve_rest


@pytest.fixture
async def api(app: App) -> AsyncIterator[Api]:
    async with serve_rest(app) as api:
        yield api
