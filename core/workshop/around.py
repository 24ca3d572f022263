"""What stands around a workshop's row: people, scores, notes, actions, clocks and knocks, read in one look.

Every move and every screen reads a whole workshop, so it is one question to the database and one answer that is decoded
straight into the state's own parts. Values that nobody may see yet are null in that answer, unless a command that
decides on them asks for them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Integer, Text, Uuid, and_, bindparam, case, cast, func, null, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from core.workshop.rules.state import Action, Knock, Note, Person, Timer
from data.tables import ActionRow, NoteRow, ParticipantRow, ReentryRow, ScoreRow, TimerRow


@dataclass(frozen=True, slots=True)
class Score:
    participant_id: UUID
    question: int
    locked: bool
    value: int | None

    def __repr__(self) -> str:
        return f"Score(question={self.question})"


@dataclass(frozen=True, slots=True)
class Around:
    people: tuple[Person, ...]
    scores: tuple[Score, ...]
    notes: tuple[Note, ...]
    actions: tuple[Action, ...]
    timers: tuple[Timer, ...]
    knocks: tuple[Knock, ...]


def _list(kind: type[Any], table: type[Any], order: Any, **given: Any) -> Any:
    """A table's rows of one workshop as a list, with the members that this part of the state has."""
    members = [(f.name, given.get(f.name, getattr(table, f.name, None))) for f in fields(kind)]
    row = func.json_build_object(*(part for pair in members for part in pair))
    found = select(func.coalesce(func.json_agg(aggregate_order_by(row, order)), func.json_build_array()))
    return found.where(table.session_id == bindparam("id", type_=Uuid)).scalar_subquery()


_MAY_SEE = or_(
    ScoreRow.locked,
    and_(bindparam("sealed", type_=Boolean), ScoreRow.question == bindparam("question", type_=Integer)),
)
_WANTED = select(
    cast(
        func.json_build_object(
            *("people", _list(Person, ParticipantRow, ParticipantRow.place)),
            *("scores", _list(Score, ScoreRow, ScoreRow.id, value=case((_MAY_SEE, ScoreRow.value), else_=null()))),
            *("notes", _list(Note, NoteRow, NoteRow.place, author=NoteRow.author_id)),
            *("actions", _list(Action, ActionRow, ActionRow.position)),
            *(
                "timers",
                _list(
                    Timer,
                    TimerRow,
                    TimerRow.place,
                    total_ms=TimerRow.duration_ms,
                    spent_ms=TimerRow.duration_ms - TimerRow.remaining_ms,
                ),
            ),
            *("knocks", _list(Knock, ReentryRow, ReentryRow.place)),
        ),
        Text,
    )
)
_DECODER = msgspec.json.Decoder(Around)


async def around(db: AsyncSession, id: UUID, question: int, *, sealed: bool) -> Around:
    """All of it; with `sealed`, also the values of the present question that are not revealed."""
    text = (await db.execute(_WANTED, {"id": id, "question": question, "sealed": sealed})).scalar_one()
    found = _DECODER.decode(text)
    people = tuple(
        replace(one, joined_at=_utc(one.joined_at), away_since=_utc(one.away_since) if one.away_since else None)
        for one in found.people
    )
    timers = tuple(replace(one, started_at=_utc(one.started_at) if one.started_at else None) for one in found.timers)
    return replace(found, people=people, timers=timers)


def _utc(moment: datetime) -> datetime:
    """The database says moments in its own zone."""
    return moment.astimezone(UTC)
