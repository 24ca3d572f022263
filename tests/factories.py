"""Making things for tests through the product's own commands, with sensible values and keyword overrides."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.accounts.commands import ConsentInput, PersonInput, save_person, set_consents
from core.accounts.erasure import erase_person
from core.accounts.keys import create_key
from core.accounts.staff import save_staff
from core.accounts.tickets import make_ticket
from core.accounts.tokens import Purpose
from core.activity.challenging import challenge_back
from core.activity.commands import Result, take_in
from core.activity.reacting import Reacted, react
from core.activity.reporting import report_activity
from core.app import App
from core.events.catalog import Reaction
from core.ids import new_id
from core.leaderboards.people import choose_listing
from core.nudges.choosing import Choices, Limiting, choose_nudges, limit_child
from core.nudges.commands import mute_friend
from core.nudges.crowd import people_of
from core.nudges.reporting import report
from core.nudges.sending import Sending, send
from core.practice.catalogue import what_of
from core.practice.commands import Result as PracticeResult
from core.practice.commands import complete_practice
from core.practice.pairs import answer, invite
from core.principal import SYSTEM, Principal
from core.safety.commands import list_subject
from core.social.challenges import Made as Challenged
from core.social.challenges import challenge_cohort
from core.social.chat import Sent, report_message, send_message
from core.social.friendships import answer_friendship, block_person, request_friendship
from core.social.muting import mute_person
from core.workshop.commands import ask_reentry, create_workshop, join_workshop, make_move
from core.workshop.rules import moves as m
from core.workshop.rules.state import Settings
from core.workshop.teams import create_team
from core.workshop.templates import get_template
from core.workshop.upkeep import give_feedback
from data.tables import CoPractice, NudgeRow, User

SECRET = "a-secret-for-tests-0123456789-abcdefghij"
NAMES = ("Ada Byron", "Leo Marsh", "Mia Stone", "Jonas Reed", "Nora Field", "Tom Hale", "Ines Ward", "Sam Brook")


class Make:
    """`make.person(role="tutor")`, `make.fact(person, "practice_completed")` and the like, on one App."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._numbers = count(1)

    async def person(self, **given: Any) -> User:
        """An adult student in no cohort, unless told otherwise."""
        number = next(self._numbers)
        values: dict[str, Any] = {
            "external_id": f"ext-{number}",
            "name": NAMES[number % len(NAMES)],
            "role": "student",
            "age_band": "18_plus",
        }
        return await self.app.transactions.run(SYSTEM, save_person, PersonInput(**(values | given)))

    async def child(self, *consents: str, **given: Any) -> User:
        """Eleven years old, with the consents named."""
        person = await self.person(age_band="under_13", **given)
        if consents:
            await self.consent(person, *consents)
        return person

    async def consent(self, person: User, *scopes: str, given: bool = True) -> None:
        inputs = [ConsentInput(scope=s, given=given, method="signed_form") for s in scopes]
        await self.app.transactions.run(SYSTEM, set_consents, person.external_id, inputs)

    async def erase(self, person: User) -> None:
        await self.app.transactions.run(SYSTEM, erase_person, person.external_id)

    async def principal(self, person: User) -> Principal:
        async with self.app.transactions.read() as db:
            return await self.app.principals.from_user(db, person.id)

    def token(self, person: User, purpose: Purpose = "socket", **given: Any) -> str:
        generation = given.pop("generation", person.token_generation)
        return self.app.tokens.make(person.id, generation, (purpose,), **given)[0]

    def event(self, person: User | str, type: str = "practice_completed", **given: Any) -> dict[str, Any]:
        """One item of the host's stream."""
        external_id = person if isinstance(person, str) else person.external_id
        defaults = {"practice_completed": {"score": 85}, "quiz_completed": {"score": 70}, "level_up": {"level": 3}}
        values: dict[str, Any] = {
            "id": f"evt-{next(self._numbers)}",
            "type": type,
            "external_id": external_id,
            "at": self.app.clock.now() - timedelta(seconds=1),
            "subject": "math",
            "skill": "algebra",
            "properties": defaults.get(type, {}),
        }
        return values | given

    async def fact(self, person: User, type: str = "practice_completed", **given: Any) -> Result:
        """Somebody did something; kept, delivered and reacted to when this returns."""
        (result,) = await take_in(self.app.transactions, SYSTEM, [self.event(person, type, **given)])
        assert result.status == "accepted", result
        await self.app.settle()
        return result

    async def friends(self, one: User, other: User) -> None:
        """The first asked, the second said yes."""
        await self.run(await self.principal(one), request_friendship, self.app.gate, other.id)
        await self.run(await self.principal(other), answer_friendship, self.app.gate, one.id, True)
        await self.app.settle()

    async def block(self, one: User, other: User) -> None:
        await self.run(await self.principal(one), block_person, self.app.gate, other.id)

    async def listing(self, person: User, listed: bool = False) -> None:
        """Somebody says whether boards may show them."""
        await self.run(await self.principal(person), choose_listing, listed)

    async def reaction(self, person: User, activity_id: UUID | None, kind: Reaction = "like") -> Reacted:
        assert activity_id, "an activity that feeds show"
        reacted: Reacted = await self.run(await self.principal(person), react, self.app.gate, activity_id, kind)
        return reacted

    async def answers(self, person: User, activity_id: UUID | None) -> None:
        """Somebody answers an activity with a challenge, and then reports it, which hides it from them."""
        assert activity_id, "an activity that feeds show"
        actor = await self.principal(person)
        await self.run(actor, challenge_back, self.app.gate, activity_id)
        await self.run(actor, report_activity, self.app.gate, activity_id, "other")
        await self.app.settle()

    async def message(self, person: User, text: str = "Who is in for algebra?", reporter: User | None = None) -> UUID:
        """Somebody says something to their cohort, and perhaps another of it reports that; its id."""
        said: Sent = await self.run(await self.principal(person), send_message, self.app.gate, text)
        if reporter is not None:
            await self.run(await self.principal(reporter), report_message, self.app.gate, said.message_id, "other")
        await self.app.settle()
        return said.message_id

    async def muted(self, person: User, cohort: str = "blue") -> None:
        """A tutor of somebody's cohort has them read along for an hour."""
        tutor = await self.person(role="tutor", cohort=cohort)
        await self.run(await self.principal(tutor), mute_person, person.id, 60)

    async def challenge(self, person: User, skill: str = "algebra") -> UUID:
        """Somebody sets their cohort a challenge and takes part in it; its id."""
        actor = await self.principal(person)
        made: Challenged = await self.run(actor, challenge_cohort, self.app.gate, skill, subject="math")
        await self.app.settle()
        return made.challenge_id

    async def nudge(self, person: User, sender: User, kind: str = "friend_online", reported: bool = False) -> None:
        """Somebody is told of another, in the app and by mail, and perhaps asks staff to look at it."""
        async with self.app.transactions.read() as db:
            recipient = (await people_of(db, [person.id], self.app.clock.now(), posted=True))[person.id]
        wanted = Sending(
            sender_id=sender.id,
            recipient=recipient,
            nudge_type=kind,
            subject="math",
            skill="algebra",
            way="mail",
            mail=True,
        )
        assert await self.run(SYSTEM, send, [wanted]) == 1
        if reported:
            async with self.app.transactions.read() as db:
                mine = select(NudgeRow.id).where(NudgeRow.recipient_id == person.id, NudgeRow.nudge_type == kind)
                nudge_id = (await db.execute(mine.order_by(NudgeRow.id.desc()).limit(1))).scalar_one()
            await self.run(await self.principal(person), report, self.app.gate, nudge_id)
        await self.app.settle()

    async def choices(self, person: User, muted: User, **given: Any) -> None:
        """Somebody chooses what may reach them, and wants to hear nothing of another for a while."""
        actor = await self.principal(person)
        await self.run(actor, choose_nudges, Choices(**({"daily_cap": 3} | given)))
        await self.run(actor, mute_friend, muted.id)

    async def limits(self, **given: Any) -> User:
        """A child whose parent limits what may reach them."""
        parent = await self.person(role="parent")
        child = await self.person(age_band="13_17", guardian=parent.external_id)
        await self.run(await self.principal(parent), limit_child, child.id, Limiting(**({"daily_cap": 3} | given)))
        return child

    async def listed(self, kind: str = "ip", value: str = "203.0.113.7") -> None:
        admin = await self.principal(await self.person(role="admin"))
        await self.run(admin, list_subject, kind, value, "for a test")

    async def key(self, *scopes: str) -> str:
        """An API key with these scopes; its secret."""
        admin = await self.principal(await self.person(role="admin"))
        secret: str = (await self.run(admin, create_key, "for a test", scopes or ("activity:read",)))[1]
        return secret

    async def staff(self, role: str = "admin", password: str = "a-long-password-for-tests") -> str:
        """A staff account; its name."""
        name = f"staff-{next(self._numbers)}"
        await self.run(SYSTEM, save_staff, name, password, role)
        return name

    async def ticket(self, person: User) -> str:
        ticket: str = await self.run(SYSTEM, make_ticket, person.id)
        return ticket

    async def pair(self, one: User, other: User, score: float = 90) -> UUID:
        """Two of one cohort practised together and both finished; the id of their practice."""
        people = [await self.principal(person) for person in (one, other)]
        algebra = what_of("math", "algebra")
        asked: CoPractice = await self.run(people[0], invite, self.app.gate, other.id, algebra)
        await self.run(people[1], answer, self.app.gate, asked.id, True)
        for who in people:
            await self.run(who, complete_practice, PracticeResult(score=score), what=algebra)
        await self.app.settle()
        return asked.id

    async def moved(self, person: User, zone: str) -> None:
        """Somebody lives by another zone from now on."""
        given = PersonInput(external_id=person.external_id, timezone=zone)
        await self.run(SYSTEM, save_person, given)

    async def workshop(self) -> UUID:
        """A team's workshop in which everything was said and done once; its id."""
        team_id, _ = await self.run(SYSTEM, create_team, "The Owls")
        template, settings = get_template("six_criteria"), Settings(total_duration_minutes=120)
        leader = await self.run(SYSTEM, create_workshop, template, "Lena", settings, team_id=team_id)
        id: UUID = leader.guest.workshop_id
        await self.run(SYSTEM, join_workshop, id, "Tom")
        steps: list[m.Move] = [m.Advance(version=0, override=True), m.Advance(version=1, override=True)]
        steps += [
            m.AddNote(version=3, note_id=new_id(), content="We wait for answers.", question=1),
            m.AddAction(version=3, action_id=new_id(), content="Ask Mia", owner="Tom"),
            m.Submit(version=3, question=1, value=1),
            m.Advance(version=3, override=True),
            m.End(version=4),
        ]
        for move in steps:
            await self.run(leader.guest.principal(), make_move, id, move)
        next_one = await self.run(SYSTEM, create_workshop, template, "Lena", team_id=team_id)
        await self.run(SYSTEM, ask_reentry, next_one.guest.workshop_id, "Lena")
        await self.run(SYSTEM, give_feedback, "Good", "working_well", workshop_id=id)
        return id

    async def run(self, actor: Principal, command: Any, *args: Any, **kwargs: Any) -> Any:
        return await self.app.transactions.run(actor, command, *args, **kwargs)
