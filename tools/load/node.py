"""Tandem as the load tool starts it: the whole node, and one topic more on which members may say something to all.

python -m tools.load.node seed PEOPLE COHORTS KEYS   make people known with the product's own commands, and their tokens
python -m tools.load.node serve                      serve, as `panel_app.py` does

Two processes, so that what making ten thousand people leaves in memory does not flatter the server that is measured.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import panel as pn
import polars as pl
from sqlalchemy import select

from core.accounts.access import KEY_SCOPES
from core.accounts.commands import PersonInput, save_person
from core.accounts.keys import create_key
from core.app import App
from core.ids import new_id
from core.live.hub import Message
from core.logging_setup import configure
from core.principal import SYSTEM, Principal
from core.settings import Settings, read_settings
from core.transaction import Transaction
from core.web.channels.messages import Strict
from core.web.channels.topics import TOPICS, MessageSpec, Push, PushSpec, TopicSpec
from dashboards.pages.admin import admin_page
from dashboards.serve import Page
from dashboards.template import Shell
from data.analytics.engine import ask
from data.database import Database
from data.migrate import migrate
from data.tables import User
from panel_app import Node, database_url, until_told, with_demo_secrets

MANY = 200
BUSY_SECONDS, BUSY_EVERY = 0.040, 2000
HOST = Principal(kind="key", name="load", scopes=KEY_SCOPES, minor=False)


class Say(Strict, frozen=True):
    """What a member says to a room of the load tool."""

    mark: str
    pad: str


class LoadNode(Node):
    """A node with rooms `load:{room}`, where what one says goes to all and is kept nowhere."""

    def __init__(self, settings: Settings, url: str) -> None:
        room = TopicSpec(
            "load:{room}",
            "A room of the load tool.",
            "socket:connect",
            pushes=(PushSpec("load_say", Say, self._say, "socket:connect"),),
            messages=(MessageSpec("load_said", Say),),
        )
        super().__init__(settings, url, topics=(*TOPICS, room))

        if os.environ.get("LOAD_FULL_LISTS"):
            self.app.presence.announcer.limit = sys.maxsize

    def pages(self) -> dict[str, Page]:
        """The administrators' page keeps the loop busy as a heavy page does: 40 ms at a time, every two seconds."""
        return {**super().pages(), "/admin": lambda app, viewer: _busy(admin_page(app, self.feed, viewer))}

    async def _say(self, push: Push) -> None:
        payload: Say = push.payload
        self.app.hub.signal(Message(push.topic, "load_said", {"mark": payload.mark, "pad": payload.pad}))


def use_analytics() -> None:
    """Bring what jobs count with into memory. It takes some 50 MB once, whenever the first job happens to run, and must
    not pass for the price of connections."""
    data = io.BytesIO()
    pl.DataFrame({"one": range(10_000)}).write_parquet(data)
    data.seek(0)
    pl.read_parquet(data)
    with ask() as cursor, tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(data.getvalue())
        file.flush()
        cursor.execute("SELECT one % 10 AS digit, count(*) FROM read_parquet(?) GROUP BY digit", [file.name]).fetchall()


def _busy(page: Shell) -> Shell:
    pn.state.add_periodic_callback(_burn, period=BUSY_EVERY)
    return page


def _burn() -> None:
    until = time.perf_counter() + BUSY_SECONDS
    while time.perf_counter() < until:
        pass


async def seed(settings: Settings, url: str, people: int, cohorts: int, keys: int) -> None:
    """So many people, in so many cohorts, and so many keys; who is known already stays as they are."""
    database = Database(url)
    await migrate(database.engine)
    app = App(settings, database)
    names = [f"load-{cohorts}-{n}" for n in range(people)]
    known = set(await _users(app, names))
    missing = [n for n, name in enumerate(names) if name not in known]
    for at in range(0, len(missing), MANY):
        await app.transactions.run(SYSTEM, _make_known, missing[at : at + MANY], cohorts)
    # What follows from that is done here as well: the server that is measured would do it while its clients come.
    await app.reactions.start()
    await app.reactions.drain()
    await app.reactions.stop()
    secrets = [await app.transactions.run(HOST, _key) for _ in range(keys)]
    users = await _users(app, names)
    told = [[name, app.tokens.make(id, generation, ("socket", "api"))[0], str(cohort or "")]
            for name in names for id, generation, cohort in (users[name],)]  # fmt: skip
    (settings.data / f"load-{cohorts}.json").write_text(json.dumps({"people": told, "keys": secrets}))
    await database.close()


async def _make_known(tx: Transaction, numbers: Sequence[int], cohorts: int) -> None:
    for n in numbers:
        cohort = f"load-{cohorts}-{n % cohorts}" if cohorts > 1 else None
        given = PersonInput(
            external_id=f"load-{cohorts}-{n}", name=f"Load {n}", role="student", age_band="18_plus", cohort=cohort
        )
        await save_person(tx, given)


async def _key(tx: Transaction) -> str:
    return (await create_key(tx, f"load {new_id().hex[:8]}", sorted(KEY_SCOPES)))[1]


async def _users(app: App, names: Sequence[str]) -> dict[str, tuple[Any, int, Any]]:
    wanted = select(User.external_id, User.id, User.token_generation, User.cohort_id).where(User.external_id.in_(names))
    async with app.transactions.read() as db:
        return {name: (id, generation, cohort) for name, id, generation, cohort in await db.execute(wanted)}


def main(arguments: Sequence[str]) -> int:
    settings, _ = with_demo_secrets(read_settings(os.environ))
    configure(settings.log_level)
    Path(settings.data).mkdir(parents=True, exist_ok=True)
    with database_url(settings) as url:
        if arguments[0] == "seed":
            asyncio.run(seed(settings, url, *map(int, arguments[1:])))
        else:
            use_analytics()
            asyncio.run(until_told(LoadNode(settings, url)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
