"""Giving a score: by whom, for what, when; where scores are given in turn, whose turn it is."""

from __future__ import annotations

from core.events import workshop as e
from core.workshop.errors import InvalidScore, InvalidState, NotAllowed
from core.workshop.rules.course import Course
from core.workshop.rules.moves import PassTurn, Submit
from core.workshop.rules.waiting import turn, waiting_for


def submit(course: Course, move: Submit) -> None:
    me, state = course.me, course.state
    if me.is_observer:
        raise NotAllowed("You are watching. Only those who take part give a score.")
    if state.stage != "awaiting" or move.question != state.question:
        raise InvalidState("This question is not open for scores.")
    question = state.template.question(state.question)
    if not question.scale.fits(move.value, question.bounds):
        bounds = question.bounds
        raise InvalidScore(f"A whole number from {bounds.low} to {bounds.high}.", low=bounds.low, high=bounds.high)
    first = me.id not in state.scored
    if first:
        _need_turn(course)
    elif course.sealed.get(me.id) == move.value:
        return
    course.sealed = course.sealed.with_score(me.id, move.value)
    kind = e.ScoreSubmitted if first else e.ScoreUpdated
    course.emit(kind(workshop_id=state.id, by=me.id, participant_id=me.id, question=state.question))
    if state.settings.disclosure == "turns":
        course.emit(
            e.ScoreShown(
                workshop_id=state.id, by=me.id, participant_id=me.id, question=state.question, value=move.value
            )
        )


def _need_turn(course: Course) -> None:
    next_one = turn(course.state)
    if next_one is not None and course.me.id not in (next_one.id, *course.state.passed):
        raise InvalidState("Somebody else comes first. Your turn is not far.", turn=str(next_one.id))


def pass_turn(course: Course, move: PassTurn) -> None:
    """Somebody would rather come later, or is asked to by who leads."""
    next_one = turn(course.state)
    if next_one is None or next_one.id != move.participant_id:
        raise InvalidState("It is not their turn.")
    if course.me.id != move.participant_id:
        course.need_leader()
    if len(waiting_for(course.state)) < 2:
        raise InvalidState("Nobody else is left to come first.")
    course.emit(
        e.TurnPassed(
            workshop_id=course.state.id,
            by=course.by,
            participant_id=move.participant_id,
            question=course.state.question,
        )
    )
