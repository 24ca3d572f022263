"""A power cut at every phase of a workshop: what was answered is there, clocks are exact, people are back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.workshop_kills import PLACES, rounds


@pytest.mark.req("WS-23", "WS-48", "WS-62", "AF-5")
async def test_a_kill_at_every_phase_loses_nothing(tmp_path: Path) -> None:
    tally = await rounds(tmp_path / "var", 1)
    assert tally.wrong == []
    assert tally.kills == tally.recovered == len(PLACES)
    assert tally.acknowledged >= len(PLACES), "there was load"
