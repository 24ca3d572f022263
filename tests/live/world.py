"""A small community in which everything happens that can happen, at random but repeatably.

`OPERATIONS` is the list of what can happen; each is made of the product's own commands. Names are made so that a
full name, a family name or a nickname can be told from everything else wherever it turns up.
"""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import delete, insert, select

from core.accounts.commands import (
    ConsentInput,
    PersonInput,
    refresh_audiences,
    revoke_tokens,
    save_person,
    set_consents,
)
from core.accounts.erasure import erase_person
from core.accounts.visibility import appear_offline
from core.activity.challenging import challenge_back
from core.activity.commands import take_in
from core.activity.engagement import record_engagement
from core.activity.hiding import hide_activity, show_activity
from core.activity.queries import page, visible_to
from core.activity.reacting import react
from core.activity.reporting import Verdict as Answer
from core.activity.reporting import decide_reports, remove_activity, report_activity
from core.app import App
from core.clock import FakeClock
from core.content import subjects
from core.errors import NotFound, TandemError
from core.events.catalog import CATALOG, Reaction
from core.growth.sharing import share_progress
from core.ids import new_id
from core.leaderboards.keeping import hold_boards, recalculate
from core.leaderboards.people import choose_listing
from core.leaderboards.reviewing import Verdict, review_result
from core.monitoring.commands import set_simulator
from core.nudges import commands as nudges
from core.nudges.choosing import Choices, choose_nudges, unmute_friend
from core.nudges.queue import open_notification, see
from core.nudges.reporting import decide, report
from core.nudges.sending import detect
from core.practice.catalogue import what_of
from core.practice.commands import Result, complete_practice, give_up_practice, start_practice
from core.practice.pairs import answer, invite
from core.principal import SYSTEM, Principal
from core.social.challenges import challenge_cohort, close_due, join_challenge
from core.social.chat import decide_message, remove_message, report_message, send_message
from core.social.friendships import answer_friendship, block_person, request_friendship, unblock_person
from core.social.muting import mute_person, unmute_person
from core.social.rooms import switch_chat
from core.social.upkeep import forget_messages
from data.tables import Cohort, CohortChallenge, NotificationRow, NudgeReport, NudgeRow, PresenceRow, ResultRow, User
from tests.events.samples import properties_of
from tests.live.world_workshops import Workshops

NAME = re.compile(r"(?:Ann|Zed|Nick)\d+q")
COHORTS = ("blue", "red", "green")
INBOUND = [cls for cls in CATALOG.values() if cls.inbound]
SCOPES = ("collection", "social_visibility", "sharing_outside")
FEWEST = 6
"""People who are never fewer, so that there is somebody to do things."""


