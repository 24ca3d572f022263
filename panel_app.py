"""Tandem's entry: settings, the database, the core, pages, REST and sockets, on one port and one event loop.

python panel_app.py              serve
python panel_app.py migrate      bring DATABASE_URL to this version's shape
python panel_app.py staff NAME   add a staff account, or change its password and role
python panel_app.py backup       write a backup; `restore FILE` brings one back
python panel_app.py --help       every command, and every setting with its meaning
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import gc
import getpass
import logging
import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from core.accounts.access import ROLES
from core.accounts.personas import save_personas
from core.accounts.staff import disable_staff, save_staff
from core.app import App
from core.clock import SystemClock
from core.errors import Invalid, SettingsError, TandemError
from core.logging_setup import configure
from core.principal import SYSTEM
from core.settings import Settings, demo_secret, described, read_settings
from core.transaction import Transactions
from core.web.channels.hub_door import hub_routes
from core.web.channels.topics import TOPICS, TopicSpec
from core.web.channels.wire.reception import Reception
from core.web.channels.wire.upgrade import socket_routes
from core.web.http import handlers
from core.web.rest import ROUTES
from core.web.security import origin_allowed
from dashboards.auth.hosts import is_our_host
from dashboards.health_feed import HealthFeed
from dashboards.serve import Page, serve
from dashboards.site import pages
from data.backup import BackupError, backup, restore
from data.database import Database, DatabaseUnavailable, explain
from data.database_url import BadDatabaseUrl
from data.embedded import EmbeddedPostgres, EmbeddedPostgresError
from data.migrate import current, head, migrate
from jobs.chatter import Chatter
from jobs.lease import Lease
from jobs.place import Place
from jobs.registry import registry
from jobs.runner import Runner
from jobs.scheduler import Scheduler
from jobs.simulator import Simulator
from jobs.simulator_acts import World

log = logging.getLogger("tandem")

DRAIN_SECONDS = 10.0


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        settings = read_settings(os.environ, serving=options.command in (None, "serve"))
        settings, fresh_key = with_demo_secrets(settings)
        return run(options, settings, fresh_key)
    except Invalid as error:
        for problem in error.details.get("fields", ()):
            print(f"tandem: {problem['field']}: {problem['message']}", file=sys.stderr)
        return 2
    except (SettingsError, EmbeddedPostgresError, BackupError, BadDatabaseUrl, TandemError) as error:
        print(f"tandem: {error}", file=sys.stderr)
        return 2
    except (DatabaseUnavailable, SQLAlchemyError) as error:
        print(f"tandem: The database cannot be used: {explain(error)}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    width = max(len(name) for name, *_ in described())
    lines = [
        f"  {name:<{width}}  {meaning}{f' [{default}]' if default else ''}" for name, default, meaning, _ in described()
    ]
    made = argparse.ArgumentParser(
        prog="panel_app.py",
        description="Tandem: the live layer for learning communities and teams.",
        epilog="settings, all from the environment:\n" + "\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = made.add_subparsers(dest="command", metavar="command")
    commands.add_parser("serve", help="serve pages, REST and sockets (what no command does too)")
    commands.add_parser("migrate", help="bring the database to this version's shape")
    staff = commands.add_parser("staff", help="add a staff account, or change its password and role")
    staff.add_argument("name")
    staff.add_argument("--role", default="admin", choices=sorted(ROLES))
    staff.add_argument("--disable", action="store_true", help="shut the account; whoever is signed in with it is out")
    backup = commands.add_parser("backup", help="write a backup of the database")
    backup.add_argument("folder", nargs="?", type=Path)
    restore = commands.add_parser("restore", help="bring a backup back")
    restore.add_argument("file", type=Path)
    restore.add_argument("--force", action="store_true", help="replace what the database holds")
    return made


def with_demo_secrets(settings: Settings) -> tuple[Settings, str]:
    """Demo mode makes its own secrets, once; the key is returned while it is new, to be shown that one time."""
    if not settings.demo:
        return settings, ""
    folder = settings.data / "secrets"
    secret, _ = demo_secret(folder, "secret_key", "demo")
    key, new = demo_secret(folder, "api_key", "key")
    chosen = replace(settings, secret_key=settings.secret_key or secret, api_key=settings.api_key or key)
    return chosen, key if new and not settings.api_key else ""


def run(options: argparse.Namespace, settings: Settings, fresh_key: str) -> int:
    configure(settings.log_level)
    for chatty in ("alembic", "bokeh"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    with database_url(settings) as url:
        settings = replace(settings, database_url=url) if settings.database_url else settings
        match options.command:
            case "migrate":
                asyncio.run(migrate_database(url))
            case "staff":
                asyncio.run(change_staff(url, options.name, options.role, options.disable))
            case "backup":
                print(backup(url, options.folder or settings.data / "backups"))
            case "restore":
                restore(url, options.file, force=options.force)
                print("Restored. Clients and analytics will find a new history and start afresh.")
            case _:
                asyncio.run(serve_until_told(settings, url, fresh_key))
    return 0


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The address of PostgreSQL: the one given, or that of an embedded server which runs as long as this block."""
    if settings.database_url:
        yield settings.database_url
        return
    with EmbeddedPostgres(settings.data / "postgres") as postgres:
        yield postgres.url


async def migrate_database(url: str) -> None:
    database = Database(url)
    await migrate(database.engine)
    await database.close()
    print(f"The database is at revision {head()}.")


async def change_staff(url: str, name: str, role: str, disable: bool) -> None:
    """Add an account, change it, or shut it. A running Tandem hears of it within a second."""
    database = Database(url)
    transactions = Transactions(database, SystemClock(), lambda: None)
    try:
        if disable:
            await transactions.run(SYSTEM, disable_staff, name)
        else:
            await transactions.run(SYSTEM, save_staff, name, read_password(), role)
    finally:
        await database.close()
    print(f"{name} is shut out." if disable else f"{name} can sign in as {role}.")


