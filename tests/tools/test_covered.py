"""The share of lines that were run, from what a real measured run has left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.covered import main

HALF = "def called():\n    return 1\n\n\ndef not_called():\n    a = 1\n    b = 2\n    return a + b\n\n\ncalled()\n"


def measured(folder: Path, code: str) -> Path:
    script, kept = folder / "measured.py", folder / "lines.json"
    script.write_text(code)
    command = [sys.executable, "-m", "slipcover", "--json", "--out", str(kept), str(script)]
    # This run of tests may be measured too, and must not take this one for a part of itself.
    own = {name: value for name, value in os.environ.items() if not name.startswith("SLIPCOVER")}
    subprocess.run(command, cwd=folder, env=own, check=True)
    return kept


def test_too_few_lines_are_refused_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(measured(tmp_path, HALF))]) == 1
    said = capsys.readouterr().out
    assert "measured.py (3 lines not run)" in said
    assert "fewer than 90 % of lines were run" in said


def test_all_lines_are_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(measured(tmp_path, HALF + "not_called()\n"))]) == 0
    assert "100.00 %" in capsys.readouterr().out


def test_a_run_that_did_not_end_covers_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "lines.json")]) == 1
    assert "did not come to their end" in capsys.readouterr().out
