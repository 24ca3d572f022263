"""Reading activities: only what the reader may see, newest first, page by page.

The order is that of the log, so a page never repeats or skips an item, whatever arrives meanwhile. What a person's
audience allows now counts, not what it allowed when the row was written.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.activity.items import Item, item_of_row
from core.errors import BadRequest
from core.events.catalog import CATALOG
from core.events.fact import SIMULATOR
from core.principal import Principal
from data.tables import REACTIONS, ActivityHide, ActivityRow, EventRow, Friendship, User

WINDOW = 50
LIMIT = 100

NETWORK_TYPES = ("practice_completed", "achievement_unlocked", "challenge_won", "diagnostic_completed")
NETWORK_FOR = timedelta(hours=24)
"""What one's own people are shown for, and how long: what came of their work, for a day."""

PUBLIC = and_(ActivityRow.visibility == "public", User.audience == "public")
IN_COHORT = and_(ActivityRow.visibility.in_(("public", "cohort")), User.audience.in_(("public", "cohort")))


@dataclass(frozen=True, slots=True)
class Page:
    items: list[Item]
    next_cursor: str | None


def in_cohort(cohort_id: UUID) -> ColumnElement[bool]:
    """What a cohort sees: doings of its present members while they were in it."""
    return and_(IN_COHORT, ActivityRow.cohort_id == cohort_id, User.cohort_id == cohort_id)


def of_friends(viewer: Principal) -> ColumnElement[bool]:
    """What friends show to each other; a minor's doings stay inside the cohort all the same."""
    accepted = Friendship.status == "accepted"
    asked = select(Friendship.friend_id).where(Friendship.user_id == viewer.id, accepted)
    friends = asked.union(select(Friendship.user_id).where(Friendship.friend_id == viewer.id, accepted))
    open_to_friends = ActivityRow.visibility.in_(("public", "cohort", "friends"))
    seen = or_(User.audience == "public", and_(User.audience == "cohort", User.cohort_id == viewer.cohort_id))
    return and_(open_to_friends, seen, ActivityRow.user_id.in_(friends))


def visible_to(viewer: Principal) -> ColumnElement[bool]:
    """Everything that somebody may see: what is public, their cohort's, their friends' and their own."""
    if viewer.kind != "person" or viewer.id is None:
        return PUBLIC
    seen = [PUBLIC, of_friends(viewer), ActivityRow.user_id == viewer.id]
    if viewer.cohort_id is not None:
        seen.append(in_cohort(viewer.cohort_id))
    return or_(*seen)


def network_of(viewer: Principal) -> ColumnElement[bool]:
    """A viewer's own people: cohort and friends. Nobody's, for somebody without either."""
    if viewer.kind != "person" or viewer.id is None:
        return false()
    own = [of_friends(viewer)]
    if viewer.cohort_id is not None:
        own.append(in_cohort(viewer.cohort_id))
    return or_(*own)


def hidden_from(user_id: UUID) -> ScalarSelect[UUID]:
    """The ids of what somebody hid from themselves."""
    return select(ActivityHide.activity_event_id).where(ActivityHide.user_id == user_id).scalar_subquery()


async def latest(db: AsyncSession, condition: ColumnElement[bool], limit: int = WINDOW) -> list[Item]:
    wanted = select(ActivityRow, User, REACTIONS).join(User, User.id == ActivityRow.user_id).where(condition)
    rows = await db.execute(wanted.order_by(ActivityRow.seq.desc()).limit(limit))
    return [item_of_row(row, user, reactions) for row, user, reactions in rows]


async def page(
    db: AsyncSession,
    viewer: Principal,
    condition: ColumnElement[bool],
    *,
    cursor: str | None = None,
    limit: int = WINDOW,
    types: tuple[str, ...] = (),
    subject: str | None = None,
    after: datetime | None = None,
) -> Page:
    """One page of what fits the condition, without whom a block hides and what the reader hid from themselves."""
    limit = max(1, min(limit, LIMIT))
    wanted = [condition]
    if viewer.kind == "person" and viewer.id is not None:
        wanted.append(ActivityRow.id.not_in(hidden_from(viewer.id)))
    if after is not None:
        wanted.append(ActivityRow.at > after)
    if viewer.hidden:
        wanted.append(ActivityRow.user_id.not_in(viewer.hidden))
    if types:
        wanted.append(ActivityRow.event_type.in_(types))
    if subject:
        wanted.append(ActivityRow.subject_id == subject)
    if cursor:
        wanted.append(ActivityRow.seq < read_cursor(cursor))
    items = await latest(db, and_(*wanted), limit + 1)
    more = len(items) > limit
    return Page(items[:limit], make_cursor(items[limit - 1].seq) if more else None)


DOINGS = tuple(name for name, event in CATALOG.items() if event.activity)
"""The types of events that feeds show."""


async def has_facts(db: AsyncSession, user_ids: Sequence[UUID]) -> bool:
    """Whether any of these people ever did something that feeds show."""
    wanted = select(EventRow.seq).where(EventRow.user_id.in_(user_ids), EventRow.type.in_(DOINGS)).limit(1)
    return (await db.execute(wanted)).first() is not None


async def has_simulated(db: AsyncSession, user_id: UUID) -> bool:
    """Whether the simulator made some of what somebody did."""
    wanted = select(EventRow.seq).where(EventRow.user_id == user_id, EventRow.source == SIMULATOR).limit(1)
    return (await db.execute(wanted)).first() is not None


def make_cursor(seq: int) -> str:
    return base64.urlsafe_b64encode(f"a{seq}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> int:
    try:
        plain = base64.urlsafe_b64decode(text[:64] + "=" * (-len(text) % 4)).decode("ascii")
        seq = int(plain.removeprefix("a"))
    except (ValueError, UnicodeDecodeError):
        raise BadRequest("This cursor is not one of ours.") from None
    if not plain.startswith("a") or not 0 <= seq < 2**63:
        raise BadRequest("This cursor is not one of ours.")
    return seq
