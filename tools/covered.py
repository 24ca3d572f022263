"""Which lines the tests ran, and whether they are nine in ten: `make test` asks after its tests.

What was run is kept by SlipCover, which puts its probes into the code instead of tracing it: tracing took more time
than the tests. Modules are shown from the least covered on.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

KEPT = Path("var/coverage/lines.json")
ENOUGH = 90.0
SHOWN = 15


def told(found: Mapping[str, Any]) -> list[str]:
    """A line for each of the least covered modules that have anything in them, and one for all."""
    modules = [(name, len(of["executed_lines"]), len(of["missing_lines"])) for name, of in found["files"].items()]
    least = sorted((run / (run + missed), name, missed) for name, run, missed in modules if missed)[:SHOWN]
    lines = [f"{share:4.0%}  {name} ({missed} lines not run)" for share, name, missed in least]
    of_all = found["summary"]
    total = of_all["covered_lines"] + of_all["missing_lines"]
    return [*lines, f"{of_all['percent_covered']:.2f} % of {total} lines"]


def main(arguments: Sequence[str]) -> int:
    path = Path(arguments[0]) if arguments else KEPT
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        print(f"{path} does not say which lines were run: the tests did not come to their end")
        return 1
    print("\n".join(told(found)))
    if found["summary"]["percent_covered"] < ENOUGH:
        print(f"fewer than {ENOUGH:.0f} % of lines were run")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
