"""`python -m tools.load`, which is `make load`: one scenario against one server, told as a table, JSON and a picture.

Without an address it starts a Tandem of its own, with a database of its own in var/load, and ends both.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.load.crew import Crew, GeneratorError
from tools.load.marks import Stream
from tools.load.picture import svg
from tools.load.remote import remote
from tools.load.report import table
from tools.load.run import Plan, Report, cores, run
from tools.load.servers import Server, ServerError, rival, tandem
from tools.load.worker import raise_limit

FOLDER = Path("var/load")
SERVERS = ("tandem", "socket.io", "plain")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tools.load", description=__doc__)
    made.add_argument("--conns", type=int, default=1000, help="people who come, each with a token of their own")
    made.add_argument("--topics", type=int, default=1, help="rooms that they spread over")
    made.add_argument("--rate", type=float, default=50, help="messages a second in each room")
    made.add_argument("--seconds", type=float, default=10)
    made.add_argument("--kind", choices=("message", "event", "presence"), help="what is sent; see docs/load.md")
    made.add_argument("--server", choices=SERVERS, default="tandem")
    made.add_argument("--address", help="a Tandem that runs already, such as http://127.0.0.1:5006")
    made.add_argument("--key", default=os.environ.get("TANDEM_API_KEY", ""), help="its API key, or TANDEM_API_KEY")
    made.add_argument("--pid", type=int, help="its process, where that runs on this machine")
    made.add_argument("--processes", type=int, default=1, help="of the generator")
    made.add_argument("--json", type=Path, metavar="FILE")
    made.add_argument("--picture", type=Path, metavar="FILE", help="an SVG")
    made.add_argument("--folder", type=Path, default=FOLDER, help="where Tandem's database is kept between runs")
    return made


@contextmanager
def server_of(options: argparse.Namespace, kind: str, core: int | None) -> Iterator[Server]:
    if options.address:
        yield remote(options.address, options.key, options.conns, options.pid)
    elif options.server == "tandem":
        cohorts = options.topics if kind != "message" else 1
        with tandem(options.folder, max(options.conns, 20), cohorts, core) as server:
            yield server
    else:
        with rival(options.server, max(options.conns, 20), core) as server:
            yield server


def measure(options: argparse.Namespace) -> Report:
    kind = options.kind or ("event" if options.address else "message")
    stream = Stream(kind, options.rate, options.topics, options.seconds)
    plan = Plan(options.conns, (stream,))
    own, others = cores(options.processes, sorted(os.sched_getaffinity(0)))
    with server_of(options, kind, None if options.address else own) as server, Crew(options.processes, others) as crew:
        return run(server, plan, crew)


def write(report: Report, options: argparse.Namespace, title: str) -> None:
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report.data(), indent=2) + "\n")
    if options.picture:
        options.picture.parent.mkdir(parents=True, exist_ok=True)
        options.picture.write_text(svg(report, title))


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    raise_limit()
    title = f"{options.server}: {options.conns:,} clients in {options.topics:,} rooms, {options.rate:g} a second each"
    try:
        report = measure(options)
    except (ServerError, GeneratorError) as error:
        print(f"load: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    print(f"\n{title}\n{table(report)}")
    write(report, options, title)
    return 1 if report.lost or (report.measured and report.measured.doubled) or report.opening.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
