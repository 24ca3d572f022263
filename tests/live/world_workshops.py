"""Workshops in the small community: some that are played through with everything that can happen, some at random."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from core.principal import SYSTEM
from core.workshop.commands import Entry, ask_reentry, mark_away, reenter_by_pin
from core.workshop.rules import moves as m
from core.workshop.upkeep import delete_expired, give_feedback
from tests.workshop.house import House, something

if TYPE_CHECKING:
    from tests.live.world import World


class Workshops:
    def __init__(self, world: World) -> None:
        self.world = world
        self.houses: list[House] = []

    async def open(self) -> House:
        chance, house = self.world.chance, House(self.world.app)
        await house.open(
            4,
            template=chance.choice(["six_criteria", "team_health"]),
            disclosure=chance.choice(["named", "anonymous", "turns"]),
            total_duration_minutes=chance.choice([None, 30]),
        )
        self.houses.append(house)
        return house

    async def at_random(self) -> None:
        house = self.world.chance.choice(self.houses)
        for _ in range(6):
            await something(self.world.app, house, self.world.chance)

    async def clear(self) -> None:
        """Two weeks without anybody."""
        self.world.clock.advance(15 * 86_400)
        await self.world.app.transactions.run(SYSTEM, delete_expired)
        self.houses = [await self.open()]

    async def all_of_it(self) -> None:
        house = House(self.world.app)
        ada, tom, mia = await house.open(3, total_duration_minutes=30)
        ids = [entry.guest.participant_id for entry in house.entries]
        await house.do(tom, m.Ready)
        await house.do(tom, m.Ready, ready=False)
        watcher = await house.join("Watcher", observer=True)
        await house.do(watcher, m.SetObserver, participant_id=watcher.guest.participant_id, observer=False)
        await house.to_question()
        for kind, given in ((m.Pause, {}), (m.Resume, {}), (m.Adjust, {"seconds": 500})):
            await house.do(ada, kind, **given)
        for value in (1, 2):
            await house.score(tom, value)
        await self.come_and_go(house, ids[2])
        await house.do(ada, m.Drop, participant_id=watcher.guest.participant_id)
        await house.score(ada, -1)
        await house.score(mia, 0)
        await self.write(house)
        await house.do(ada, m.HandOver, participant_id=ids[1])
        await house.do(tom, m.End)
        await self.world.app.transactions.run(SYSTEM, give_feedback, "Good", "bug", workshop_id=house.id)
        await self.other_ways()

    async def come_and_go(self, house: House, somebody: UUID) -> None:
        run, ada = self.world.app.transactions.run, house.entries[0]
        await run(SYSTEM, mark_away, house.id, somebody)
        await run(SYSTEM, reenter_by_pin, house.id, "Person 2", "none")
        asked: Entry | None = await run(SYSTEM, ask_reentry, house.id, "Person 2")
        assert asked is not None
        await house.do(ada, m.AnswerKnock, knock_id=asked.knock_id, accepted=True)

    async def write(self, house: House) -> None:
        ada, tom, *_ = house.entries
        note, one, two = uuid4(), uuid4(), uuid4()
        await house.do(ada, m.AddNote, note_id=note, content="words", question=1)
        await house.do(tom, m.UpdateNote, note_id=note, base="words", content="more words")
        await house.do(ada, m.DeleteNote, note_id=note)
        for id in (one, two):
            await house.do(tom, m.AddAction, action_id=id, content="to do")
        await house.do(tom, m.UpdateAction, action_id=one, owner="Mia", done=True)
        await house.do(tom, m.MoveAction, action_id=one, position=1)
        await house.do(tom, m.DeleteAction, action_id=two)

    async def other_ways(self) -> None:
        """Scores in turn, and scores without names."""
        turns = House(self.world.app)
        ada, tom = await turns.open(2, disclosure="turns", skip_intro=True)
        await turns.to_question()
        await turns.do(ada, m.PassTurn, participant_id=ada.guest.participant_id)
        for entry in (tom, ada):
            await turns.score(entry, 3)
        quiet = House(self.world.app)
        ada, tom = await quiet.open(2, disclosure="anonymous", skip_intro=True)
        await quiet.to_question()
        for entry in (tom, ada):
            await quiet.score(entry, 3)
        await quiet.do(ada, m.ShowNames, question=1)
