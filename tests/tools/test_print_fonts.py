"""The typeface of printed exports holds what it is cut for, and cutting it again changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.subset import parse_unicodes
from fontTools.ttLib import TTFont

from tools import print_fonts


@pytest.mark.parametrize("weight", print_fonts.WEIGHTS)
def test_the_committed_fonts_are_what_is_cut(weight: str, tmp_path: Path) -> None:
    committed = print_fonts.FOLDER / f"inter-{weight.lower()}.ttf"
    print_fonts.cut(committed, tmp_path / "again.ttf")
    before, after = TTFont(committed), TTFont(tmp_path / "again.ttf")
    assert before.getBestCmap().keys() == after.getBestCmap().keys()
    wanted = set(
        parse_unicodes(
            "0020-007E,00A1-00AC,00AE-0148,014A-017F,0388-038A,0391-03A1,03A3-03CE,0400-045F,2190-2193,2212,201C-201E,25A1"
        )
    )
    assert wanted <= before.getBestCmap().keys()
    assert not {"GSUB", "GPOS", "fvar"} & set(before.keys())
    assert "Open Font License" in (print_fonts.FOLDER / "LICENSE.txt").read_text()
