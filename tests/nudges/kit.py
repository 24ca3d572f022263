"""People who are here, as presence writes them down, and what reached them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import delete, event, insert, select

from core.app import App
from core.ids import new_id
from core.nudges.crowd import people_of
from core.nudges.sending import Sending, detect, send
from core.principal import SYSTEM
from core.transaction import Transaction
from data.tables import NotificationRow, NudgeRow, PresenceRow, User
from tests.factories import Make


async def here(app: App, *people: User, skill: str = "", subject: str | None = "math", status: str = "online") -> None:
    """These people are online now, at nothing in particular unless a skill is named."""
    now = app.clock.now()
    activity = f"practicing_{skill}" if skill else ""
    async with app.database.begin() as db:
        for person in people:
            await db.execute(delete(PresenceRow).where(PresenceRow.user_id == person.id))
            row = {"id": new_id(), "user_id": person.id, "session_id": f"s-{new_id()}", "subject_id": subject}
            row |= {"status": status, "current_activity": activity, "connected_at": now, "last_seen_at": now}
            await db.execute(insert(PresenceRow).values(row))


async def gone(app: App, *people: User) -> None:
    async with app.database.begin() as db:
        await db.execute(delete(PresenceRow).where(PresenceRow.user_id.in_([p.id for p in people])))


async def look(app: App, **given: Any) -> int:
    """One run of the detection; everything that follows has followed."""
    made: int = await app.transactions.run(SYSTEM, detect, app.nudging, **given)
    await app.settle()
    return made


async def nudges_of(app: App, person: User | UUID | None) -> list[NudgeRow]:
    user_id = person.id if isinstance(person, User) else person
    wanted = select(NudgeRow).where(NudgeRow.recipient_id == user_id).order_by(NudgeRow.inserted_at, NudgeRow.id)
    async with app.transactions.read() as db:
        return list((await db.execute(wanted)).scalars())


async def notes_of(app: App, person: User) -> list[NotificationRow]:
    """What stands in somebody's queue of nudges."""
    return [note for note in await all_notes_of(app, person) if note.nudge_id]


async def all_notes_of(app: App, person: User) -> list[NotificationRow]:
    wanted = select(NotificationRow).where(NotificationRow.user_id == person.id).order_by(NotificationRow.seq)
    async with app.transactions.read() as db:
        return list((await db.execute(wanted)).scalars())


async def two_friends(make: Make, **given: Any) -> tuple[User, User]:
    """Leo, and Ada who may hear of him."""
    leo = await make.person(name="Leo Marsh", cohort="blue", **given)
    ada = await make.person(name="Ada Byron", cohort="blue", **given)
    await make.friends(leo, ada)
    return leo, ada


@asynccontextmanager
async def counted(tx: Transaction) -> AsyncIterator[list[str]]:
    """The statements of this transaction meanwhile."""
    said: list[str] = []
    own = (await tx.db.connection()).sync_connection

    def heard(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if connection is own:
            said.append(statement)

    engine = tx.db.get_bind()
    event.listen(engine, "before_cursor_execute", heard)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", heard)


async def given(app: App, sender: User, recipient: User, kind: str = "friend_online", **more: Any) -> NudgeRow:
    """A nudge that somebody has, whatever they would have got by themselves."""
    fields: dict[str, Any] = {"subject": "math", "skill": "algebra", "way": "live", "score": None, "days": None} | more

    async def make(tx: Transaction) -> None:
        people = await people_of(tx.db, [recipient.id], tx.now, posted=False)
        one = Sending(sender_id=sender.id, recipient=people[recipient.id], nudge_type=kind, **fields)
        assert await send(tx, [one]) == 1

    await app.transactions.run(SYSTEM, make)
    await app.settle()
    return (await nudges_of(app, recipient))[-1]
