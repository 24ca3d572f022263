"""Reading workshops: by code, for one person, for a team. Nobody gets another's score from here before its reveal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import Clock
from core.errors import RateLimited
from core.safety.limiter import Limiter, Rate
from core.workshop.errors import NotAllowed, SessionExpired, UnknownWorkshop
from core.workshop.guests import clean_code
from core.workshop.rules.projection import clocks, own, public
from core.workshop.rules.state import Sealed, Workshop
from core.workshop.store import load
from data.tables import ActionRow, ParticipantRow, ScoreRow, WorkshopRow

CREATING = Rate(10)
FEEDBACK = Rate(5)
WRONG_CODES = Rate(10)
"""What one address may try and fail; whole teams come in from one, so what succeeds is not counted here."""
CODES = Rate(120)


class Porter:
    """Looks up codes for people at the door, and keeps those out who guess. All failures look the same."""

    def __init__(self, limiter: Limiter, clock: Clock) -> None:
        self._limiter, self._clock = limiter, clock

    async def find(self, db: AsyncSession, code: object, address: str) -> UUID:
        """The workshop of a code: UnknownWorkshop for a wrong, an expired and a made-up one alike."""
        wrong = f"workshop_wrong_code:{address}"
        await self._take(wrong, WRONG_CODES, 0)
        await self._take(f"workshop_code:{address}", CODES)
        wanted = select(WorkshopRow.id).where(
            WorkshopRow.code == (clean_code(code) or "-"), WorkshopRow.expires_at > self._clock.now()
        )
        found = (await db.execute(wanted)).scalar_one_or_none()
        if found is None:
            await self._take(wrong, WRONG_CODES)
            raise UnknownWorkshop
        return found

    async def may_create(self, address: str) -> None:
        await self._take(f"workshop_create:{address}", CREATING)

    async def may_give_feedback(self, address: str) -> None:
        await self._take(f"workshop_feedback:{address}", FEEDBACK)

    async def _take(self, key: str, rate: Rate, cost: int = 1) -> None:
        allowance = await self._limiter.take(key, rate, cost)
        if not allowance.allowed:
            raise RateLimited(retry_after=round(allowance.retry_after, 1))


async def get_workshop(db: AsyncSession, id: UUID, now: datetime) -> Workshop:
    """The state that everybody in it shares; SessionExpired when its time is up."""
    loaded = await load(db, id)
    if loaded is None:
        raise UnknownWorkshop
    if loaded.expires_at <= now:
        raise SessionExpired
    return loaded.workshop


async def own_view(db: AsyncSession, id: UUID, participant_id: UUID, now: datetime) -> dict[str, Any]:
    """The whole screen of one person: what all share, the clocks, and what only they know."""
    workshop = await get_workshop(db, id, now)
    person = workshop.person(participant_id)
    if person is None or person.status == "dropped":
        raise NotAllowed
    score = await own_score(db, workshop, participant_id)
    sealed = Sealed({participant_id: score} if score is not None else {})
    return {"workshop": public(workshop), "me": own(workshop, person, sealed), "time": clocks(workshop, now)}


async def own_score(db: AsyncSession, workshop: Workshop, participant_id: UUID) -> int | None:
    """What one has given for the present question oneself."""
    wanted = select(ScoreRow.value).where(
        ScoreRow.session_id == workshop.id,
        ScoreRow.participant_id == participant_id,
        ScoreRow.question == workshop.question,
    )
    return (await db.execute(wanted)).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Listed:
    """A workshop in a team's room."""

    id: UUID
    code: str
    state: str
    question: int
    created_at: datetime
    completed_at: datetime | None
    people: int
    actions: int


async def workshops_of_team(db: AsyncSession, team_id: UUID, now: datetime) -> list[Listed]:
    """A team's workshops, the latest first: unfinished ones to go on with, finished ones to read."""
    people = (
        select(func.count())
        .where(ParticipantRow.session_id == WorkshopRow.id, ParticipantRow.is_observer.is_(False))
        .scalar_subquery()
    )
    actions = select(func.count()).where(ActionRow.session_id == WorkshopRow.id).scalar_subquery()
    wanted = (
        select(WorkshopRow, people, actions)
        .where(WorkshopRow.team_id == team_id, WorkshopRow.expires_at > now)
        .order_by(WorkshopRow.inserted_at.desc(), WorkshopRow.id.desc())
        .limit(100)
    )
    return [
        Listed(row.id, row.code, row.state, row.current_question, row.inserted_at, row.completed_at, count, agreed)
        for row, count, agreed in await db.execute(wanted)
    ]


async def seen_since(db: AsyncSession, participant_id: UUID, moment: datetime) -> bool:
    """Whether somebody was connected anywhere after that moment."""
    mine = select(ParticipantRow.last_seen_at).where(ParticipantRow.id == participant_id)
    seen: datetime | None = (await db.execute(mine)).scalar_one_or_none()
    return seen is not None and seen > moment
