"""`decide`: what follows from a move, as facts, or why it may not be made. `run` also keeps the sealed scores.

Pure: the same state, move and time always give the same facts. After every move the workshop settles, so that no step
waits for somebody who is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from core.events.workshop import WorkshopEvent
from core.workshop.errors import InvalidState
from core.workshop.rules import minutes, people, scores, steps
from core.workshop.rules import moves as m
from core.workshop.rules.course import Course
from core.workshop.rules.state import Sealed, Workshop

ANY_TIME = (m.Leave, m.AnswerKnock, m.HandOver, m.TakeOver, m.SetObserver, m.Drop)
"""Moves about people mean the same at every step."""
WRITING = (
    m.AddNote,
    m.UpdateNote,
    m.DeleteNote,
    m.AddAction,
    m.UpdateAction,
    m.DeleteAction,
    m.MoveAction,
)
"""So does what is written: a note that was begun before the reveal is as good after it."""
HANDLERS: dict[type[Any], Callable[[Course, Any], None]] = {
    m.Leave: people.leave,
    m.Ready: steps.ready,
    m.Submit: scores.submit,
    m.PassTurn: scores.pass_turn,
    m.Advance: steps.advance,
    m.ShowNames: steps.show_names,
    m.End: steps.end,
    m.HandOver: people.hand_over,
    m.TakeOver: people.take_over,
    m.SetObserver: people.set_observer,
    m.Drop: people.drop,
    m.AnswerKnock: people.answer_knock,
    m.Pause: minutes.pause,
    m.Resume: minutes.resume,
    m.Adjust: minutes.adjust,
    m.AddNote: minutes.add_note,
    m.UpdateNote: minutes.update_note,
    m.DeleteNote: minutes.delete_note,
    m.AddAction: minutes.add_action,
    m.UpdateAction: minutes.update_action,
    m.DeleteAction: minutes.delete_action,
    m.MoveAction: minutes.move_action,
    m.Join: people.join,
    m.Return: people.come_back,
    m.MarkAway: people.leave,
    m.FailPin: people.fail_pin,
    m.AskReentry: people.ask_reentry,
    m.Succeed: people.succeed,
    m.CarryOver: minutes.carry_over,
}


def decide(
    workshop: Workshop, sealed: Sealed, by: UUID | None, move: m.AnyMove, now: datetime
) -> tuple[WorkshopEvent, ...]:
    """The facts that a move makes; raises what it is refused with."""
    return tuple(run(workshop, sealed, by, move, now).events)


def run(workshop: Workshop, sealed: Sealed, by: UUID | None, move: m.AnyMove, now: datetime) -> Course:
    course = Course(workshop, sealed, now, by)
    if isinstance(move, m.Move):
        person = course.me
        if not isinstance(move, ANY_TIME + WRITING) and move.version != workshop.version:
            raise InvalidState(expected=workshop.version, version=move.version)
        if not person.active and not isinstance(move, m.Leave):
            # Whoever moves is here.
            people.come_back(course, m.Return(participant_id=person.id))
    HANDLERS[type(move)](course, move)
    steps.settle(course)
    return course
