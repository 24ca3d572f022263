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
import getpass
import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core.errors import SettingsError, TandemError
from core.settings import Settings, demo_secret, described, read_settings
from data.embedded import EmbeddedPostgres, EmbeddedPostgresError

log = logging.getLogger("tandem")

DRAIN_SECONDS = 10.0


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        settings = read_settings(os.environ)
        settings, fresh_key = with_demo_secrets(settings)
        return run(options, settings, fresh_key)
    except (SettingsError, EmbeddedPostgresError, TandemError) as error:
        print(f"tandem: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    width = max(len(name) for name, *_ in described())
    lines = [f"  {name:<{width}}  {meaning}{f' [{default}]' if default else ''}" for name, default, meaning, _ in described()]
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
    staff.add_argument("--role", default="admin")
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
    from core.logging_setup import configure

    configure(settings.log_level)
    with database_url(settings) as url:
        settings = replace(settings, database_url=url) if settings.database_url else settings
        match options.command:
            case "migrate":
                asyncio.run(migrate_database(url))
            case "staff":
                asyncio.run(add_staff(settings, url, options.name, options.role))
            case "backup":
                from data.backup import backup

                print(backup(url, options.folder or settings.data / "backups"))
            case "restore":
                from data.backup import restore

                restore(url, options.file, force=options.force)
                print("Restored. Clients and analytics will find a new history and start afresh.")
            case _:
                asyncio.run(serve(settings, url, fresh_key))
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
    from data.database import Database
    from data.migrate import head, migrate

    database = Database(url)
    await migrate(database.engine)
    await database.close()
    print(f"The database is at revision {head()}.")


async def add_staff(settings: Settings, url: str, name: str, role: str) -> None:
    from core.accounts.staff import save_staff
    from core.clock import SystemClock
    from core.principal import SYSTEM
    from core.transaction import Transactions
    from data.database import Database

    password = os.environ.get("TANDEM_STAFF_PASSWORD") or getpass.getpass("Password: ")
    database = Database(url)
    try:
        await Transactions(database, SystemClock(), lambda: None).run(SYSTEM, save_staff, name, password, role)
    finally:
        await database.close()
    print(f"{name} can sign in as {role}.")


async def serve(settings: Settings, url: str, fresh_key: str) -> None:
    from dashboards.node import Node

    started = time.monotonic()
    node = Node(settings, url)
    stop = asyncio.Event()
    try:
        port = await node.start()
        loop = asyncio.get_running_loop()
        for wanted in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(wanted, stop.set)
        announce(settings, port, fresh_key, time.monotonic() - started)
        await stop.wait()
    finally:
        await node.stop(DRAIN_SECONDS if stop.is_set() else 0)


def announce(settings: Settings, port: int, fresh_key: str, seconds: float) -> None:
    address = settings.url(port)
    print(f"Tandem is ready after {seconds:.1f} s: {address}", flush=True)
    if settings.demo:
        print("Demo mode: enter as anybody you like, on this machine only.", flush=True)
    if fresh_key:
        print(f"The host platform's API key, shown this once: {fresh_key}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
