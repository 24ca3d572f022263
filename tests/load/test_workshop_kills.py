"""Twenty power cuts while workshops stand at every phase: what was lost, whose clock was wrong, who came back."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.metrics import percentile
from tests.load.workshop_kills import PLACES, rounds

pytestmark = pytest.mark.bench

ROUNDS = 20


async def test_twenty_kills_at_every_phase(tmp_path: Path) -> None:
    tally = await rounds(tmp_path / "var", ROUNDS)
    p50, p95 = (percentile(tally.restarts, p) for p in (50, 95))
    print(f"\nkill -9 {tally.rounds} times, with workshops at {', '.join(PLACES)}: {tally.kills} workshops in all")
    print(f"  notes that were answered {tally.acknowledged:,}; wrong or lost {len(tally.wrong)}")
    print(f"  watchers back by themselves {tally.recovered} of {tally.kills}")
    print(f"  ready again after {p50:.2f} s (P50), {p95:.2f} s (P95)")
    assert tally.wrong == []
    assert tally.recovered == tally.kills
