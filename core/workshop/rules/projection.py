"""A workshop as JSON-ready values: what everybody in it may know, and what one of them knows besides.

`public` is the same for all who are in a workshop, observers and big screens included. It is made from a state that
holds no unrevealed score, so there is nothing to hide in it. `own` adds one person's own score and standing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.workshop.rules.clocks import plan_of, time_status
from core.workshop.rules.people import PIN_TRIES, abandoned_since
from core.workshop.rules.state import Action, Note, Person, Result, Sealed, Timer, Workshop
from core.workshop.rules.waiting import requirements, turn


def public(workshop: Workshop) -> dict[str, Any]:
    asked, next_one = requirements(workshop), turn(workshop)
    return {
        "workshop_id": str(workshop.id),
        "code": workshop.code,
        "template": {"slug": workshop.template.slug, "version": workshop.template.version},
        "settings": _settings(workshop),
        "state": workshop.phase,
        "stage": workshop.stage,
        "current_question": workshop.question,
        "scores_revealed": workshop.stage == "revealed",
        "version": workshop.version,
        "outcome": workshop.outcome,
        "started_at": _time(workshop.started_at),
        "completed_at": _time(workshop.completed_at),
        "participants": [person_of(person, workshop) for person in workshop.people],
        "scored": [str(person.id) for person in workshop.people if person.id in workshop.scored],
        "turn": str(next_one.id) if next_one else None,
        "passed": [str(id) for id in workshop.passed],
        "open_scores": [{"participant_id": str(who), "value": value} for who, value in workshop.open_votes],
        "results": [result_of(result) for result in workshop.results],
        "can_advance": asked.can_advance,
        "missing": list(asked.missing),
        "waiting_for": [str(id) for id in asked.waiting_for],
        "alone": asked.alone,
        "notes": [note_of(note) for note in workshop.notes],
        "actions": [action_of(action, place) for place, action in enumerate(workshop.actions)],
        "section": workshop.section,
        "plan_ms": plan_of(workshop),
        "timers": [timer_of(timer) for timer in workshop.timers],
        "paused": workshop.paused,
        "paused_by": str(workshop.paused_by) if workshop.paused_by else None,
        "reentries": [{"knock_id": str(k.id), "participant_id": str(k.participant_id)} for k in workshop.knocks],
    }


def own(workshop: Workshop, person: Person, sealed: Sealed) -> dict[str, Any]:
    """What a person sees besides: who they are here, and the score that they have given."""
    return {
        "participant_id": str(person.id),
        "is_facilitator": person.is_facilitator,
        "is_observer": person.is_observer,
        "status": person.status,
        "ready": person.ready,
        "my_score": sealed.get(person.id),
        "can_take_over": not person.is_facilitator and not person.is_observer and workshop.phase != "completed",
        "lead_free_at": _time(abandoned_since(workshop)),
    }


def clocks(workshop: Workshop, now: datetime) -> dict[str, Any] | None:
    """What a tick says: everything that a screen needs to count down by itself."""
    status = time_status(workshop, now)
    if status is None:
        return None
    return {
        "section": status.section,
        "section_remaining_ms": status.section_remaining_ms,
        "section_total_ms": status.section_total_ms,
        "overall_remaining_ms": status.overall_remaining_ms,
        "overall_total_ms": status.overall_total_ms,
        "is_paused": status.is_paused,
        "is_exceeded": status.is_exceeded,
        "is_short": status.is_short,
        "pacing": status.pacing,
        "deadline": _time(status.deadline),
        "server_time": _time(now),
    }


def _settings(workshop: Workshop) -> dict[str, Any]:
    settings = workshop.settings
    return {
        "total_duration_minutes": settings.total_duration_minutes,
        "max_participants": settings.max_participants,
        "skip_intro": settings.skip_intro,
        "disclosure": settings.disclosure,
        "time_plan": settings.time_plan,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def person_of(person: Person, workshop: Workshop) -> dict[str, Any]:
    return {
        "id": str(person.id),
        "name": person.name,
        "status": person.status,
        "ready": person.ready,
        "is_facilitator": person.is_facilitator,
        "is_observer": person.is_observer,
        "joined_at": _time(person.joined_at),
        "needs_word": person.pin_tries >= PIN_TRIES,
    }


def result_of(result: Result) -> dict[str, Any]:
    """`missing` are those whom the reveal did not wait for."""
    return {
        "question": result.question,
        "scores": [{"participant_id": str(who) if who else None, "value": value} for who, value in result.votes],
        "missing": [str(id) for id in result.missing],
    }


def note_of(note: Note) -> dict[str, Any]:
    author = str(note.author) if note.author else None
    return {
        "id": str(note.id),
        "author": author,
        "question": note.question,
        "content": note.content,
        "edition": note.edition,
    }


def action_of(action: Action, position: int) -> dict[str, Any]:
    return {
        "id": str(action.id),
        "position": position,
        "question": action.question,
        "content": action.content,
        "owner": action.owner,
        "due_on": action.due_on.isoformat() if action.due_on else None,
        "status": "done" if action.done else "open",
        "carried": action.carried,
        "edition": action.edition,
    }


def timer_of(timer: Timer) -> dict[str, Any]:
    return {
        "section": timer.section,
        "total_ms": timer.total_ms,
        "spent_ms": timer.spent_ms,
        "started_at": _time(timer.started_at),
    }
