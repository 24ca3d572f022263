"""A thousand people join one tracked topic, and a thousand change what they do each second: what it takes."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from core.metrics import percentile
from tests.cluster.kit import Door
from tests.load.lean import Lean, connected
from tests.process_kit import KEY, Server, token_for
from tools.cluster_parts import Part, free_port
from tools.programs import ROOT

pytestmark = pytest.mark.bench

PEOPLE = 1_000
LOBBY = "presence:lobby"
ROUNDS = 3
SECONDS = 5


@asynccontextmanager
async def node(folder: Path, script: str) -> AsyncIterator[tuple[Server, psutil.Process]]:
    """A node in a process of its own."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    told = {
        "TANDEM_MODE": "demo",
        "TANDEM_SIMULATOR": "off",
        "TANDEM_DATA": str(folder),
        "TANDEM_PORT": str(port),
        "TANDEM_API_KEY": KEY,
        "TANDEM_LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
    }
    part = Part("node", [sys.executable, script], re.compile("Tandem is ready"), folder / "log", kept | told)
    await part.start()
    try:
        yield Door(f"http://127.0.0.1:{port}").server, psutil.Process(part.pid)
    finally:
        await part.stop()


async def tokens(server: Server, number: int) -> list[str]:
    found: list[str] = []
    for start in range(0, number, 20):
        some = await asyncio.gather(*(token_for(server, f"person-{n}") for n in range(start, min(start + 20, number))))
        found += [one["token"] for one in some]
    return found


def load() -> str:
    return "load " + " ".join(f"{one:.1f}" for one in os.getloadavg())


def end(clients: list[Lean]) -> None:
    for client in clients:
        client.transport.abort()


@pytest.mark.req("RT-19", "PF-4")
@pytest.mark.parametrize(("script", "lists"), [("tests/load/full_lists.py", "full"), ("panel_app.py", "short")])
async def test_a_thousand_join_one_topic(tmp_path: Path, script: str, lists: str) -> None:
    took: list[float] = []
    grew: list[float] = []
    told: list[int] = []
    for _ in range(ROUNDS):
        folder = tmp_path / str(len(took))
        folder.mkdir()
        async with node(folder, str(ROOT / script)) as (server, process):
            keys = await tokens(server, PEOPLE)
            clients = await connected(server.port, keys)
            before = process.memory_info().rss
            began = asyncio.get_running_loop().time()
            for client in clients:
                client.join(LOBBY, PEOPLE if lists == "full" else 50)
            async with asyncio.timeout(60):
                ends = await asyncio.gather(*(client.synced for client in clients))
            took.append(max(ends) - began)
            # What was only on its way is let go of by the next thing that happens.
            clients[0].say(LOBBY, "update_status", {"status": "away"})
            async with asyncio.timeout(10):
                size = clients[0].size
                while clients[0].size == size:
                    await asyncio.sleep(0)
            grew.append((process.memory_info().rss - before) / PEOPLE / 1024)
            told.append(sum(client.size for client in clients) // PEOPLE)
            end(clients)
    print(
        f"\n1,000 join one topic, {lists} lists: all synced after {percentile(took, 50):.2f} s"
        f" ({', '.join(f'{one:.2f}' for one in took)}); {percentile(grew, 50):.1f} KB of memory each"
        f" ({', '.join(f'{one:.1f}' for one in grew)}); {percentile(told, 50) / 1000:.0f} KB told each; {load()}"
    )
    assert percentile(took, 50) < 1.0
    assert percentile(grew, 50) <= 8.0


@pytest.mark.req("RT-19", "PF-3")
async def test_a_thousand_changes_a_second(tmp_path: Path) -> None:
    """Ten diffs a second at most, however many change; what it costs the node."""
    async with node(tmp_path, str(ROOT / "panel_app.py")) as (server, process):
        clients = await connected(server.port, await tokens(server, PEOPLE))
        for client in clients:
            client.join(LOBBY, 50)
        await asyncio.gather(*(client.synced for client in clients))
        loop = asyncio.get_running_loop()
        cpu, began = sum(process.cpu_times()[:2]), loop.time()
        statuses = ("away", "studying", "in_quiz", "online")
        for tick in range(SECONDS * 10):
            await asyncio.sleep(max(0.0, began + tick / 10 - loop.time()))
            for client in clients[tick % 10 :: 10]:
                client.say(LOBBY, "update_status", {"status": statuses[tick // 10 % 4]})
        spent, lasted = sum(process.cpu_times()[:2]) - cpu, loop.time() - began
        end(clients)
    print(f"\n1,000 presence changes a second from 1,000 sockets: {spent / lasted:.0%} of a core; {load()}")
