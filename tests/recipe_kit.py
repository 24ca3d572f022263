"""The recipe of docs/integrators.md as the tests run it: word for word, with any of the versions of the stock client.

`service` runs it in Node, as a service of a host's would; `asleep` stops that whole process for a while, as a laptop's
lid does: no timer fires and no byte is read.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from tools.programs import ROOT, node

DOC = (ROOT / "docs" / "integrators.md").read_text(encoding="utf-8")
CLIENTS = ("phoenix", "phoenix-1.7", "phoenix-1.6")
PATIENCE = 40.0
RUNNER = """
import {follow} from "./recipe.mjs";
const say = (kind) => (value) => console.log(JSON.stringify({kind, value}));
const heard = {onActivity: say("activity"), onReset: say("reset"), onPeople: say("people")};
follow(process.env.TANDEM, process.env.TOKEN, {...heard, onSignedOut: say("signedOut")});
"""


def recipe(client: str = "phoenix") -> str:
    """The page's code; for older clients with the one change that the page tells of."""
    (code,) = re.findall(r"```js\n(.*?)```", DOC, re.DOTALL)
    if client == "phoenix":
        return str(code)
    change = "params: {token}, transport: WebSocket"
    assert f"1.6 and 1.7 take\n`{change}` in place of `authToken: token`" in DOC
    assert code.count("authToken: token") == 1
    older = code.replace("authToken: token", change)
    return str(older.replace('from "phoenix"', f'from "{client}"'))


class Service:
    """A service of the host's in Node; what it heard, as it said."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.activities: list[str] = []
        self.people: list[str] = []
        self.resets = 0
        self.signed_out = False
        self._changed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout
        while line := await self.process.stdout.readline():
            said = json.loads(line)
            match said["kind"]:
                case "activity":
                    self.activities.append(said["value"]["id"])
                case "signedOut":
                    self.signed_out = True
                case "people":
                    self.people = [one["name"] for one in said["value"]]
                case _:
                    self.resets += 1
            self._changed.set()
        self._changed.set()

    async def until(self, fits: Callable[[Service], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not fits(self):
                assert not self._reader.done(), "the service has ended"
                self._changed.clear()
                await self._changed.wait()

    async def end(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reader


@asynccontextmanager
async def service(folder: Path, base: str, token: str, client: str = "phoenix") -> AsyncIterator[Service]:
    """The recipe in a process of its own, which is gone when the block ends."""
    (folder / "recipe.mjs").write_text(recipe(client))
    (folder / "run.mjs").write_text(RUNNER)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    program = node()
    assert program, "Node is needed: make test sets it up"
    told = {"TANDEM": base, "TOKEN": token}
    process = await asyncio.create_subprocess_exec(program, folder / "run.mjs", env=told, stdout=PIPE, stderr=DEVNULL)
    running = Service(process)
    try:
        yield running
    finally:
        await running.end()


@contextmanager
def asleep(running: Service) -> Iterator[None]:
    """Stop the process whole until the block ends."""
    running.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        running.process.send_signal(signal.SIGCONT)
