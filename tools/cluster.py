"""Several nodes on this machine: `python -m tools.cluster 3`, or `make cluster N=3`.

Starts a PostgreSQL (the embedded one, unless DATABASE_URL names another), a Redis (unless REDIS_URL does), the nodes,
and nginx before them; prints the address when all are ready, and ends all of them on Ctrl-C, in the reverse order, or
as soon as one of them does not start. A node that ends later is said and left: the others go on without it.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from data.database import Database
from data.embedded import EmbeddedPostgres, EmbeddedPostgresError
from data.migrate import migrate
from tools.cluster_nginx import balancer, program
from tools.cluster_parts import ClusterError, Part, free_port
from tools.programs import ROOT, redis_server

NODE_READY = re.compile(r"Tandem is ready: ")
REDIS_READY = re.compile(r"eady to accept connections")
MOST = 16
PORT = 5006


class Cluster:
    """So many nodes with everything they need; `folder` holds the data, and what the parts write."""

    def __init__(self, folder: Path, number: int, *, port: int = 0, settings: Mapping[str, str] | None = None) -> None:
        if not 1 <= number <= MOST:
            raise ClusterError(f"N is the number of nodes, from 1 to {MOST}.")
        self.folder, self.number = folder.resolve(), number
        self.port = port or free_port()
        self.settings = dict(settings if settings is not None else os.environ)
        self.database_url = self.settings.get("DATABASE_URL", "")
        self.redis_url = self.settings.get("REDIS_URL", "")
        self.redis: Part | None = None
        self.nodes: list[Part] = []
        self.ports: list[int] = []
        self._stack = AsyncExitStack()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def address_of(self, node: int) -> str:
        """A node itself, past the balancer."""
        return f"http://127.0.0.1:{self.ports[node]}"

    @property
    def logs(self) -> Path:
        return self.folder / "cluster"

    async def __aenter__(self) -> Cluster:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start every part, or none: what has started ends again when another does not."""
        program()
        self.logs.mkdir(parents=True, exist_ok=True)
        try:
            await self._start_database()
            await self._start_redis()
            await self._start_nodes()
            await self._run(balancer(self.logs, self.port, self.ports))
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End every part: the balancer first, then the nodes, then what they stand on."""
        await self._stack.aclose()

    async def _run(self, part: Part) -> None:
        part.on_end = _say_end
        if part not in self.nodes:
            self._stack.push_async_callback(part.stop)
        await part.start()

    async def _start_database(self) -> None:
        if not self.database_url:
            postgres = EmbeddedPostgres(self.folder / "postgres")
            try:
                self._stack.callback(postgres.__exit__, None, None, None)
                postgres.__enter__()
            except EmbeddedPostgresError as error:
                raise ClusterError(str(error)) from None
            self.database_url = postgres.url
        database = Database(self.database_url)
        try:
            await migrate(database.engine)
        finally:
            await database.close()

    async def _start_redis(self) -> None:
        if self.redis_url:
            return
        found = redis_server()
        if found is None:
            raise ClusterError("redis-server is missing: install Debian's package `redis-server`, or set REDIS_URL.")
        port = free_port()
        command = [str(found), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.logs)]
        self.redis = Part("redis", command, REDIS_READY, self.logs / "redis.log")
        await self._run(self.redis)
        self.redis_url = f"redis://127.0.0.1:{port}"

    async def _start_nodes(self) -> None:
        self.ports = [free_port() for _ in range(self.number)]
        self.nodes = [self._node(number) for number in range(self.number)]
        # The first alone: it makes what all of them share, such as the demo's secrets.
        self._stack.push_async_callback(self._stop_nodes)
        await self._run(self.nodes[0])
        started = await asyncio.gather(*(self._run(node) for node in self.nodes[1:]), return_exceptions=True)
        for error in started:
            if isinstance(error, BaseException):
                raise error

    async def _stop_nodes(self) -> None:
        """All at once: each gives those who are connected a moment to take their leave."""
        await asyncio.gather(*(node.stop() for node in self.nodes))

    def _node(self, number: int) -> Part:
        name = f"node-{number + 1}"
        told = {
            "TANDEM_MODE": "demo",
            "TANDEM_LOG_LEVEL": "WARNING",
            "TANDEM_PUBLIC_URL": self.address,
            **self.settings,
            "TANDEM_NODE": name,
            "TANDEM_DATA": str(self.folder),
            "TANDEM_PORT": str(self.ports[number]),
            "TANDEM_HOST": "127.0.0.1",
            "TANDEM_TRUSTED_PROXIES": "127.0.0.1",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
        }
        command = [sys.executable, str(ROOT / "panel_app.py")]
        return Part(name, command, NODE_READY, self.logs / f"{name}.log", told)


def _say_end(part: Part) -> None:
    code = part.process.returncode if part.process else None
    print(f"{part.name} has ended ({code}); its log is {part.log}", file=sys.stderr, flush=True)


async def serve(number: int) -> None:
    """Run a cluster until told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    here = asyncio.current_task()
    ready = False

    def told() -> None:
        stop.set()
        if not ready and here is not None:
            here.cancel()

    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, told)
    folder = Path(os.environ.get("TANDEM_DATA") or "var")
    try:
        async with Cluster(folder, number, port=int(os.environ.get("TANDEM_PORT") or PORT)) as cluster:
            ready = True
            for node in range(number):
                print(f"node-{node + 1}: {cluster.address_of(node)}")
            print(f"Logs: {cluster.logs}")
            print(f"Tandem's cluster is ready: {cluster.address}", flush=True)
            await stop.wait()
    except asyncio.CancelledError:
        if not stop.is_set():
            raise


def main(arguments: list[str]) -> int:
    try:
        if len(arguments) != 1 or not arguments[0].isdecimal():
            raise ClusterError("Say how many nodes: make cluster N=3")
        asyncio.run(serve(int(arguments[0])))
    except ClusterError as problem:
        print(f"cluster: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
