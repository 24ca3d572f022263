"""Changing a workshop: opening one, coming in, making moves, and what time alone brings.

Every command reads the workshop under its lock, lets the rules decide, writes the difference and states the facts, all
in one transaction. A refused move leaves nothing behind. Who acts is the transaction's actor: a guest of this workshop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.accounts.principals import hash_secret
from core.errors import Unavailable
from core.events.catalog import AccessChanged
from core.events.workshop import ParticipantDropped, ReentryAnswered, WorkshopCreated
from core.ids import new_id
from core.transaction import Transaction
from core.workshop.errors import SessionExpired, UnknownWorkshop, ValidationFailed
from core.workshop.guests import Guest, acting, hash_pin, is_pin, new_code, new_pin, new_token
from core.workshop.rules import moves as m
from core.workshop.rules import run
from core.workshop.rules.clocks import valid_minutes, valid_plan
from core.workshop.rules.people import PIN_TRIES, named
from core.workshop.rules.state import Sealed, Settings, Workshop
from core.workshop.rules.texts import same_name
from core.workshop.store import Loaded, load, save_template, write
from core.workshop.teams import carried_actions, keep_actions, keep_results, latest_of
from core.workshop.template import Template
from data.tables import ParticipantRow, ReentryRow, WorkshopRow

UNFINISHED = timedelta(days=14)
FINISHED = timedelta(days=90)
TRIES = 8
DISCLOSURES = ("named", "anonymous", "turns")
Secrets = dict[UUID, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody's browser keeps of having come in. The number is shown once."""

    guest: Guest
    token: str
    pin: str = ""
    knock_id: UUID | None = None
    """While somebody's word is waited for, the token opens nothing yet."""


def moment(now: datetime) -> datetime:
    """Workshops count whole milliseconds, so that clocks add up."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


# --- opening


async def create_workshop(
    tx: Transaction,
    template: Template,
    name: str,
    settings: Settings | None = None,
    *,
    observer: bool = False,
    team_id: UUID | None = None,
) -> Entry:
    """Open a workshop; who opens it leads it, and plays or only watches. A team's open actions come along."""
    settings = settings or Settings(max_participants=template.people.most)
    _check(template, settings)
    now, previous = moment(tx.now), await latest_of(tx.db, team_id)
    template_id = await save_template(tx.db, template, now)
    id = new_id()
    made = Workshop(
        id=id,
        code=await _insert(tx, template_id, settings, now, team_id, previous, id),
        template=template,
        settings=settings,
        team_id=team_id,
        previous_id=previous,
        created_at=now,
    )
    tx.emit(
        WorkshopCreated(
            workshop_id=made.id,
            template=template.slug,
            minutes=settings.total_duration_minutes,
            disclosure=settings.disclosure,
            team_id=team_id,
            previous_id=previous,
        ),
        at=now,
    )
    entry, secrets = _entry(made)
    leader = entry.guest.participant_id
    moves: list[m.AnyMove] = [m.Join(participant_id=leader, name=name, observer=observer, facilitator=True)]
    moves += [
        m.CarryOver(action_id=new_id(), content=one.content, owner=one.owner, due_on=one.due_on)
        for one in await carried_actions(tx.db, team_id)
    ]
    await _make(tx, Loaded(made, Sealed(), now), None, moves, secrets)
    return entry


def _check(template: Template, settings: Settings) -> None:
    most = 2 * template.people.most
    if not valid_minutes(settings.total_duration_minutes):
        raise ValidationFailed("A duration is 30 to 480 minutes in steps of 5, or none.", field="duration")
    if not valid_plan(template, settings):
        raise ValidationFailed(f"One of {', '.join(template.time_plans)}.", field="time_plan")
    if type(settings.max_participants) is not int or not 2 <= settings.max_participants <= most:
        raise ValidationFailed(f"Between 2 and {most} people.", field="max_participants")
    if settings.disclosure not in DISCLOSURES:
        raise ValidationFailed(f"One of {', '.join(DISCLOSURES)}.", field="disclosure")