class World:
    def __init__(self, app: App, clock: FakeClock, seed: int) -> None:
        self.app, self.clock, self.chance = app, clock, random.Random(seed)
        self.people: list[str] = []
        self.names: dict[str, str] = {}
        """Whose every name was that anybody ever had; those of erased people too."""
        self.ids: dict[str, UUID] = {}
        self.hidden: set[str] = set()
        """Children for whom nobody will ever consent."""
        self._count = 0
        self.workshops = Workshops(self)

    def number(self) -> int:
        self._count += 1
        return self._count

    def anybody(self) -> str:
        return self.chance.choice(self.people)

    async def save(self, external_id: str, **given: Any) -> User:
        user: User = await self.app.transactions.run(SYSTEM, save_person, PersonInput(external_id=external_id, **given))
        self.ids[external_id] = user.id
        return user

    async def principal(self, external_id: str) -> Principal:
        async with self.app.transactions.read() as db:
            return await self.app.principals.from_user(db, self.ids[external_id])

    def name(self, external_id: str) -> dict[str, str]:
        """A name nobody else has; its parts are remembered."""
        n = self.number()
        first, family, nick = f"Ann{n}q", f"Zed{n}q", f"Nick{n}q"
        self.names |= dict.fromkeys((first, family, nick), external_id)
        return {"name": f"{first} {family}", "nickname": self.chance.choice(["", nick])}

    # --- what can happen

    async def add(self, **given: Any) -> str:
        external_id = f"person-{self.number()}"
        ages: list[dict[str, Any]] = [
            {"age_band": "18_plus"},
            {"age_band": "13_17"},
            {"age_band": "under_13"},
            {"birth_date": self.birth_date()},
            {},
        ]
        cohort = self.chance.choice([*COHORTS, None])
        values = {**self.name(external_id), "cohort": cohort, **self.chance.choice(ages), **given}
        await self.save(external_id, **values)
        self.people.append(external_id)
        return external_id

    def birth_date(self) -> date:
        """Somebody about to have a birthday that counts, or anybody."""
        years = self.chance.choice([8, 12, 13, 16, 17, 18, 40])
        return self.clock.now().date() - timedelta(days=round(years * 365.25) + self.chance.randint(-40, 40))

    async def rename(self) -> None:
        one = self.anybody()
        await self.save(one, **self.name(one))

    async def move(self) -> None:
        await self.save(self.anybody(), cohort=self.chance.choice([*COHORTS, ""]))

    async def move_and_rename(self) -> None:
        one = self.anybody()
        await self.save(one, cohort=self.chance.choice(COHORTS), **self.name(one))

    def grown_or_not(self) -> list[str]:
        return [one for one in self.people if one not in self.hidden]

    async def change_age(self) -> None:
        one = self.chance.choice(self.grown_or_not())
        band = self.chance.choice(["under_13", "13_17", "18_plus", "unknown"])
        given = {"age_band": band} if self.chance.random() < 0.5 else {"birth_date": self.birth_date()}
        await self.save(one, cohort=self.chance.choice([None, None, None, *COHORTS]), **given)

    async def change_role(self) -> None:
        await self.save(self.anybody(), role=self.chance.choice(["student", "tutor", "parent"]))

    async def consent(self) -> None:
        one = self.chance.choice(self.grown_or_not())
        given = [
            ConsentInput(scope=scope, given=self.chance.random() < 0.6, method="signed_form")
            for scope in self.chance.sample(SCOPES, 2)
        ]
        await self.app.transactions.run(SYSTEM, set_consents, one, given)

    async def take_consent_back(self) -> None:
        one = self.chance.choice(self.grown_or_not())
        for given in (True, False):
            self.clock.advance(600)
            decided = [ConsentInput(scope="sharing_outside", given=given, method="signed_form")]
            await self.app.transactions.run(SYSTEM, set_consents, one, decided)

    async def birthdays(self) -> None:
        self.clock.advance(86_400 * self.chance.randint(1, 30))
        await self.app.transactions.run(SYSTEM, refresh_audiences)

    async def erase(self) -> None:
        left = self.grown_or_not()
        if len(left) > FEWEST:
            one = self.chance.choice(left)
            self.people.remove(one)
            await self.app.transactions.run(SYSTEM, erase_person, one)

    async def revoke(self) -> None:
        await self.app.transactions.run(SYSTEM, revoke_tokens, self.ids[self.anybody()])

    async def facts(self) -> None:
        batch = [self.fact(self.chance.choice(INBOUND).type) for _ in range(self.chance.randint(1, 25))]
        if self.chance.random() < 0.3:
            batch += self.chance.choices(batch, k=2)
        await take_in(self.app.transactions, SYSTEM, batch)

    def fact(self, type: str) -> dict[str, Any]:
        old = self.chance.random() < 0.1
        ago = timedelta(days=3) if old else timedelta(seconds=self.chance.randint(0, 900))
        return {
            "id": f"evt-{self.number()}",
            "type": type,
            "external_id": self.anybody() if self.chance.random() < 0.97 else "a stranger",
            "at": (self.clock.now() - ago).isoformat(),
            "subject": self.chance.choice([*subjects(), "knitting", None]),
            "skill": self.chance.choice(["algebra", None]),
            "properties": properties_of(CATALOG[type], self.chance),
        }

    async def _as_person(self, command: Callable[..., Awaitable[Any]], *rest: Any, gate: bool = True) -> None:
        one, other = self.chance.sample(self.people, 2)
        self.clock.advance(60)
        args = (self.app.gate, self.ids[other], *rest) if gate else (self.ids[other], *rest)
        await self.app.transactions.run(await self.principal(one), command, *args)

    async def ask_friend(self) -> None:
        await self._as_person(request_friendship)

    async def make_friends(self, one: str = "", other: str = "") -> None:
        if not one:
            one, other = self.chance.sample(self.people, 2)
        gate, run = self.app.gate, self.app.transactions.run
        await run(await self.principal(one), request_friendship, gate, self.ids[other])
        await run(await self.principal(other), answer_friendship, gate, self.ids[one], True)

    async def end_friendship(self, one: str = "", other: str = "") -> None:
        if not one:
            one, other = self.chance.sample(self.people, 2)
        gate, run = self.app.gate, self.app.transactions.run
        await run(await self.principal(one), request_friendship, gate, self.ids[other])
        await run(await self.principal(other), answer_friendship, gate, self.ids[one], False)

    async def block(self) -> None:
        await self._as_person(block_person)

    async def unblock(self) -> None:
        await self._as_person(unblock_person, gate=False)

    async def block_and_unblock(self) -> None:
        one, other = self.chance.sample(self.people, 2)
        run = self.app.transactions.run
        await run(await self.principal(one), block_person, self.app.gate, self.ids[other])
        await run(await self.principal(one), unblock_person, self.ids[other])

    async def react(self) -> None:
        one = await self.principal(self.anybody())
        async with self.app.transactions.read() as db:
            items = (await page(db, one, visible_to(one), limit=60)).items
        if items:
            kind: Reaction = self.chance.choice(["like", "celebrate", "wow", "support"])
            await self.app.transactions.run(one, react, self.app.gate, self.chance.choice(items).id, kind)

    async def _at_something(self) -> tuple[Principal, UUID, UUID]:
        """Somebody, an activity that they see, and whose it is."""
        one = await self.principal(self.anybody())
        async with self.app.transactions.read() as db:
            items = (await page(db, one, visible_to(one), limit=60)).items
        if not items:
            raise NotFound
        item = self.chance.choice(items)
        return one, item.id, item.user_id

    async def hide(self) -> None:
        one, activity, _ = await self._at_something()
        await self.app.transactions.run(one, hide_activity, activity)
        if self.chance.random() < 0.5:
            await self.app.transactions.run(one, show_activity, activity)

    async def report(self) -> None:
        """Somebody reports what they see, and staff answer, or not."""
        one, activity, _ = await self._at_something()
        self.clock.advance(120)
        await self.app.transactions.run(one, report_activity, self.app.gate, activity, "other")
        if self.chance.random() < 0.6:
            staff = replace(one, scopes=one.scopes | {"activity:moderate"})
            verdict: Answer = self.chance.choice(["keep", "remove"])
            await self.app.transactions.run(staff, decide_reports, activity, verdict)

    async def remove_own(self) -> None:
        _, activity, owner = await self._at_something()
        async with self.app.transactions.read() as db:
            actor = await self.app.principals.from_user(db, owner)
        await self.app.transactions.run(actor, remove_activity, activity)

    async def challenge(self) -> None:
        """Somebody answers what somebody else finished; whom they may not reach, they do not."""
        self.clock.advance(600)
        for _ in range(40):
            one, activity, owner = await self._at_something()
            if one.id != owner:
                with suppress(TandemError):
                    await self.app.transactions.run(one, challenge_back, self.app.gate, activity)
                    return
        # Chance found nobody who may: two who may see each other always may.
        owner_of_it, other = [await self.add(age_band="18_plus", birth_date=None) for _ in range(2)]
        (done,) = await take_in(
            self.app.transactions,
            SYSTEM,
            [self.fact("practice_completed") | {"external_id": owner_of_it, "subject": "math"}],
        )
        if done.event_id:
            challenger = await self.principal(other)
            await self.app.transactions.run(challenger, challenge_back, self.app.gate, done.event_id)

    async def read_feed(self) -> None:
        """Somebody reads until there is something of others': one's own is not counted."""
        for _ in range(20):
            one, activity, _ = await self._at_something()
            if (await self.app.transactions.run(one, record_engagement, [activity], [("menu", activity)]))[0]:
                return

    async def share(self) -> None:
        one = await self.principal(self.anybody())
        await self.app.transactions.run(one, share_progress, self.app.gate, "activity_feed", "https://tandem.example")

    async def choose_listing(self) -> None:
        one = await self.principal(self.anybody())
        await self.app.transactions.run(one, choose_listing, self.chance.random() < 0.5)

    async def review_result(self) -> None:
        async with self.app.transactions.read() as db:
            latest = select(ResultRow.id, ResultRow.status).order_by(ResultRow.id.desc()).limit(40)
            results = (await db.execute(latest)).all()
        if results:
            # Another verdict than the one that stands: the same again is no news.
            id, status = self.chance.choice(results)
            other: dict[str, list[Verdict]] = {"counted": ["voided", "reopened"], "voided": ["accepted", "reopened"]}
            verdict = self.chance.choice(other.get(status, ["accepted", "voided"]))
            await self.app.transactions.run(SYSTEM, review_result, id, verdict)

    async def hurry(self) -> None:
        """Somebody is faster than one can be: that result is held."""
        said = {"type": "practice_completed", "external_id": self.anybody(), "subject": "math", "skill": "algebra"}
        said |= {"id": f"evt-{self.number()}", "at": self.clock.now().isoformat()}
        await take_in(self.app.transactions, SYSTEM, [said | {"properties": {"score": 100, "seconds": 2}}])

    async def recalculate_boards(self) -> None:
        await self.app.transactions.run(SYSTEM, recalculate)

    async def end_periods(self) -> None:
        self.clock.advance(86_400 * self.chance.choice([0, 1, 1, 7]))
        await self.app.transactions.run(SYSTEM, hold_boards)

    async def practise(self) -> None:
        """Somebody begins, and goes on to an end of some kind, or not."""
        one = await self.principal(self.anybody())
        subject = self.chance.choice(list(subjects().values()))
        run = self.app.transactions.run
        what = what_of(subject.id, self.chance.choice(subject.skills))
        begun = await run(one, start_practice, self.app.gate, what)
        self.clock.advance(self.chance.randint(1, 300))
        if self.chance.random() < 0.6:
            score = self.chance.choice([100, 100, 87.5, 60])
            await run(one, complete_practice, Result(score=score, wpm=41.5), run_id=begun.id)
        elif self.chance.random() < 0.5:
            await run(one, give_up_practice, begun.id)

    async def practise_together(self, one: str = "", other: str = "") -> None:
        if not one:
            one, other = self.chance.sample(self.people, 2)
        me, partner = await self.principal(one), await self.principal(other)
        run, gate = self.app.transactions.run, self.app.gate
        pair = await run(me, invite, gate, self.ids[other], what_of("math", "algebra"))
        await run(partner, answer, gate, pair.id, self.chance.random() < 0.8)
        for who in (me, partner):
            if self.chance.random() < 0.8:
                await run(who, complete_practice, Result(score=self.chance.randint(0, 100)))

    async def talk(self) -> None:
        """People of a cohort without small children say something, good or bad, and staff look at it."""
        run, gate = self.app.transactions.run, self.app.gate
        here, cohort_id = await self._class_without_small_children(self.chance.choice(COHORTS[1:]))
        if len(here) < 2:
            return
        said = []
        for text in ("Well done", "Call 0171 1234567", "you loser"):
            one = await self.principal(self.chance.choice(here))
            self.clock.advance(3)
            with suppress(TandemError):
                said.append((await run(one, send_message, gate, text)).message_id)
        scopes = frozenset({"chat:moderate", "cohort:write"})
        staff = Principal("person", self.ids[here[0]], cohort_id=cohort_id, scopes=scopes)
        for id in said:
            with suppress(TandemError):
                await self._look_at(id, staff, here)
        with suppress(TandemError):
            await run(staff, mute_person, self.ids[self.chance.choice(here)], 5)
            await run(staff, unmute_person, self.ids[self.chance.choice(here)])
        if self.chance.random() < 0.3:
            for on in (False, True):
                await run(staff, switch_chat, on)
                with suppress(TandemError):
                    await run(one, send_message, gate, "More")

    async def _class_without_small_children(self, cohort: str) -> tuple[list[str], UUID]:
        async with self.app.transactions.read() as db:
            cohort_id = (await db.execute(select(Cohort.id).where(Cohort.external_id == cohort))).scalar_one()
        members = [user for user in (await self.whole()).values() if user.cohort_id == cohort_id]
        small = [user.external_id for user in members if user.audience == "nobody"]
        if self.hidden & set(small):
            return [], cohort_id
        for name in small:
            await self.save(name, age_band="18_plus", birth_date=date(1980, 1, 1))
        await self.app.reactions.drain()
        return [user.external_id for user in members if user.external_id in self.people], cohort_id

    async def _look_at(self, message_id: UUID, staff: Principal, here: list[str]) -> None:
        run, dice = self.app.transactions.run, self.chance.random()
        if dice < 0.3:
            await run(staff, decide_message, message_id, dice < 0.15)
        elif dice < 0.5:
            await run(staff, remove_message, message_id)
        elif dice < 0.8:
            for name in here[:3]:
                with suppress(TandemError):
                    await run(await self.principal(name), report_message, self.app.gate, message_id, "other")
            await run(staff, decide_message, message_id, self.chance.random() < 0.7)

    async def forget_talk(self) -> None:
        self.clock.advance(86_400 * self.chance.choice([1, 1, 30, 91]))
        await self.app.transactions.run(SYSTEM, forget_messages)

    async def cohort_challenge(self) -> None:
        """Somebody sets their cohort a challenge; some join, some practise, and now and then its time is over."""
        run, gate = self.app.transactions.run, self.app.gate
        skill = self.chance.choice(["algebra", "geometry", "fractions"])
        with suppress(TandemError):
            await run(await self.principal(self.anybody()), challenge_cohort, gate, skill)
        async with self.app.transactions.read() as db:
            wanted = select(CohortChallenge.id).where(CohortChallenge.closed_at.is_(None))
            running = list((await db.execute(wanted.order_by(CohortChallenge.id))).scalars())
        for name in self.chance.sample(self.people, min(4, len(self.people))):
            for id in running:
                with suppress(TandemError):
                    await run(await self.principal(name), join_challenge, gate, id)
        self.clock.advance(60)
        done = {"subject": "math", "skill": skill, "at": self.clock.now().isoformat()}
        results = [self.fact("practice_completed") | done | {"external_id": name} for name in self.people]
        await take_in(self.app.transactions, SYSTEM, results)
        if self.chance.random() < 0.4:
            await self.app.reactions.drain()
            self.clock.advance(86_400)
            await run(SYSTEM, close_due)

    async def nudge(self) -> None:
        """Two friends are online, and one hears of it; what comes of it, if anything, is up to chance."""
        one, other = self.people[0], self.people[2]
        self.clock.advance(3 * 3600)
        with suppress(TandemError):
            await self.make_friends(one, other)
        async with self.app.database.begin() as db:
            rows = [_present(self, who, skill) for who, skill in ((one, "practicing_algebra"), (other, ""))]
            await db.execute(insert(PresenceRow).values(rows))
        await self.app.transactions.run(SYSTEM, detect)
        async with self.app.database.begin() as db:
            await db.execute(delete(PresenceRow))
        await self._answer_nudge()
        if self.chance.random() < 0.5:
            await self._report_nudge()

    async def _answer_nudge(self) -> None:
        async with self.app.transactions.read() as db:
            latest = select(NudgeRow).where(NudgeRow.status == "pending").order_by(NudgeRow.id.desc()).limit(1)
            nudge = (await db.execute(latest)).scalar_one_or_none()
        if nudge is None:
            return
        who = next(name for name, id in self.ids.items() if id == nudge.recipient_id)
        me, run = await self.principal(who), self.app.transactions.run
        answer = self.chance.choice([nudges.accept, nudges.ignore, None])
        if answer:
            await run(me, answer, nudge.id)
        elif self.chance.random() < 0.5:
            self.clock.advance(3700)
            await run(SYSTEM, nudges.expire)

    async def _report_nudge(self) -> None:
        """Somebody reports the latest nudge, staff decide, and the two hear of each other again later on."""
        async with self.app.transactions.read() as db:
            wanted = select(NudgeRow).where(NudgeRow.sender_id != NudgeRow.recipient_id)
            nudge = (await db.execute(wanted.order_by(NudgeRow.id.desc()).limit(1))).scalar_one_or_none()
        if nudge is None:
            return
        who = next(name for name, id in self.ids.items() if id == nudge.recipient_id)
        me, run = await self.principal(who), self.app.transactions.run
        with suppress(TandemError):
            await run(me, report, self.app.gate, nudge.id)
            await run(me, unmute_friend, nudge.sender_id)
        async with self.app.transactions.read() as db:
            waiting = (await db.execute(select(NudgeReport.id).where(NudgeReport.status == "open"))).scalars().all()
        staff = Principal("person", me.id, scopes=frozenset({"activity:moderate"}))
        for report_id in waiting:
            await run(staff, decide, report_id, self.chance.choice(["keep", "pause"]))

    async def look_at_notifications(self) -> None:
        me = await self.principal(self.people[2])
        await self.app.settle()
        async with self.app.transactions.read() as db:
            found = (await db.execute(select(NotificationRow).where(NotificationRow.user_id == me.id))).scalars().all()
        if found:
            await self.app.transactions.run(me, see, max(row.seq or 0 for row in found))
            await self.app.transactions.run(me, open_notification, self.chance.choice(found).id)

    async def choose_nudges(self) -> None:
        me = await self.principal(self.anybody())
        await self.app.transactions.run(me, choose_nudges, Choices(daily_cap=self.chance.randint(1, 10)))

    async def go_offline(self) -> None:
        """Somebody does not wish to be seen here for a while; their friends' queues lose what told of them."""
        me = await self.principal(self.chance.choice([self.people[0], self.anybody()]))
        for offline in (True, False):
            await self.app.transactions.run(me, appear_offline, offline)
            await self.app.settle()

    async def turn_simulator(self) -> None:
        running, speed = self.chance.random() < 0.5, self.chance.choice([0.5, 1.0, 8.0])
        await self.app.transactions.run(SYSTEM, set_simulator, running, speed)

    async def many_facts(self) -> None:
        """Enough for every window to be full."""
        batch = [self.fact("level_up") | {"external_id": one} for one in self.people for _ in range(15)]
        await take_in(self.app.transactions, SYSTEM, batch[:400])

    async def play_workshop(self) -> None:
        await self.workshops.at_random()

    async def whole_workshop(self) -> None:
        await self.workshops.all_of_it()

    async def clear_workshops(self) -> None:
        await self.workshops.clear()

    # --- running

    async def begin(self) -> None:
        """People of every kind, and every type of fact from outside once."""
        for age in ("18_plus", "18_plus", "13_17", "under_13", "unknown"):
            for cohort in COHORTS[:2]:
                await self.add(age_band=age, birth_date=None, cohort=cohort)
        for _ in range(2):
            child = await self.add(age_band="under_13", birth_date=self.clock.now().date(), cohort="blue")
            self.hidden.add(child)
        once = [self.fact(cls.type) | {"external_id": one} for cls in INBOUND for one in self.people[:3]]
        await take_in(self.app.transactions, SYSTEM, once)
        for _ in range(3):
            # What the host told of somebody may end a practice that they have just begun.
            with suppress(TandemError):
                await self.practise()
        for _ in range(6):
            self.clock.advance(60)
            with suppress(TandemError):
                await self.practise_together(self.people[0], self.people[2])
        await self.end_friendship(self.people[0], self.people[2])
        await self.make_friends(self.people[0], self.people[2])
        for _ in range(3):
            await self.workshops.open()
        await self.workshops.all_of_it()

    async def happen(self, name: str) -> None:
        """One operation; what the product refuses did not happen."""
        try:
            await OPERATIONS[name](self)
        except TandemError as refused:
            if refused.status >= 500:
                raise

    async def whole(self) -> dict[str, User]:
        async with self.app.transactions.read() as db:
            users = (await db.execute(select(User))).scalars().all()
        return {user.external_id: user for user in users}


