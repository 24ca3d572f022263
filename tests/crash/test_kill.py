"""A power cut under load loses nothing that was acknowledged, and doubles nothing that is retried."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.kill_rounds import rounds


@pytest.mark.req("AF-5", "API-5")
async def test_three_kills_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    tally = await rounds(tmp_path / "var", 3)
    assert tally.rounds == 3
    assert len(tally.acknowledged) > 20, "there was load"
    assert (tally.lost, tally.doubled, tally.moved) == (0, 0, 0)
