"""Teams: a secret link that finds a team's workshops; what outlives them are figures and open actions, no names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.principals import hash_secret
from core.ids import new_id, new_secret
from core.transaction import Transaction
from core.workshop.errors import UnknownWorkshop, ValidationFailed
from core.workshop.rules.state import Workshop
from core.workshop.rules.texts import clean, visible
from core.workshop.scoring import summary_of
from core.workshop.trends import Point
from data.tables import ActionRow, TeamActionRow, TeamResultRow, TeamRow, WorkshopRow

KEPT = timedelta(days=730)
NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Carried:
    content: str
    owner: str | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Team:
    id: UUID
    name: str


async def create_team(tx: Transaction, name: str) -> tuple[UUID, str]:
    """A new team, and the secret of its link: whoever knows it finds the team's workshops."""
    kept = clean(name)
    if not visible(kept) or len(kept) > NAME_LENGTH:
        raise ValidationFailed(f"A team's name has 1 to {NAME_LENGTH} characters.", field="team")
    id, secret = new_id(), new_secret("team")
    row = {"id": id, "name": kept, "secret_hash": hash_secret(secret), "inserted_at": tx.now}
    await tx.db.execute(insert(TeamRow).values(**row, last_activity_at=tx.now))
    return id, secret


async def team_of(db: AsyncSession, secret: str) -> Team:
    wanted = select(TeamRow).where(TeamRow.secret_hash == hash_secret(secret))
    row = (await db.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise UnknownWorkshop("We do not know this team. Please ask for its link again.")
    return Team(row.id, row.name)


async def latest_of(db: AsyncSession, team_id: UUID | None) -> UUID | None:
    """The team's workshop before this one."""
    if team_id is None:
        return None
    mine = select(WorkshopRow.id).where(WorkshopRow.team_id == team_id)
    return (await db.execute(mine.order_by(WorkshopRow.inserted_at.desc()).limit(1))).scalar_one_or_none()


async def carried_actions(db: AsyncSession, team_id: UUID | None) -> list[Carried]:
    """What the team still has to do; whose it is, while the workshop where that was said is still kept."""
    if team_id is None:
        return []
    wanted = (
        select(TeamActionRow.content, ActionRow.owner, TeamActionRow.due_on)
        .outerjoin(ActionRow, ActionRow.id == TeamActionRow.id)
        .where(TeamActionRow.team_id == team_id)
        .order_by(TeamActionRow.position, TeamActionRow.id)
    )
    return [Carried(*row) for row in await db.execute(wanted)]


async def keep_results(db: AsyncSession, workshop: Workshop, now: datetime) -> None:
    """The figures of a finished workshop, for the team's trends."""
    for result in workshop.results:
        found = summary_of(workshop.template, result).figures
        row = {
            "team_id": workshop.team_id,
            "session_id": workshop.id,
            "question": result.question,
            "template": workshop.template.slug,
            "ended_at": workshop.completed_at or now,
            "average": found.average,
            "spread": found.spread,
            "count": found.count,
            "expires_at": now + KEPT,
        }
        await db.execute(upsert(TeamResultRow).values(row).on_conflict_do_nothing())
    await db.execute(update(TeamRow).where(TeamRow.id == workshop.team_id).values(last_activity_at=now))


async def keep_actions(db: AsyncSession, workshop: Workshop, now: datetime) -> None:
    """What the team still has to do after its latest workshop: that took along what was open before it."""
    if workshop.team_id is None or await latest_of(db, workshop.team_id) != workshop.id:
        return
    await db.execute(delete(TeamActionRow).where(TeamActionRow.team_id == workshop.team_id))
    rows = [
        {
            "id": action.id,
            "team_id": workshop.team_id,
            "session_id": workshop.id,
            "content": action.content or "",
            "due_on": action.due_on,
            "position": place,
            "expires_at": now + KEPT,
        }
        for place, action in enumerate(workshop.actions)
        if not action.done
    ]
    if rows:
        await db.execute(insert(TeamActionRow), rows)


async def points_of(db: AsyncSession, team_id: UUID, template: str) -> list[Point]:
    """The team's figures from every workshop of this kind, for `trends`."""
    mine = select(TeamResultRow).where(TeamResultRow.team_id == team_id, TeamResultRow.template == template)
    rows = (await db.execute(mine.order_by(TeamResultRow.ended_at, TeamResultRow.question))).scalars()
    return [Point(row.ended_at, row.question, row.average, row.spread, row.count) for row in rows]
