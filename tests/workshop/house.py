"""Workshops in the house: made, entered and moved by the product's own commands on a real database."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID, uuid4

from core.app import App
from core.errors import TandemError
from core.principal import SYSTEM
from core.workshop.commands import Entry, ask_reentry, create_workshop, join_workshop, make_move, reenter_by_pin
from core.workshop.errors import UnknownWorkshop
from core.workshop.queries import own_view
from core.workshop.rules import moves as m
from core.workshop.rules.state import Settings, Workshop
from core.workshop.store import load
from core.workshop.templates import get_template


class House:
    def __init__(self, app: App) -> None:
        self.app = app
        self.entries: list[Entry] = []

    @property
    def id(self) -> UUID:
        return self.entries[0].guest.workshop_id

    async def open(self, people: int = 3, *, template: str = "six_criteria", **given: Any) -> list[Entry]:
        outer = {name: given.pop(name) for name in ("team_id", "observer") if name in given}
        settings = Settings(**given)
        made: Entry = await self.app.transactions.run(
            SYSTEM, create_workshop, get_template(template), "Person 0", settings, **outer
        )
        self.entries = [made]
        for number in range(1, people):
            await self.join(f"Person {number}")
        return self.entries

    async def join(self, name: str, **given: Any) -> Entry:
        entry: Entry = await self.app.transactions.run(SYSTEM, join_workshop, self.id, name, **given)
        self.entries.append(entry)
        return entry

    async def state(self) -> Workshop:
        async with self.app.transactions.read() as db:
            loaded = await load(db, self.id)
        if loaded is None:
            raise UnknownWorkshop
        return loaded.workshop

    async def do(self, entry: Entry, kind: type[m.Move], **given: Any) -> Workshop:
        version = given.pop("version", None)
        if version is None:
            version = (await self.state()).version
        return await self.make(entry, kind(version=version, **given))

    async def make(self, entry: Entry, move: m.Move) -> Workshop:
        return await self.app.transactions.run(entry.guest.principal(), make_move, self.id, move)

    async def score(self, entry: Entry, value: object) -> Workshop:
        state = await self.state()
        return await self.make(entry, m.Submit(version=state.version, question=state.question, value=value))

    async def view(self, entry: Entry) -> dict[str, Any]:
        async with self.app.transactions.read() as db:
            return await own_view(db, self.id, entry.guest.participant_id, self.app.clock.now())

    async def to_question(self, number: int = 1) -> None:
        while True:
            state = await self.state()
            if (state.question, state.stage) == (number, "awaiting"):
                return
            for entry in self.entries:
                person = state.person(entry.guest.participant_id)
                if person is None or not person.scorer:
                    continue
                if state.stage == "awaiting":
                    question = state.template.question(state.question)
                    await self.make(
                        entry, m.Submit(version=state.version, question=state.question, value=question.optimal_value)
                    )
                else:
                    await self.make(entry, m.Ready(version=state.version))

    async def to_end(self) -> Workshop:
        state = await self.state()
        while state.phase != "completed":
            state = await self.do(self.entries[0], m.Advance, override=True)
        return state


async def something(app: App, house: House, chance: Random) -> None:
    state = await house.state()
    entry = chance.choice(house.entries)
    if state.phase == "completed":
        return
    moves: list[m.Move] = [m.Ready(version=state.version)] * 4 + [
        m.Submit(version=state.version, question=state.question, value=chance.randint(-3, 5))
        for _ in range(5)
    ]  # fmt: skip
    moves += [
        m.Leave(version=state.version),
        m.Pause(version=state.version),
        m.Resume(version=state.version),
        m.Adjust(version=state.version, seconds=chance.randint(60, 600)),
        m.AddNote(version=state.version, note_id=uuid4(), content=f"note {chance.random()}"),
        m.AddAction(version=state.version, action_id=uuid4(), content="to do", owner="Tom"),
        m.Advance(version=state.version, override=chance.random() < 0.3),
        m.ShowNames(version=state.version, question=state.question),
        m.SetObserver(version=state.version, participant_id=entry.guest.participant_id, observer=chance.random() < 0.2),
    ]
    if state.notes:
        note = chance.choice(state.notes)
        changed = f"{note.content} more"
        moves.append(m.UpdateNote(version=state.version, note_id=note.id, base=note.content or "", content=changed))
        moves.append(m.DeleteNote(version=state.version, note_id=note.id))
    if state.actions:
        action = chance.choice(state.actions)
        moves.append(m.MoveAction(version=state.version, action_id=action.id, position=0))
        moves.append(m.UpdateAction(version=state.version, action_id=action.id, done=not action.done))
        moves.append(m.DeleteAction(version=state.version, action_id=action.id))
    try:
        if chance.random() < 0.06:
            await app.transactions.run(SYSTEM, ask_reentry, house.id, "Person 2")
        elif chance.random() < 0.06:
            await app.transactions.run(SYSTEM, reenter_by_pin, house.id, "Person 3", "x")
        elif chance.random() < 0.06:
            await house.join(f"W {chance.random()}", observer=True)
        else:
            await house.make(entry, chance.choice(moves))
    except TandemError as refused:
        if refused.status >= 500:
            raise
