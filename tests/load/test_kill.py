"""Fifty kills under load: what was acknowledged, what was lost, what came twice, and how soon it was back."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.metrics import percentile
from tests.load.kill_rounds import rounds

pytestmark = pytest.mark.bench

ROUNDS = 50


async def test_fifty_kills_under_load(tmp_path: Path) -> None:
    tally = await rounds(tmp_path / "var", ROUNDS)
    print(f"\n{tally.rounds} rounds of kill -9 under load")
    print(f"  acknowledged {len(tally.acknowledged):,}, without an answer {len(tally.unanswered):,}")
    print(f"  lost {tally.lost}, doubled {tally.doubled}, given another seq {tally.moved}")
    p50, p95 = (percentile(tally.restarts, p) for p in (50, 95))
    print(f"  ready again after {p50:.2f} s (P50), {p95:.2f} s (P95), {max(tally.restarts):.2f} s (longest)")
    assert (tally.lost, tally.doubled, tally.moved) == (0, 0, 0)