async def _insert(
    tx: Transaction,
    template_id: UUID,
    settings: Settings,
    now: datetime,
    team_id: UUID | None,
    previous: UUID | None,
    id: UUID,
) -> str:
    """The row, under a code that no other workshop has."""
    row = {
        "id": id,
        "template_id": template_id,
        "team_id": team_id,
        "previous_id": previous,
        "settings": msgspec.to_builtins(settings),
        "inserted_at": now,
        "last_activity_at": now,
        "expires_at": now + UNFINISHED,
    }
    for _ in range(TRIES):
        made = insert(WorkshopRow).values(**row, code=new_code()).on_conflict_do_nothing(index_elements=["code"])
        code = (await tx.db.execute(made.returning(WorkshopRow.code))).scalar_one_or_none()
        if code is not None:
            return str(code)
    raise Unavailable


def _entry(workshop: Workshop, participant_id: UUID | None = None) -> tuple[Entry, Secrets]:
    id = participant_id or new_id()
    token, pin = new_token(), new_pin()
    secrets: Secrets = {id: {"browser_token": hash_secret(token), "pin_hash": hash_pin(id, pin)}}
    return Entry(guest=Guest(id, workshop.id, workshop.code), token=token, pin=pin), secrets


# --- coming in


async def _open(tx: Transaction, id: UUID, *, sealed: bool = True) -> Loaded:
    loaded = await load(tx.db, id, lock=True, sealed=sealed)
    if loaded is None:
        raise UnknownWorkshop
    if loaded.expires_at <= tx.now:
        raise SessionExpired
    return loaded


async def join_workshop(tx: Transaction, id: UUID, name: str, *, observer: bool = False) -> Entry:
    """Somebody new comes in. Who has been here before comes back by token, number or somebody's word instead."""
    loaded = await _open(tx, id)
    entry, secrets = _entry(loaded.workshop)
    move = m.Join(participant_id=entry.guest.participant_id, name=name, observer=observer)
    await _make(tx, loaded, None, [move], secrets)
    return entry


async def return_to_workshop(tx: Transaction, id: UUID) -> None:
    """The browser knows its token: whoever it is is here again."""
    participant_id = acting(tx.actor, id)
    loaded = await _open(tx, id)
    await _make(tx, loaded, participant_id, [m.Return(participant_id=participant_id)])
    await touch(tx, [participant_id])


async def reenter_by_pin(tx: Transaction, id: UUID, name: str, pin: str) -> Entry | None:
    """Come in again from another browser; None for a wrong name or number, which is counted and therefore kept.

    After five wrong numbers the right one does not help either: then it takes somebody's word.
    """
    loaded = await _open(tx, id)
    person = named(loaded.workshop, name)
    if person is None or person.status == "dropped":
        return None
    known = select(ParticipantRow.pin_hash).where(ParticipantRow.id == person.id)
    right = is_pin(person.id, pin, (await tx.db.execute(known)).scalar_one())
    if person.pin_tries >= PIN_TRIES or not right:
        await _make(tx, loaded, None, [m.FailPin(participant_id=person.id)])
        return None
    token = new_token()
    await _make(tx, loaded, None, [m.Return(participant_id=person.id, proved=True)])
    generation = await _give_token(tx, person.id, hash_secret(token))
    return Entry(guest=Guest(person.id, id, loaded.workshop.code, generation), token=token)


async def ask_reentry(tx: Transaction, id: UUID, name: str) -> Entry | None:
    """Ask to be let in as somebody who was here; the token that is given opens once somebody has said yes."""
    loaded = await _open(tx, id)
    person = next((p for p in loaded.workshop.people if same_name(p.name, name)), None)
    if person is None or person.status == "dropped":
        return None
    token, knock_id = new_token(), new_id()
    move = m.AskReentry(knock_id=knock_id, participant_id=person.id)
    await _make(tx, loaded, None, [move], {knock_id: {"browser_token": hash_secret(token)}})
    return Entry(guest=Guest(person.id, id, loaded.workshop.code), token=token, knock_id=knock_id)


async def _give_token(tx: Transaction, participant_id: UUID, hashed: bytes) -> int:
    """Another browser is theirs from here on; what the one before holds is void."""
    mine = update(ParticipantRow).where(ParticipantRow.id == participant_id)
    generation = ParticipantRow.token_generation + 1
    changed = mine.values(browser_token=hashed, token_generation=generation, last_seen_at=moment(tx.now))
    tx.emit(AccessChanged(reason="workshop"), user_id=participant_id)
    return int((await tx.db.execute(changed.returning(ParticipantRow.token_generation))).scalar_one())


