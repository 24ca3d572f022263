"""Steps: from the lobby to the end, in one order, each taken once.

A step is taken when everybody who is waited for is ready, or has scored; a facilitator may go on without the missing,
and that is on record. Whoever leaves never keeps the others waiting: `settle` looks after every move whether the step
has completed itself, and lets the clock stand while nobody is there.
"""

from __future__ import annotations

from typing import Literal

from core.events import workshop as e
from core.workshop.errors import InvalidState
from core.workshop.rules.clocks import plan_of, section_of
from core.workshop.rules.course import Course
from core.workshop.rules.moves import Advance, End, Ready, ShowNames
from core.workshop.rules.state import Workshop, ordered
from core.workshop.rules.waiting import fewest, requirements, waiting_for

Next = Literal["intro", "question", "transition", "reveal", "summary", "actions", "completed"]


def ready(course: Course, move: Ready) -> None:
    me = course.need_part()
    if course.state.phase in ("actions", "completed") or course.state.stage == "awaiting":
        raise InvalidState("Nobody waits for this here.")
    if me.ready != move.ready:
        kind = e.ParticipantReady if move.ready else e.ParticipantUnready
        course.emit(kind(workshop_id=course.state.id, by=me.id, participant_id=me.id))


def advance(course: Course, move: Advance) -> None:
    course.need_open()
    course.need_leader()
    asked = requirements(course.state)
    if {"people", "scorers"} & set(asked.missing) and course.state.phase != "actions":
        few = fewest(course.state)
        said = f"At least {few} people who give scores are needed here." if few > 1 else "Nobody is here to go on with."
        raise InvalidState(said, missing=list(asked.missing))
    if asked.waiting_for and not move.override:
        raise InvalidState(
            "Not everybody is done yet.",
            missing=list(asked.missing),
            waiting_for=[str(id) for id in asked.waiting_for],
        )
    take_step(course, override=bool(asked.waiting_for))


def end(course: Course, move: End) -> None:
    course.need_open()
    course.need_facilitator()
    course.emit(
        e.SessionEnded(
            workshop_id=course.state.id, by=course.by, step=course.next_step, outcome="abandoned", override=True
        )
    )


def show_names(course: Course, move: ShowNames) -> None:
    """The team has said that it wants to know; who leads does it, with the scores that were locked at the reveal."""
    course.need_leader()
    result = course.state.result(move.question)
    if result is None or course.state.question != move.question or course.state.stage != "revealed":
        raise InvalidState("Names can be shown while a question's scores are talked about.")
    if all(who is not None for who, _ in result.votes):
        return
    votes = ordered(course.sealed)
    course.emit(e.NamesShown(workshop_id=course.state.id, by=course.by, question=move.question, votes=votes))


def next_step(workshop: Workshop) -> Next:
    template, phase = workshop.template, workshop.phase
    if phase == "lobby" and template.introduction and not workshop.settings.skip_intro:
        return "intro"
    if phase in ("lobby", "intro"):
        return "question"
    if phase == "scoring":
        if workshop.stage == "awaiting":
            return "reveal"
        if workshop.stage == "transition":
            return "question"
        if workshop.question == len(template.questions):
            return "summary"
        return "transition" if template.transition(workshop.question + 1) else "question"
    return "actions" if phase == "summary" else "completed"


def take_step(course: Course, *, override: bool = False) -> None:
    state, step = course.state, next_step(course.state)
    missing = tuple(p.id for p in waiting_for(state)) if override else ()
    by = course.by if override or state.phase == "actions" else None
    if step == "reveal":
        _reveal(course, override, missing)
    elif step == "completed":
        course.emit(e.SessionEnded(workshop_id=state.id, by=by, step=course.next_step, outcome="completed"))
    elif step in ("intro", "summary", "actions"):
        _phase(course, step, override, missing)
    else:
        if state.phase != "scoring":
            _phase(course, "scoring", override, missing)
        same = state.stage == "transition"
        course.emit(
            e.QuestionChanged(
                workshop_id=state.id,
                by=by,
                step=course.next_step,
                override=override,
                missing=missing,
                question=state.question if same else state.question + 1,
                stage="transition" if step == "transition" else "awaiting",
            )
        )
    _start_clock(course)


def _phase(course: Course, phase: str, override: bool, missing: tuple[object, ...]) -> None:
    course.emit(
        e.PhaseChanged(
            workshop_id=course.state.id,
            by=course.by if override else None,
            step=course.next_step,
            override=override,
            missing=missing,  # type: ignore[arg-type]
            state=phase,  # type: ignore[arg-type]
        )
    )


def _reveal(course: Course, override: bool, missing: tuple[object, ...]) -> None:
    state = course.state
    votes = ordered({id: value for id, value in course.sealed.items() if id in state.scored})
    if state.settings.disclosure == "anonymous":
        votes = ordered(tuple((None, value) for _, value in votes))
    course.emit(
        e.ScoresRevealed(
            workshop_id=state.id,
            by=course.by if override else None,
            step=course.next_step,
            override=override,
            missing=missing,  # type: ignore[arg-type]
            question=state.question,
            count=len(votes),
            votes=votes,
        )
    )


def _start_clock(course: Course) -> None:
    state, section = course.state, section_of(course.state)
    plan = plan_of(state)
    if plan and section and section != state.section:
        course.emit(e.TimerStarted(workshop_id=state.id, section=section, duration_ms=plan.get(section, 0)))


def settle(course: Course) -> None:
    """What follows by itself: the clock of an empty room stands, and a step that waits for nobody is taken."""
    _mind_clock(course)
    state = course.state
    if state.phase in ("actions", "completed") or len(state.scorers) < fewest(state) or waiting_for(state):
        return
    if state.stage == "awaiting":
        course.emit(e.AllScored(workshop_id=state.id, question=state.question))
    take_step(course)


def _mind_clock(course: Course) -> None:
    state = course.state
    timer = state.timer(state.section)
    if not state.running or timer is None:
        return
    if not state.scorers and not state.paused:
        course.emit(e.TimerPaused(workshop_id=state.id, section=state.section, reason="empty"))
    elif state.scorers and state.paused == "empty":
        course.emit(e.TimerResumed(workshop_id=state.id, section=state.section))
