"""Reading a cohort's room: only what its members may see of each other, and what only staff of it may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.queries import public_of
from core.accounts.rules import avatar_url
from core.social.room_state import MESSAGES, Challenge, Entry, Said
from data.tables import ChallengeEntry, Cohort, CohortChallenge, CohortMessage, Friendship, MessageReport, User

FOUND = 50
ON_DESK = 100


def seen_in(cohort_id: UUID) -> ColumnElement[bool]:
    """Members who may be seen by the others."""
    return and_(User.cohort_id == cohort_id, User.audience.in_(("public", "cohort")))


# --- chat


async def latest_messages(
    db: AsyncSession,
    cohort_id: UUID,
    *,
    before: int | None = None,
    limit: int = MESSAGES,
    hidden: Collection[UUID] = (),
) -> list[Said]:
    """What was said last, oldest first; of what was taken down, the place."""
    wanted = select(CohortMessage, User).join(User, User.id == CohortMessage.user_id)
    wanted = wanted.where(CohortMessage.cohort_id == cohort_id, CohortMessage.seq > 0, seen_in(cohort_id))
    if before is not None:
        wanted = wanted.where(CohortMessage.seq < before)
    if hidden:
        wanted = wanted.where(CohortMessage.user_id.not_in(hidden))
    rows = (await db.execute(wanted.order_by(CohortMessage.seq.desc()).limit(limit))).all()
    return [said_of(message, user) for message, user in reversed(rows)]


def said_of(message: CohortMessage, user: User) -> Said:
    who = public_of(user)
    said = Said(
        user_id=message.user_id,
        name=who.name,
        avatar=who.avatar,
        message_id=message.id,
        seq=message.seq,
        text=message.body,
        redacted=tuple(message.redacted),
        role=message.role,
        sent_at=message.sent_at,
        simulated=who.simulated,
    )
    return said if message.status == "shown" else said.removed()


async def held_of(db: AsyncSession, user_id: UUID, cohort_id: UUID) -> list[CohortMessage]:
    """What somebody said themselves that a person looks at first."""
    mine = (CohortMessage.user_id == user_id) & (CohortMessage.cohort_id == cohort_id)
    wanted = select(CohortMessage).where(mine, CohortMessage.status == "held").order_by(CohortMessage.sent_at)
    return list((await db.execute(wanted.limit(FOUND))).scalars())


@dataclass(frozen=True, slots=True)
class OnDesk:
    """A message that staff should look at: held before anybody read it, or reported."""

    message: CohortMessage
    writer: User
    reports: int
    reasons: tuple[str, ...]


async def desk_of(db: AsyncSession, cohort_id: UUID) -> list[OnDesk]:
    """What waits for staff of a cohort, oldest first."""
    told = (
        select(
            MessageReport.message_id,
            func.count().label("reports"),
            func.array_agg(MessageReport.reason).label("reasons"),
        )
        .group_by(MessageReport.message_id)
        .subquery()
    )
    reported = and_(CohortMessage.status == "shown", told.c.reports.is_not(None), CohortMessage.decided_at.is_(None))
    wanted = (
        select(CohortMessage, User, told.c.reports, told.c.reasons)
        .join(User, User.id == CohortMessage.user_id)
        .outerjoin(told, told.c.message_id == CohortMessage.id)
        .where(CohortMessage.cohort_id == cohort_id, or_(CohortMessage.status == "held", reported))
        .order_by(CohortMessage.sent_at, CohortMessage.id)
        .limit(ON_DESK)
    )
    return [
        OnDesk(message, user, reports or 0, tuple(sorted(set(reasons or ()))))
        for message, user, reports, reasons in await db.execute(wanted)
    ]


# --- challenges


async def open_challenges(db: AsyncSession, cohort_id: UUID) -> list[Challenge]:
    """The challenges of a cohort that are open, oldest first, with whoever takes part and may be seen."""
    here = seen_in(cohort_id)
    wanted = (
        select(CohortChallenge, User)
        .join(User, User.id == CohortChallenge.creator_id)
        .where(CohortChallenge.cohort_id == cohort_id, CohortChallenge.closed_at.is_(None), here)
        .order_by(CohortChallenge.created_at, CohortChallenge.id)
    )
    found = (await db.execute(wanted)).all()
    entries = await entries_of(db, cohort_id, [challenge.id for challenge, _ in found])
    return [challenge_of(challenge, maker, entries.get(challenge.id, ())) for challenge, maker in found]


def challenge_of(challenge: CohortChallenge, maker: User, entries: Sequence[Entry]) -> Challenge:
    who = public_of(maker)
    return Challenge(
        user_id=maker.id,
        name=who.name,
        avatar=who.avatar,
        challenge_id=challenge.id,
        subject=challenge.subject_id,
        skill=challenge.skill,
        created_at=challenge.created_at,
        expires_at=challenge.expires_at,
        entries=tuple(entries),
    )


async def entries_of(db: AsyncSession, cohort_id: UUID, ids: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    """Who takes part in these challenges and may be seen, in the order of people's ids."""
    if not ids:
        return {}
    wanted = (
        select(ChallengeEntry, User)
        .join(User, User.id == ChallengeEntry.user_id)
        .where(ChallengeEntry.challenge_id.in_(ids), seen_in(cohort_id))
        .order_by(ChallengeEntry.user_id)
    )
    found: dict[UUID, list[Entry]] = {}
    for entry, user in await db.execute(wanted):
        who = public_of(user)
        one = Entry(entry.user_id, who.name, who.avatar, entry.score, entry.reached_at)
        found.setdefault(entry.challenge_id, []).append(one)
    return found


