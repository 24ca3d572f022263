"""Which tests take long, as a run has timed them: `make check` leaves these out.

`make test` writes its times to `var/tests/times.xml`, and `make timed` writes `tests/long.txt` from them. What counts
is the sum over all the cases of one test function.
"""

import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

TIMES, LIST = Path("var/tests/times.xml"), Path("tests/long.txt")
LONG = 0.8
"""Seconds; those below it take two minutes together on two cores."""


def long_ones(times: Path, root: Path = Path()) -> list[str]:
    """The functions that took long, as `tests/room/test_module.py::test_name`."""
    seconds = defaultdict[str, float](float)
    for case in ElementTree.parse(times).iter("testcase"):  # noqa: S314 - pytest wrote it
        module, rest = _module(case.get("classname", ""), root)
        seconds["::".join([module, *rest, case.get("name", "").partition("[")[0]])] += float(case.get("time", 0))
    return sorted(name for name, took in seconds.items() if took >= LONG)


def _module(dotted: str, root: Path) -> tuple[str, list[str]]:
    """The file of a dotted name, and the classes within it."""
    parts, classes = dotted.split("."), list[str]()
    while parts and not (root / "/".join(parts)).with_suffix(".py").is_file():
        classes.insert(0, parts.pop())
    return "/".join(parts) + ".py", classes


def main(arguments: Sequence[str]) -> int:
    times = Path(arguments[0]) if arguments else TIMES
    if not times.is_file():
        print(f"{times} is not there: `make test` writes it")
        return 1
    found = long_ones(times)
    LIST.write_text("".join(f"{name}\n" for name in found))
    print(f"{len(found)} take {LONG} s or longer")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