def _present(world: World, who: str, activity: str) -> dict[str, Any]:
    """A row as the presence store writes it."""
    now, id = world.clock.now(), new_id()
    values = {"user_id": world.ids[who], "subject_id": "math", "status": "online", "current_activity": activity}
    return values | {"id": id, "session_id": f"s-{id}", "connected_at": now, "last_seen_at": now}


OPERATIONS: dict[str, Callable[[World], Awaitable[Any]]] = {
    "many_facts": World.many_facts,
    "add": World.add,
    "rename": World.rename,
    "move": World.move,
    "move_and_rename": World.move_and_rename,
    "change_age": World.change_age,
    "change_role": World.change_role,
    "consent": World.consent,
    "take_consent_back": World.take_consent_back,
    "birthdays": World.birthdays,
    "erase": World.erase,
    "revoke": World.revoke,
    "facts": World.facts,
    "ask_friend": World.ask_friend,
    "make_friends": World.make_friends,
    "end_friendship": World.end_friendship,
    "block": World.block,
    "unblock": World.unblock,
    "block_and_unblock": World.block_and_unblock,
    "react": World.react,
    "hide": World.hide,
    "report": World.report,
    "remove_own": World.remove_own,
    "challenge": World.challenge,
    "read_feed": World.read_feed,
    "share": World.share,
    "choose_listing": World.choose_listing,
    "hurry": World.hurry,
    "review_result": World.review_result,
    "recalculate_boards": World.recalculate_boards,
    "end_periods": World.end_periods,
    "practise": World.practise,
    "practise_together": World.practise_together,
    "talk": World.talk,
    "forget_talk": World.forget_talk,
    "cohort_challenge": World.cohort_challenge,
    "nudge": World.nudge,
    "look_at_notifications": World.look_at_notifications,
    "choose_nudges": World.choose_nudges,
    "go_offline": World.go_offline,
    "turn_simulator": World.turn_simulator,
    "play_workshop": World.play_workshop,
    "whole_workshop": World.whole_workshop,
    "clear_workshops": World.clear_workshops,
}
"""Everything that can happen. A new event that comes from nothing here fails the test that counts them."""

WEIGHTS = {"facts": 6, "react": 4, "rename": 2, "move": 2, "change_age": 4, "consent": 3, "practise": 3}
WEIGHTS |= {"nudge": 3, "look_at_notifications": 2}
WEIGHTS |= {"talk": 3, "cohort_challenge": 2, "challenge": 2}
