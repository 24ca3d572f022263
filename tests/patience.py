"""Waiting for what other tasks of the same loop bring about: their turns are let pass, no time is guessed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PATIENCE = 10.0


async def until(true: Callable[[], bool]) -> None:
    """Let everything else have its turns until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0)
