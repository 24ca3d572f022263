"""Coming, going and coming back; who leads, who takes part, who watches.

A name alone never opens somebody's place: it takes the browser's token, the number from the first join, or the word of
who leads. After five wrong numbers only the word is left. Who was taken out does not come back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from core.events import workshop as e
from core.workshop.errors import AlreadyExists, InvalidState, NotAllowed, SessionFull, SessionStarted
from core.workshop.rules import moves as m
from core.workshop.rules.course import Course
from core.workshop.rules.state import Person, Workshop
from core.workshop.rules.texts import clean_name, same_name

GONE = timedelta(minutes=2)
"""How long a facilitator is away before the lead passes on."""
PIN_TRIES = 5
OBSERVERS = 40
KNOCKS = 20


def named(workshop: Workshop, name: str) -> Person | None:
    return next((p for p in workshop.people if same_name(p.name, name)), None)


def join(course: Course, move: m.Join) -> None:
    course.need_open()
    state, name = course.state, clean_name(move.name)
    if named(state, name):
        raise AlreadyExists
    watching = move.observer
    if not watching and state.phase != "lobby":
        raise SessionStarted
    others = [p for p in state.people if p.status != "dropped" and p.is_observer == watching]
    if len(others) >= (OBSERVERS if watching else state.settings.max_participants):
        raise SessionFull
    course.emit(
        e.ParticipantJoined(
            workshop_id=state.id,
            by=move.participant_id,
            participant_id=move.participant_id,
            name=name,
            observer=watching,
            facilitator=move.facilitator and state.facilitator is None,
        )
    )


def _known(course: Course, id: UUID) -> Person:
    person = course.state.person(id)
    if person is None or person.status == "dropped":
        raise NotAllowed
    return person


def come_back(course: Course, move: m.Return) -> None:
    person = _known(course, move.participant_id)
    if not person.active or (move.proved and person.pin_tries):
        course.emit(e.ParticipantReturned(workshop_id=course.state.id, by=person.id, participant_id=person.id))


def leave(course: Course, move: m.Leave | m.MarkAway) -> None:
    person = _known(course, move.participant_id) if isinstance(move, m.MarkAway) else course.me
    if person.active:
        course.emit(e.ParticipantLeft(workshop_id=course.state.id, by=course.by, participant_id=person.id))


def fail_pin(course: Course, move: m.FailPin) -> None:
    person = _known(course, move.participant_id)
    if person.pin_tries < PIN_TRIES:
        course.emit(e.ReentryFailed(workshop_id=course.state.id, participant_id=person.id))


def ask_reentry(course: Course, move: m.AskReentry) -> None:
    person = _known(course, move.participant_id)
    course.need_open()
    others = [k for k in course.state.knocks if k.participant_id != person.id]
    if len(others) >= KNOCKS:
        raise SessionFull("Too many people are at the door. Please try again in a while.")
    course.emit(e.ReentryAsked(workshop_id=course.state.id, knock_id=move.knock_id, participant_id=person.id))


def answer_knock(course: Course, move: m.AnswerKnock) -> None:
    course.need_leader()
    knock = next((k for k in course.state.knocks if k.id == move.knock_id), None)
    if knock is None:
        raise InvalidState("Somebody has answered already.")
    course.emit(
        e.ReentryAnswered(
            workshop_id=course.state.id,
            by=course.by,
            knock_id=knock.id,
            participant_id=knock.participant_id,
            accepted=move.accepted,
        )
    )
    if move.accepted:
        come_back(course, m.Return(participant_id=knock.participant_id, proved=True))


def drop(course: Course, move: m.Drop) -> None:
    course.need_open()
    course.need_facilitator()
    person = _known(course, move.participant_id)
    if person.id == course.by:
        raise NotAllowed("Hand the lead over first.")
    course.emit(e.ParticipantDropped(workshop_id=course.state.id, by=course.by, participant_id=person.id))


def set_observer(course: Course, move: m.SetObserver) -> None:
    course.need_open()
    person = _known(course, move.participant_id)
    if person.id != course.by:
        course.need_facilitator()
    if person.is_observer == move.observer:
        return
    if not move.observer:
        if course.state.phase != "lobby":
            raise SessionStarted
        taking_part = [p for p in course.state.people if p.status != "dropped" and not p.is_observer]
        if len(taking_part) >= course.state.settings.max_participants:
            raise SessionFull
    course.emit(
        e.ParticipantRoleChanged(
            workshop_id=course.state.id, by=course.by, participant_id=person.id, observer=move.observer
        )
    )


def _lead(course: Course, person: Person, reason: str) -> None:
    course.emit(
        e.FacilitatorChanged(
            workshop_id=course.state.id,
            by=course.by,
            participant_id=person.id,
            reason=reason,  # type: ignore[arg-type]
        )
    )


def hand_over(course: Course, move: m.HandOver) -> None:
    course.need_facilitator()
    person = _known(course, move.participant_id)
    if not person.active:
        raise InvalidState("They are away. Wait until they are back, or choose somebody else.")
    if not person.is_facilitator:
        _lead(course, person, "handed")


def abandoned_since(workshop: Workshop) -> datetime | None:
    """From when on somebody else may lead; None while whoever leads is here, or when nobody does."""
    leader = workshop.facilitator
    if leader is None or leader.away_since is None:
        return None
    return leader.away_since if leader.status == "dropped" else leader.away_since + GONE


def abandoned(course: Course) -> bool:
    """Whether whoever led has been away long enough for somebody else to do it."""
    since = abandoned_since(course.state)
    return course.state.facilitator is None or (since is not None and since <= course.now)


def take_over(course: Course, move: m.TakeOver) -> None:
    me = course.need_part()
    if me.is_facilitator:
        return
    if not abandoned(course):
        raise InvalidState("The facilitator is here, or was a moment ago.")
    _lead(course, me, "taken")


def succeed(course: Course, move: m.Succeed) -> None:
    heir = next(iter(course.state.scorers), None)
    if heir is not None and course.state.phase != "completed" and abandoned(course):
        _lead(course, heir, "passed")
