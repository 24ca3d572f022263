"""The list of tests that take long: made from times that were taken, and about tests that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.long_tests import LIST, long_ones, main
from tools.programs import ROOT

TIMES = """<testsuites><testsuite>
<testcase classname="tests.room.test_one" name="test_quick" time="0.1"/>
<testcase classname="tests.room.test_one" name="test_cases[a]" time="0.5"/>
<testcase classname="tests.room.test_one" name="test_cases[b]" time="0.4"/>
<testcase classname="tests.room.test_one.TestClass" name="test_within" time="1.5"/>
</testsuite></testsuites>"""


def test_what_takes_long_with_all_its_cases_is_long(tmp_path: Path) -> None:
    (tmp_path / "tests/room").mkdir(parents=True)
    (tmp_path / "tests/room/test_one.py").touch()
    (tmp_path / "times.xml").write_text(TIMES)
    module = "tests/room/test_one.py"
    assert long_ones(tmp_path / "times.xml", tmp_path) == [f"{module}::TestClass::test_within", f"{module}::test_cases"]


def test_without_times_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "times.xml")]) == 1
    assert "`make test` writes it" in capsys.readouterr().out


def test_every_test_on_the_list_is_there() -> None:
    for line in (ROOT / LIST).read_text().split():
        module, *_, name = line.split("::")
        assert f"def {name}(" in (ROOT / module).read_text(), f"{line} is gone: `make timed`"
