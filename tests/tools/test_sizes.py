"""Modules and functions stay small and typed, by the project's own measure, which is checked first."""

from pathlib import Path

import pytest

from tools.programs import ROOT
from tools.sizes import Size, measure, nearest_rank, table

SOURCE = '''"""Three functions, two of them typed."""

def one(a: int, *rest: str, **more: str) -> int:
    return a

class Two:
    async def two(self) -> None:
        def three(a, b: int) -> None:
            pass
'''


def test_sizes_are_measured(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "a.py").write_text(SOURCE)
    (tmp_path / "elsewhere.py").write_text(SOURCE)
    sizes = measure(tmp_path)
    assert sizes.modules == [Size(9, "core/a.py")]
    assert sorted(sizes.functions, key=lambda size: size.name) == [
        Size(2, "core/a.py:one"), Size(2, "core/a.py:three"), Size(3, "core/a.py:two")
    ]  # fmt: skip
    assert sizes.typed_share == pytest.approx(2 / 3)
    assert "typed share: 66.7%" in table(sizes)
    assert "9 (core/a.py)" in table(sizes)


@pytest.mark.parametrize(
    ("values", "percent", "rank"),
    [([], 50, 0), ([7], 50, 7), ([3, 1, 2], 50, 2), (list(range(1, 11)), 90, 9), (list(range(1, 11)), 95, 10)],
)
def test_percentiles_are_nearest_ranks(values: list[int], percent: int, rank: int) -> None:
    assert nearest_rank(values, percent) == rank


def test_nothing_measured_is_no_fault(tmp_path: Path) -> None:
    assert "0 (none)" in table(measure(tmp_path))


def test_the_house_keeps_its_sizes() -> None:
    sizes = measure(ROOT)
    modules, functions = ([size.lines for size in group] for group in (sizes.modules, sizes.functions))
    assert [size for size in sizes.modules if size.lines > 600] == []
    assert nearest_rank(modules, 50) < 150
    assert nearest_rank(modules, 90) < 400
    assert nearest_rank(functions, 90) < 35
    assert sizes.typed_share == 1
