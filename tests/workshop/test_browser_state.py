"""The browser keeps a workshop's state with a reducer of its own: it must agree with the server's after every fact."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import PIPE
from datetime import datetime
from typing import Any

import pytest

from core.events.catalog import to_properties
from core.workshop.rules import apply
from core.workshop.rules.clocks import time_status
from core.workshop.rules.projection import public
from core.workshop.rules.state import Workshop
from tests.workshop.walker import Walker
from tools.programs import ROOT, node

WALKS = 12
STEPS = 160
SECONDS = 60


def walk(seed: int) -> dict[str, Any]:
    """A random walk as the wire tells it: the first state, then each fact and what the server makes of it."""
    walker = Walker(seed)
    for _ in range(STEPS):
        walker.step()
    state, steps = walker.room.start, []
    for event, at in walker.room.log:
        state = apply(state, event, at)
        shown, private = to_properties(event)
        fact = {**shown, **(private or {}), "at": at.isoformat()}
        steps.append({"event": event.type, "fact": fact, "after": public(state), "time": read(state, at)})
    return {"start": public(walker.room.start), "steps": steps}


def read(state: Workshop, at: datetime) -> dict[str, Any]:
    status = time_status(state, at)
    clocks = None
    if status is not None:
        clocks = [status.section, status.section_total_ms, status.section_remaining_ms]
        clocks += [status.overall_total_ms, status.overall_remaining_ms, status.is_paused, status.pacing]
    return {"now": round(at.timestamp() * 1000), "clocks": clocks}


@pytest.mark.node
@pytest.mark.req("WS-47", "WS-62", "WS-63", "WS-71")
async def test_the_browsers_reducer_agrees_with_the_rules_after_every_fact() -> None:
    program = node()
    assert program is not None, "Node is needed: make setup"
    walks = json.dumps([walk(seed) for seed in range(WALKS)]).encode()
    process = await asyncio.create_subprocess_exec(
        str(program), str(ROOT / "tests/js/wire_walk.mjs"), cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    try:
        async with asyncio.timeout(SECONDS):
            output, trouble = await process.communicate(walks)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, trouble.decode()[-3000:]
    assert json.loads(output)["facts"] > 10 * WALKS