# --- moves


async def make_move(tx: Transaction, id: UUID, move: m.Move) -> Workshop:
    """Somebody in the workshop makes a move; the state that follows."""
    participant_id = acting(tx.actor, id)
    loaded = await _open(tx, id)
    waiting: dict[UUID, bytes] = {}
    if isinstance(move, m.AnswerKnock):
        tokens = select(ReentryRow.participant_id, ReentryRow.browser_token).where(ReentryRow.id == move.knock_id)
        waiting = {row.participant_id: row.browser_token for row in await tx.db.execute(tokens)}
    course = await _make(tx, loaded, participant_id, [move])
    for event in course.facts:
        if isinstance(event, ReentryAnswered) and event.accepted:
            await _give_token(tx, event.participant_id, waiting[event.participant_id])
        elif isinstance(event, ParticipantDropped):
            tx.emit(AccessChanged(reason="workshop"), user_id=event.participant_id)
    return course.state


async def mark_away(tx: Transaction, id: UUID, participant_id: UUID) -> None:
    """Somebody's last connection is gone, and so is the time to come back unnoticed."""
    loaded = await _open(tx, id)
    if loaded.workshop.person(participant_id):
        await _make(tx, loaded, None, [m.MarkAway(participant_id=participant_id)], active=False)


async def pass_lead(tx: Transaction, id: UUID) -> None:
    """Give the lead to who has been here longest, if who had it has been gone for two minutes."""
    await _make(tx, await _open(tx, id), None, [m.Succeed()], active=False)


async def touch(tx: Transaction, participant_ids: Sequence[UUID]) -> None:
    """Somebody is connected. Not a fact: nobody else learns of it."""
    mine = update(ParticipantRow).where(ParticipantRow.id.in_(participant_ids))
    await tx.db.execute(mine.values(last_seen_at=moment(tx.now)))


async def set_team(tx: Transaction, id: UUID, team_id: UUID) -> None:
    """Let a workshop be one of a team's, as is offered at its summary; only who leads it may."""
    participant_id = acting(tx.actor, id)
    loaded = await _open(tx, id)
    person = loaded.workshop.person(participant_id)
    if person is None or not person.is_facilitator:
        raise ValidationFailed("Whoever leads the workshop chooses its team.", field="team")
    after = replace(loaded.workshop, team_id=team_id)
    await tx.db.execute(update(WorkshopRow).where(WorkshopRow.id == id).values(team_id=team_id))
    if after.phase == "completed":
        await keep_results(tx.db, after, moment(tx.now))
        await keep_actions(tx.db, after, moment(tx.now))


@dataclass(frozen=True, slots=True)
class _Done:
    state: Workshop
    facts: tuple[Any, ...]


async def _make(
    tx: Transaction,
    loaded: Loaded,
    by: UUID | None,
    moves: Sequence[m.AnyMove],
    secrets: Secrets | None = None,
    *,
    active: bool = True,
) -> _Done:
    """Let the rules decide on moves, write what changed and state the facts."""
    now, before = moment(tx.now), loaded.workshop
    state, sealed, facts = before, loaded.sealed, list[Any]()
    for move in moves:
        course = run(state, sealed, by, move, now)
        state, sealed = course.state, course.sealed
        facts += course.events
    if not facts:
        return _Done(before, ())
    changed = Sealed({id: value for id, value in sealed.items() if loaded.sealed.get(id) != value})
    expires = _expires(state, now) if active or state.phase == "completed" else loaded.expires_at
    await write(tx.db, before, state, changed, now, expires, secrets or {})
    for event in facts:
        tx.emit(event, at=now)
    if state.team_id and state.phase == "completed":
        if before.phase != "completed":
            await keep_results(tx.db, state, now)
        await keep_actions(tx.db, state, now)
    return _Done(state, tuple(facts))


def _expires(workshop: Workshop, now: datetime) -> datetime:
    return workshop.completed_at + FINISHED if workshop.completed_at else now + UNFINISHED