def read_password() -> str:
    """From the terminal without showing it, or the first line of what is piped in."""
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")


async def serve_until_told(settings: Settings, url: str, fresh_key: str) -> None:
    await until_told(Node(settings, url), fresh_key)


async def until_told(node: Node, fresh_key: str = "") -> None:
    """Serve until a signal says that it is enough."""
    stop = asyncio.Event()
    try:
        port = await node.start()
        loop = asyncio.get_running_loop()
        for wanted in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(wanted, stop.set)
        settle_memory()
        announce(node.settings, port, fresh_key)
        await stop.wait()
    finally:
        await node.stop(DRAIN_SECONDS if stop.is_set() else 0)
        # What the collector was spared must go in its order now: libraries count what is left over and complain.
        gc.unfreeze()


def settle_memory() -> None:
    """Spare the collector what stays as long as the process does, which is nearly all that there is now.

    It would look through all of it again in the middle of a crowd, for a tenth of a second each time.
    """
    gc.collect()
    gc.freeze()
    # A crowd is many small things that stay: looking them all through for every few hundred more is for nothing.
    gc.set_threshold(10_000, 20, 20)


class Node:
    """The core, its jobs and its server, started in order and let go in the reverse.

    The embedded database is migrated at start; one that was given is only looked at: it must have been migrated before.
    """

    def __init__(self, settings: Settings, url: str, topics: tuple[TopicSpec, ...] = TOPICS) -> None:
        self.settings, self.url = settings, url
        self.database = Database(url, pool_size=settings.database_pool)
        self.app = App(settings, self.database, specs=topics)
        self.scheduler = self._scheduler()
        self.feed = HealthFeed(self.app, lambda: self.scheduler.infos, self._viewers)
        self.server: Any = None
        self.front: Any = None
        self.reception = Reception(
            self.app.sockets,
            lambda origin, host: origin_allowed(origin, host, settings),
            settings.trusted_proxies,
        )

    def _viewers(self) -> int:
        return len(self.server._tornado.auth_provider.pages) if self.server is not None else 0

    def _scheduler(self) -> Scheduler:
        app, settings = self.app, self.settings
        jobs = registry(Place(settings.data / "analytics", settings.timezone, app.nudging, app.post))
        runner = Runner(jobs, app.transactions, app.clock, zone=settings.zone, node=app.node, metrics=app.metrics)
        world = World(app.transactions, app.principals, app.presence, app.practice, app.gate, app.clock)
        size, seed = settings.simulator_people, settings.simulator_seed
        simulator = Simulator(world, on=settings.simulating, size=size, seed=seed, zone=settings.zone)
        app.rights_listeners.append(simulator.rights_changed)
        chatter = Chatter(app.relay, app.transactions, app.principals, app.gate, app.clock)
        return Scheduler(
            runner,
            Lease(self.url),
            app.clock,
            zone=settings.zone,
            metrics=app.metrics,
            companions=[simulator, chatter] if settings.simulating else [],
        )

    async def start(self) -> int:
        """Bring the node to life; the port it listens on."""
        await self._prepare_database()
        await self.app.start()
        if self.settings.demo:
            await self.app.transactions.run(SYSTEM, save_personas)
        self.server = self._listen()
        self.server.start()
        self.front = open_front(self.server._http, self.reception, self.settings)
        await self.scheduler.start()
        port: int = self.server.port
        return port

    async def _prepare_database(self) -> None:
        if not self.settings.database_url:
            await migrate(self.database.engine)
            return
        reasons = await self.database.check()
        if reasons:
            raise SettingsError(f"The database at DATABASE_URL is not ready: {'; '.join(reasons)}.")
        at = await current(self.database.engine)
        if at != head():
            raise SettingsError(
                f"The database is at revision {at or 'none'}, this version needs {head()}: "
                "run `python panel_app.py migrate` first."
            )

    def _listen(self) -> Any:
        app, settings = self.app, self.settings
        routes = [*socket_routes(self.reception), *hub_routes(self.reception), *handlers(app, ROUTES)]
        try:
            return serve(app, self.pages(), routes)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise SettingsError(
                    f"Port {settings.port} is in use: end what listens there, or choose another TANDEM_PORT."
                ) from None
            raise SettingsError(f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}.") from None

    def pages(self) -> dict[str, Page]:
        return pages(self.feed)

    async def stop(self, drain_seconds: float) -> None:
        """Let nobody in any more, send those who are here away, and end everything in order."""
        if self.server is not None:
            self.server.unlisten()
        await self.feed.stop()
        await self.scheduler.stop()
        async with asyncio.timeout(drain_seconds or None):
            await self.app.stop()
        if self.front is not None:
            self.front.close()
        if self.server is not None:
            self.server.stop(wait=False)
        await self.database.close()


def open_front(server: Any, reception: Reception, settings: Settings) -> Any:
    """The front door of a listening server; None where sockets go through the server itself."""
    if settings.wire == "stream" or not (settings.wire or hasattr(select, "epoll")):
        return None
    # Only where there is such a thing can it be imported.
    from core.web.channels.wire.front import FrontDoor

    return FrontDoor(server, reception, lambda host: is_our_host(host, settings))


def announce(settings: Settings, port: int, fresh_key: str) -> None:
    address = settings.url(port)
    print(f"Tandem is ready: {address}", flush=True)
    if settings.demo:
        print("Demo mode: enter as anybody you like, on this machine only.", flush=True)
    if fresh_key:
        print(f"The host platform's API key, shown this once: {fresh_key}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
