"""A workshop in its tables: read as a state, and the difference between two states written back.

The tables are the truth. Scores that are not revealed leave the database only when `sealed` is asked for, by a command
that decides on them. `write` refuses to write over what somebody else wrote in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Conflict
from core.ids import new_id
from core.workshop.around import Score, around
from core.workshop.rules.state import (
    Result,
    Sealed,
    Settings,
    Workshop,
    ordered,
)
from core.workshop.template import Template
from core.workshop.templates import document, from_document
from data.tables import (
    ActionRow,
    NoteRow,
    ParticipantRow,
    QuestionRow,
    ReentryRow,
    ScoreRow,
    TemplateRow,
    TimerRow,
    WorkshopRow,
)

T = TypeVar("T")
_templates: dict[UUID, Template] = {}


@dataclass(frozen=True, slots=True)
class Loaded:
    workshop: Workshop
    sealed: Sealed
    expires_at: datetime


# --- templates


async def save_template(db: AsyncSession, template: Template, now: datetime) -> UUID:
    """The row of this version of a template, made when it is first used."""
    known = select(TemplateRow.id).where(TemplateRow.slug == template.slug, TemplateRow.version == template.version)
    found = (await db.execute(known)).scalar_one_or_none()
    if found is not None:
        return found
    row = {
        "id": new_id(),
        "slug": template.slug,
        "version": template.version,
        "name": template.name,
        "description": template.description,
        "active": template.active,
        "document": document(template),
        "inserted_at": now,
    }
    made = upsert(TemplateRow).values(row).on_conflict_do_nothing().returning(TemplateRow.id)
    id = (await db.execute(made)).scalar_one_or_none()
    if id is None:
        return (await db.execute(known)).scalar_one()
    columns = {column.name for column in QuestionRow.__table__.columns} - {"id", "template_id"}
    rows = [
        {"id": new_id(), "template_id": id}
        | {name: getattr(question, name) for name in columns}
        | {"discussion_prompts": list(question.discussion_prompts)}
        for question in template.questions
    ]
    await db.execute(insert(QuestionRow), rows)
    return id


async def _template(db: AsyncSession, id: UUID) -> Template:
    if id not in _templates:
        values = (await db.execute(select(TemplateRow.document).where(TemplateRow.id == id))).scalar_one()
        _templates[id] = from_document(values)
    return _templates[id]


# --- reading


async def load(db: AsyncSession, id: UUID, *, lock: bool = False, sealed: bool = False) -> Loaded | None:
    """The workshop as it is; `lock` keeps others from changing it until the transaction ends."""
    wanted = select(WorkshopRow).where(WorkshopRow.id == id).execution_options(populate_existing=True)
    row = (await db.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        return None
    settings = msgspec.convert(row.settings, Settings)
    in_turn = settings.disclosure == "turns"
    found = await around(db, id, row.current_question, sealed=sealed or in_turn)
    scored, votes, hidden, open_votes = _scores(row, settings, found.scores, sealed)
    workshop = Workshop(
        id=row.id,
        code=row.code,
        template=await _template(db, row.template_id),
        settings=settings,
        team_id=row.team_id,
        previous_id=row.previous_id,
        created_at=row.inserted_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
        outcome=row.outcome,  # type: ignore[arg-type]
        phase=row.state,  # type: ignore[arg-type]
        question=row.current_question,
        stage=row.stage,  # type: ignore[arg-type]
        version=row.version,
        revision=row.revision,
        people=found.people,
        scored=scored,
        open_votes=open_votes,
        passed=tuple(row.passed),
        results=tuple(Result(n, votes.get(n, ()), _missing(row, n)) for n in row.revealed),
        notes=found.notes,
        actions=found.actions,
        timers=found.timers,
        section=row.section,
        paused=row.paused,  # type: ignore[arg-type]
        paused_by=row.paused_by,
        knocks=found.knocks,
    )
    return Loaded(workshop, hidden, row.expires_at)


def _missing(row: WorkshopRow, question: int) -> tuple[UUID, ...]:
    return tuple(UUID(id) for id in row.missing.get(str(question), ()))


def _scores(
    row: WorkshopRow, settings: Settings, found: Sequence[Score], sealed: bool
) -> tuple[frozenset[UUID], dict[int, Any], Sealed, Any]:
    """Who scored, what was revealed, what is sealed (when asked for), what is open because it is given in turn."""
    present = [one for one in found if one.question == row.current_question]
    scored = frozenset(one.participant_id for one in present if not one.locked)
    votes: dict[int, Any] = {}
    for number in row.revealed:
        locked = [one for one in found if one.question == number and one.locked]
        pairs = {one.participant_id: one.value for one in locked if one.value is not None}
        shown = settings.disclosure != "anonymous" or number in row.names_shown
        votes[number] = ordered(pairs) if shown else ordered(tuple((None, one) for one in pairs.values()))
    given = {one.participant_id: one.value for one in present if one.value is not None}
    hidden = Sealed(given if sealed else {})
    in_turn = settings.disclosure == "turns"
    open_votes = ordered({id: value for id, value in given.items() if id in scored}) if in_turn else ()
    return scored, votes, hidden, open_votes


# --- writing


async def write(
    db: AsyncSession,
    before: Workshop,
    after: Workshop,
    sealed: Sealed,
    now: datetime,
    expires_at: datetime,
    secrets: dict[UUID, dict[str, Any]],
) -> None:
    """Write what changed. `secrets` holds the further columns of people and knocks that are new."""
    values = _session_values(before, after) | {"last_activity_at": now, "expires_at": expires_at}
    mine = and_(WorkshopRow.id == after.id, WorkshopRow.revision == before.revision)
    changed = await db.execute(update(WorkshopRow).where(mine).values(**values))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("Somebody else changed this workshop at the same moment. Please try again.")
    await _write_people(db, before, after, now, secrets)
    await _write_scores(db, before, after, sealed, now)
    await _write_minutes(db, before, after, now)
    await _write_timers(db, before, after, now)
    await _write_knocks(db, before, after, now, secrets)


def _session_values(before: Workshop, after: Workshop) -> dict[str, Any]:
    named = list[int]()
    if after.settings.disclosure == "anonymous":
        named = [r.question for r in after.results if r.votes and all(who is not None for who, _ in r.votes)]
    return {
        "state": after.phase,
        "stage": after.stage,
        "current_question": after.question,
        "scores_revealed": after.stage == "revealed",
        "revealed": [result.question for result in after.results],
        "names_shown": named,
        "missing": {str(r.question): [str(id) for id in r.missing] for r in after.results if r.missing},
        "passed": list(after.passed),
        "outcome": after.outcome,
        "section": after.section,
        "paused": after.paused,
        "paused_by": after.paused_by,
        "version": after.version,
        "revision": after.revision,
        "started_at": after.started_at,
        "completed_at": after.completed_at,
        "team_id": after.team_id,
    }


async def _write_people(
    db: AsyncSession, before: Workshop, after: Workshop, now: datetime, secrets: dict[UUID, dict[str, Any]]
) -> None:
    known = {person.id: person for person in before.people}
    for person in after.people:
        if person == known.get(person.id):
            continue
        values = asdict(person)
        if person.id not in known:
            more = {"session_id": after.id, "last_seen_at": now, **secrets[person.id]}
            await db.execute(insert(ParticipantRow).values(**values, **more))
            continue
        if person.active and not known[person.id].active:
            values["last_seen_at"] = now
        await db.execute(update(ParticipantRow).where(ParticipantRow.id == values.pop("id")).values(**values))


async def _write_scores(db: AsyncSession, before: Workshop, after: Workshop, sealed: Sealed, now: datetime) -> None:
    mine = and_(ScoreRow.session_id == after.id, ScoreRow.question == before.question)
    if before.stage != "awaiting":
        return
    revealed = after.result(before.question) is not None and before.result(before.question) is None
    if not revealed:
        gone = before.scored - after.scored
        if gone:
            await db.execute(delete(ScoreRow).where(mine, ScoreRow.participant_id.in_(gone)))
    for participant_id, value in sealed.items():
        row = {
            "id": new_id(),
            "session_id": after.id,
            "participant_id": participant_id,
            "question": before.question,
            "value": value,
            "submitted_at": now,
        }
        made = upsert(ScoreRow).values(row)
        keys = [ScoreRow.session_id, ScoreRow.participant_id, ScoreRow.question]
        same = made.on_conflict_do_update(
            index_elements=keys, set_={"value": value, "submitted_at": now}, where=ScoreRow.locked.is_(False)
        )
        await db.execute(same)
    if revealed:
        voted = _voters(after, before, sealed)
        await db.execute(delete(ScoreRow).where(mine, ScoreRow.participant_id.notin_(voted)))
        await db.execute(update(ScoreRow).where(mine).values(locked=True))


def _voters(after: Workshop, before: Workshop, sealed: Sealed) -> set[UUID]:
    """Whose scores count: of everybody who had one and neither left their place nor was taken out with this move."""
    out = {p.id for p in after.people if p.is_observer or p.status == "dropped"}
    return (set(before.scored) | set(sealed)) - out


async def _write_minutes(db: AsyncSession, before: Workshop, after: Workshop, now: datetime) -> None:
    notes = {note.id: note for note in before.notes}
    for note in after.notes:
        if note == notes.get(note.id):
            continue
        values = asdict(note) | {"updated_at": now}
        values["author_id"] = values.pop("author")
        await _put(db, NoteRow, values, note.id in notes, session_id=after.id, inserted_at=now)
    await _take(db, NoteRow, notes, (note.id for note in after.notes))
    actions = {action.id: (place, action) for place, action in enumerate(before.actions)}
    for place, action in enumerate(after.actions):
        if (place, action) != actions.get(action.id):
            values = asdict(action) | {"position": place, "updated_at": now}
            await _put(db, ActionRow, values, action.id in actions, session_id=after.id, inserted_at=now)
    await _take(db, ActionRow, actions, (action.id for action in after.actions))


async def _put(db: AsyncSession, table: type[Any], values: dict[str, Any], known: bool, **new: Any) -> None:
    if known:
        await db.execute(update(table).where(table.id == values.pop("id")).values(**values))
    else:
        await db.execute(insert(table).values(**values, **new))


async def _take(db: AsyncSession, table: type[Any], before: Iterable[UUID], after: Iterable[UUID]) -> None:
    gone = set(before) - set(after)
    if gone:
        await db.execute(delete(table).where(table.id.in_(gone)))


async def _write_timers(db: AsyncSession, before: Workshop, after: Workshop, now: datetime) -> None:
    known = {timer.section: timer for timer in before.timers}
    for timer in after.timers:
        paused = bool(after.paused) and timer.section == after.section
        if timer == known.get(timer.section):
            continue
        values = {
            "duration_ms": timer.total_ms,
            "remaining_ms": timer.total_ms - timer.spent_ms,
            "paused": paused,
            "started_at": timer.started_at,
            "paused_at": now if paused else None,
        }
        if timer.section in known:
            mine = and_(TimerRow.session_id == after.id, TimerRow.section == timer.section)
            await db.execute(update(TimerRow).where(mine).values(**values))
        else:
            row = {"id": new_id(), "session_id": after.id, "section": timer.section}
            await db.execute(insert(TimerRow).values(**row, **values))


async def _write_knocks(
    db: AsyncSession, before: Workshop, after: Workshop, now: datetime, secrets: dict[UUID, dict[str, Any]]
) -> None:
    known = {knock.id for knock in before.knocks}
    await _take(db, ReentryRow, known, (knock.id for knock in after.knocks))
    for knock in after.knocks:
        if knock.id not in known:
            row = {"id": knock.id, "participant_id": knock.participant_id, "session_id": after.id, "asked_at": now}
            await db.execute(insert(ReentryRow).values(**row, **secrets[knock.id]))