async def past_challenges(db: AsyncSession, cohort_id: UUID, limit: int) -> list[CohortChallenge]:
    """The challenges of a cohort that are over, the last one first."""
    mine = (CohortChallenge.cohort_id == cohort_id) & CohortChallenge.closed_at.is_not(None)
    wanted = select(CohortChallenge).where(mine).order_by(CohortChallenge.closed_at.desc(), CohortChallenge.id.desc())
    return list((await db.execute(wanted.limit(limit))).scalars())


async def joined_by(db: AsyncSession, user_id: UUID, cohort_id: UUID) -> list[UUID]:
    """The open challenges of a cohort that somebody takes part in."""
    wanted = select(CohortChallenge.id).join(ChallengeEntry, ChallengeEntry.challenge_id == CohortChallenge.id)
    running = (CohortChallenge.cohort_id == cohort_id) & CohortChallenge.closed_at.is_(None)
    return list((await db.execute(wanted.where(running, ChallengeEntry.user_id == user_id))).scalars())


# --- people


@dataclass(frozen=True, slots=True)
class Info:
    """What a cohort's room says of itself; how many are in it counts everybody, whoever may see them."""

    id: UUID
    name: str
    grade_level: str | None
    total_members: int
    active_challenges: int

    def wire(self, members_online: int) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "name": self.name,
            "grade_level": self.grade_level,
            "total_members": self.total_members,
            "members_online": members_online,
            "active_challenges": self.active_challenges,
        }


async def info_of(db: AsyncSession, cohort_id: UUID, now: datetime) -> Info | None:
    """One look: how many members there are is counted, never kept, so it is right at every moment."""
    theirs = User.cohort_id == Cohort.id
    usual = select(func.mode().within_group(User.grade_level)).where(theirs, User.role == "student")
    running = and_(
        CohortChallenge.cohort_id == Cohort.id, CohortChallenge.closed_at.is_(None), CohortChallenge.expires_at > now
    )
    wanted = select(
        Cohort.id,
        Cohort.name,
        func.coalesce(Cohort.grade_level, usual.correlate(Cohort).scalar_subquery()).label("grade_level"),
        select(func.count()).select_from(User).where(theirs).correlate(Cohort).scalar_subquery().label("members"),
        select(func.count()).select_from(CohortChallenge).where(running).correlate(Cohort).scalar_subquery(),
    ).where(Cohort.id == cohort_id)
    row = (await db.execute(wanted)).one_or_none()
    return None if row is None else Info(*row)


async def leads_of(db: AsyncSession, cohort_id: UUID, hidden: Collection[UUID] = ()) -> list[str]:
    """What the tutors of a cohort are called."""
    theirs = select(User.username).where(seen_in(cohort_id), User.role == "tutor", User.id.not_in(hidden))
    wanted = theirs.order_by(User.id).limit(3)
    return list((await db.execute(wanted)).scalars())


async def circle_of(db: AsyncSession, viewer_id: UUID, cohort_id: UUID) -> list[Row[UUID, bool]]:
    """One's friends among a cohort's members, each with whether they are in the same grade."""
    me = select(User.grade_level).where(User.id == viewer_id).scalar_subquery()
    wanted = select(User.id, (User.grade_level == me).label("same_grade")).where(
        seen_in(cohort_id), User.id.in_(_friends(viewer_id))
    )
    return list((await db.execute(wanted)).all())


def _friends(viewer_id: UUID) -> Any:
    accepted = Friendship.status == "accepted"
    asked = select(Friendship.friend_id).where(Friendship.user_id == viewer_id, accepted)
    return asked.union(select(Friendship.user_id).where(Friendship.friend_id == viewer_id, accepted))


@dataclass(frozen=True, slots=True)
class Mate:
    """Another member, and how one stands with them."""

    user_id: UUID
    name: str
    avatar: str
    role: str
    status: str | None
    asked_by_me: bool


async def mates_of(
    db: AsyncSession,
    viewer_id: UUID,
    cohort_id: UUID,
    *,
    search: str = "",
    hidden: Collection[UUID] = (),
    after: tuple[str, UUID] | None = None,
    limit: int = FOUND,
) -> list[Mate]:
    """The other members, by name; only what others may read of them is searched."""
    pair = or_(
        and_(Friendship.user_id == viewer_id, Friendship.friend_id == User.id),
        and_(Friendship.friend_id == viewer_id, Friendship.user_id == User.id),
    )
    key = func.lower(User.username)
    wanted = select(User, Friendship.status, Friendship.user_id).outerjoin(Friendship, pair)
    wanted = wanted.where(seen_in(cohort_id), User.id != viewer_id, User.id.not_in(hidden))
    if search:
        wanted = wanted.where(key.contains(search.lower(), autoescape=True))
    if after is not None:
        wanted = wanted.where(or_(key > after[0], and_(key == after[0], User.id > after[1])))
    rows = await db.execute(wanted.order_by(key, User.id).limit(limit))
    return [
        Mate(
            user_id=user.id,
            name=user.username,
            avatar=avatar_url(user.avatar),
            role=user.role,
            status=status if status in ("pending", "accepted") else None,
            asked_by_me=asked_by == viewer_id,
        )
        for user, status, asked_by in rows
    ]
