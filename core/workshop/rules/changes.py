"""What each fact makes of a workshop's state: the one reducer of commands, of what pages watch, and of the tests.

A fact that is erased in part (a name, a text, votes) still applies: what is gone is shown as nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from core.events import workshop as e
from core.workshop.rules.clocks import used_ms
from core.workshop.rules.state import Action, Knock, Note, Person, Result, Stage, Timer, Workshop, ordered

E = TypeVar("E", bound=e.WorkshopEvent)
Change = Callable[[Workshop, Any, datetime], Workshop]
CHANGES: dict[type[e.WorkshopEvent], Change] = {}


def on(*types: type[e.WorkshopEvent]) -> Callable[[Change], Change]:
    def register(change: Change) -> Change:
        CHANGES.update(dict.fromkeys(types, change))
        return change

    return register


def apply(workshop: Workshop, event: e.WorkshopEvent, at: datetime) -> Workshop:
    """The state after one more fact."""
    changed = CHANGES[type(event)](workshop, event, at)
    return replace(changed, revision=workshop.revision + 1)


def _person(workshop: Workshop, id: UUID, **given: Any) -> Workshop:
    return replace(workshop, people=tuple(replace(p, **given) if p.id == id else p for p in workshop.people))


def _without_score(workshop: Workshop, id: UUID) -> Workshop:
    return replace(
        workshop,
        scored=workshop.scored - {id},
        open_votes=tuple(vote for vote in workshop.open_votes if vote[0] != id),
        passed=tuple(one for one in workshop.passed if one != id),
    )


# --- people


@on(e.WorkshopCreated)
def _created(workshop: Workshop, event: e.WorkshopCreated, at: datetime) -> Workshop:
    return workshop


@on(e.ParticipantJoined)
def _joined(workshop: Workshop, event: e.ParticipantJoined, at: datetime) -> Workshop:
    if workshop.person(event.participant_id):
        return workshop
    person = Person(
        id=event.participant_id,
        name=event.name,
        is_facilitator=event.facilitator,
        is_observer=event.observer,
        joined_at=at,
    )
    return replace(workshop, people=(*workshop.people, person))


@on(e.ParticipantLeft)
def _left(workshop: Workshop, event: e.ParticipantLeft, at: datetime) -> Workshop:
    return _person(workshop, event.participant_id, status="inactive", ready=False, away_since=at)


@on(e.ParticipantReturned)
def _returned(workshop: Workshop, event: e.ParticipantReturned, at: datetime) -> Workshop:
    return _person(workshop, event.participant_id, status="active", away_since=None, pin_tries=0)


@on(e.ParticipantDropped)
def _dropped(workshop: Workshop, event: e.ParticipantDropped, at: datetime) -> Workshop:
    gone = event.participant_id
    knocks = tuple(k for k in workshop.knocks if k.participant_id != gone)
    changed = _person(workshop, gone, status="dropped", ready=False, away_since=at)
    return _without_score(replace(changed, knocks=knocks), gone)


@on(e.ParticipantReady)
def _ready(workshop: Workshop, event: e.ParticipantReady, at: datetime) -> Workshop:
    return _person(workshop, event.participant_id, ready=True)


@on(e.ParticipantUnready)
def _unready(workshop: Workshop, event: e.ParticipantUnready, at: datetime) -> Workshop:
    return _person(workshop, event.participant_id, ready=False)


@on(e.ParticipantRoleChanged)
def _role(workshop: Workshop, event: e.ParticipantRoleChanged, at: datetime) -> Workshop:
    changed = _person(workshop, event.participant_id, is_observer=event.observer, ready=False)
    return _without_score(changed, event.participant_id) if event.observer else changed


@on(e.FacilitatorChanged)
def _facilitator(workshop: Workshop, event: e.FacilitatorChanged, at: datetime) -> Workshop:
    people = tuple(replace(p, is_facilitator=p.id == event.participant_id) for p in workshop.people)
    return replace(workshop, people=people)


@on(e.ReentryAsked)
def _asked(workshop: Workshop, event: e.ReentryAsked, at: datetime) -> Workshop:
    others = tuple(k for k in workshop.knocks if k.participant_id != event.participant_id)
    return replace(workshop, knocks=(*others, Knock(event.knock_id, event.participant_id)))


@on(e.ReentryAnswered)
def _answered(workshop: Workshop, event: e.ReentryAnswered, at: datetime) -> Workshop:
    return replace(workshop, knocks=tuple(k for k in workshop.knocks if k.id != event.knock_id))


@on(e.ReentryFailed)
def _failed(workshop: Workshop, event: e.ReentryFailed, at: datetime) -> Workshop:
    person = workshop.person(event.participant_id)
    return _person(workshop, event.participant_id, pin_tries=person.pin_tries + 1) if person else workshop


# --- steps


def _step(workshop: Workshop, event: e.StepEvent, **given: Any) -> Workshop:
    """Everybody begins anew at a step: nobody is ready, and older moves are too late."""
    people = tuple(replace(p, ready=False) if p.ready else p for p in workshop.people)
    return replace(workshop, version=event.step, people=people, **given)


def _at(question: int, stage: Stage) -> dict[str, Any]:
    return {"question": question, "stage": stage, "scored": frozenset(), "open_votes": (), "passed": ()}


@on(e.PhaseChanged)
def _phase(workshop: Workshop, event: e.PhaseChanged, at: datetime) -> Workshop:
    started = workshop.started_at or at
    return _step(workshop, event, phase=event.state, started_at=started, **_at(0, ""))


@on(e.QuestionChanged)
def _question(workshop: Workshop, event: e.QuestionChanged, at: datetime) -> Workshop:
    return _step(workshop, event, **_at(event.question, event.stage))


@on(e.ScoresRevealed)
def _revealed(workshop: Workshop, event: e.ScoresRevealed, at: datetime) -> Workshop:
    result = Result(event.question, ordered(event.votes or ()), event.missing)
    return _step(workshop, event, results=(*workshop.results, result), **_at(event.question, "revealed"))


@on(e.SessionEnded)
def _ended(workshop: Workshop, event: e.SessionEnded, at: datetime) -> Workshop:
    changed = _step(workshop, event, phase="completed", outcome=event.outcome, completed_at=at, **_at(0, ""))
    return replace(changed, timers=_stopped(workshop, at), section="", paused="", paused_by=None, knocks=())


@on(e.WorkshopErased)
def _erased(workshop: Workshop, event: e.WorkshopErased, at: datetime) -> Workshop:
    raise LookupError("an erased workshop has no state")


# --- scores


@on(e.ScoreSubmitted)
def _submitted(workshop: Workshop, event: e.ScoreSubmitted, at: datetime) -> Workshop:
    return replace(workshop, scored=workshop.scored | {event.participant_id})


@on(e.ScoreUpdated, e.AllScored)
def _known(workshop: Workshop, event: e.WorkshopEvent, at: datetime) -> Workshop:
    return workshop


@on(e.ScoreShown)
def _shown(workshop: Workshop, event: e.ScoreShown, at: datetime) -> Workshop:
    others = tuple(vote for vote in workshop.open_votes if vote[0] != event.participant_id)
    mine = () if event.value is None else ((event.participant_id, event.value),)
    return replace(workshop, open_votes=ordered((*others, *mine)))


@on(e.TurnPassed)
def _passed(workshop: Workshop, event: e.TurnPassed, at: datetime) -> Workshop:
    return replace(workshop, passed=(*workshop.passed, event.participant_id))


@on(e.NamesShown)
def _named(workshop: Workshop, event: e.NamesShown, at: datetime) -> Workshop:
    votes = ordered(event.votes or ())
    results = tuple(replace(r, votes=votes) if r.question == event.question else r for r in workshop.results)
    return replace(workshop, results=results)


# --- notes and actions


@on(e.NoteAdded)
def _note_added(workshop: Workshop, event: e.NoteAdded, at: datetime) -> Workshop:
    note = Note(id=event.note_id, author=event.by, question=event.question, content=event.content)
    return replace(workshop, notes=(*workshop.notes, note))


@on(e.NoteUpdated)
def _note_updated(workshop: Workshop, event: e.NoteUpdated, at: datetime) -> Workshop:
    notes = tuple(
        replace(n, content=event.content, edition=event.edition) if n.id == event.note_id else n for n in workshop.notes
    )
    return replace(workshop, notes=notes)


@on(e.NoteDeleted)
def _note_deleted(workshop: Workshop, event: e.NoteDeleted, at: datetime) -> Workshop:
    return replace(workshop, notes=tuple(n for n in workshop.notes if n.id != event.note_id))


@on(e.ActionAdded)
def _action_added(workshop: Workshop, event: e.ActionAdded, at: datetime) -> Workshop:
    action = Action(
        id=event.action_id,
        question=event.question,
        content=event.content,
        owner=event.owner,
        due_on=event.due_on,
        carried=event.carried,
    )
    return replace(workshop, actions=(*workshop.actions, action))


@on(e.ActionUpdated)
def _action_updated(workshop: Workshop, event: e.ActionUpdated, at: datetime) -> Workshop:
    fields = ("question", "content", "owner", "due_on", "done", "edition")
    given = {name: getattr(event, name) for name in fields}
    actions = tuple(replace(a, **given) if a.id == event.action_id else a for a in workshop.actions)
    return replace(workshop, actions=actions)


@on(e.ActionDeleted)
def _action_deleted(workshop: Workshop, event: e.ActionDeleted, at: datetime) -> Workshop:
    return replace(workshop, actions=tuple(a for a in workshop.actions if a.id != event.action_id))


@on(e.ActionsReordered)
def _reordered(workshop: Workshop, event: e.ActionsReordered, at: datetime) -> Workshop:
    place = {id: number for number, id in enumerate(event.order)}
    return replace(workshop, actions=tuple(sorted(workshop.actions, key=lambda a: place.get(a.id, len(place)))))


# --- clocks


def _stopped(workshop: Workshop, at: datetime) -> tuple[Timer, ...]:
    return tuple(replace(t, spent_ms=used_ms(t, at), started_at=None) if t.started_at else t for t in workshop.timers)


@on(e.TimerStarted)
def _timer_started(workshop: Workshop, event: e.TimerStarted, at: datetime) -> Workshop:
    others = tuple(t for t in _stopped(workshop, at) if t.section != event.section)
    timer = Timer(section=event.section, total_ms=event.duration_ms, started_at=at)
    return replace(workshop, timers=(*others, timer), section=event.section, paused="", paused_by=None)


@on(e.TimerPaused)
def _timer_paused(workshop: Workshop, event: e.TimerPaused, at: datetime) -> Workshop:
    return replace(workshop, timers=_stopped(workshop, at), paused=event.reason, paused_by=event.by)


@on(e.TimerResumed)
def _timer_resumed(workshop: Workshop, event: e.TimerResumed, at: datetime) -> Workshop:
    timers = tuple(replace(t, started_at=at) if t.section == event.section else t for t in workshop.timers)
    return replace(workshop, timers=timers, paused="", paused_by=None)


@on(e.TimerAdjusted)
def _timer_adjusted(workshop: Workshop, event: e.TimerAdjusted, at: datetime) -> Workshop:
    timers = tuple(replace(t, total_ms=event.duration_ms) if t.section == event.section else t for t in workshop.timers)
    return replace(workshop, timers=timers)
