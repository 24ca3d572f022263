"""What is written down, notes and actions, and the commands of the clock.

Whoever takes part may write, at any time until the end. Two who write in one text lose nothing; what is said of an
action (owner, date, question, done) changes one by one.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from core.errors import NotFound
from core.events import workshop as e
from core.workshop.errors import AlreadyExists, InvalidState, NotAllowed, ValidationFailed
from core.workshop.rules import moves as m
from core.workshop.rules.course import Course
from core.workshop.rules.state import Action, Note
from core.workshop.rules.texts import ACTION_LENGTH, NOTE_LENGTH, OWNER_LENGTH, clean, clean_text, merge

NOTES = 500
ACTIONS = 100
LONGEST_SECTION = 8 * 3600


def _question(course: Course, number: int | None) -> int | None:
    if number is not None and not 1 <= number <= len(course.state.template.questions):
        raise ValidationFailed("There is no such question.", field="question")
    return number


# --- notes


def add_note(course: Course, move: m.AddNote) -> None:
    course.need_open()
    course.need_part()
    text = clean_text(move.content, NOTE_LENGTH, "content")
    if course.state.note(move.note_id):
        raise AlreadyExists("This note is there already.")
    if len(course.state.notes) >= NOTES:
        raise ValidationFailed(f"{NOTES} notes are enough for a workshop.", field="content")
    course.emit(
        e.NoteAdded(
            workshop_id=course.state.id,
            by=course.by,
            note_id=move.note_id,
            question=_question(course, move.question),
            content=text,
        )
    )


def _note(course: Course, move: m.UpdateNote | m.DeleteNote) -> Note:
    course.need_open()
    course.need_part()
    note = course.state.note(move.note_id)
    if note is None:
        raise NotFound("This note is gone. What you wrote is still with you.", reason="not_found")
    return note


def update_note(course: Course, move: m.UpdateNote) -> None:
    note = _note(course, move)
    text = clean_text(move.content, NOTE_LENGTH, "content", empty=True)
    base = clean_text(move.base, NOTE_LENGTH, "base", empty=True)
    merged = merge(base, text, note.content or "")
    if len(merged) > NOTE_LENGTH:
        raise ValidationFailed("Together this is too long for one note. Please make two of it.", field="content")
    if merged != (note.content or ""):
        course.emit(
            e.NoteUpdated(
                workshop_id=course.state.id, by=course.by, note_id=note.id, edition=note.edition + 1, content=merged
            )
        )


def delete_note(course: Course, move: m.DeleteNote) -> None:
    note = _note(course, move)
    if note.author != course.by and not course.leads:
        raise NotAllowed("Who wrote a note, or who leads, can take it away.")
    course.emit(e.NoteDeleted(workshop_id=course.state.id, by=course.by, note_id=note.id))


# --- actions


def _owner(owner: str | None) -> str | None:
    if owner is not None and len(owner) > OWNER_LENGTH:
        raise ValidationFailed(f"A name has at most {OWNER_LENGTH} characters.", field="owner")
    return (clean(owner) or None) if owner is not None else None


def add_action(course: Course, move: m.AddAction) -> None:
    course.need_open()
    course.need_part()
    _add(course, move, carried=False)


def carry_over(course: Course, move: m.CarryOver) -> None:
    _add(course, move, carried=True)


def _add(course: Course, move: m.AddAction | m.CarryOver, *, carried: bool) -> None:
    text = clean_text(move.content, ACTION_LENGTH, "content")
    if course.state.action(move.action_id):
        raise AlreadyExists("This action is there already.")
    if len(course.state.actions) >= ACTIONS:
        raise ValidationFailed(f"{ACTIONS} actions are more than any team can do.", field="content")
    course.emit(
        e.ActionAdded(
            workshop_id=course.state.id,
            by=course.by,
            action_id=move.action_id,
            question=_question(course, getattr(move, "question", None)),
            due_on=move.due_on,
            carried=carried,
            content=text,
            owner=_owner(move.owner),
        )
    )


def _action(course: Course, move: m.UpdateAction | m.DeleteAction | m.MoveAction) -> Action:
    course.need_part()
    action = course.state.action(move.action_id)
    if action is None:
        raise NotFound("This action is gone.", reason="not_found")
    return action


def update_action(course: Course, move: m.UpdateAction) -> None:
    """After the end only one thing changes: whether it was done."""
    action = _action(course, move)
    wanted: dict[str, Any] = {
        name: getattr(move, name)
        for name in ("content", "owner", "due_on", "question", "done")
        if getattr(move, name) is not UNSET
    }
    if set(wanted) - {"done"}:
        course.need_open()
    values = {name: getattr(action, name) for name in ("content", "owner", "due_on", "question", "done")}
    if "content" in wanted:
        text = clean_text(wanted["content"], ACTION_LENGTH, "content")
        base = clean_text(move.base, ACTION_LENGTH, "base", empty=True)
        wanted["content"] = clean_text(merge(base, text, action.content or ""), ACTION_LENGTH, "content")
    if "owner" in wanted:
        wanted["owner"] = _owner(wanted["owner"])
    if "question" in wanted:
        wanted["question"] = _question(course, wanted["question"])
    if values | wanted != values:
        course.emit(
            e.ActionUpdated(
                workshop_id=course.state.id,
                by=course.by,
                action_id=action.id,
                edition=action.edition + 1,
                **(values | wanted),
            )
        )


def delete_action(course: Course, move: m.DeleteAction) -> None:
    course.need_open()
    action = _action(course, move)
    course.emit(e.ActionDeleted(workshop_id=course.state.id, by=course.by, action_id=action.id))


def move_action(course: Course, move: m.MoveAction) -> None:
    course.need_open()
    action = _action(course, move)
    before = [a.id for a in course.state.actions]
    order = [id for id in before if id != action.id]
    order.insert(max(0, min(move.position, len(order))), action.id)
    if order != before:
        course.emit(e.ActionsReordered(workshop_id=course.state.id, by=course.by, order=tuple(order)))


# --- the clock


def _section(course: Course) -> str:
    course.need_facilitator()
    course.need_running()
    if course.state.timer(course.state.section) is None:
        raise InvalidState("No time was set for this workshop.")
    return course.state.section


def pause(course: Course, move: m.Pause) -> None:
    section = _section(course)
    if course.state.paused != "asked":
        course.emit(e.TimerPaused(workshop_id=course.state.id, by=course.by, section=section, reason="asked"))


def resume(course: Course, move: m.Resume) -> None:
    section = _section(course)
    if course.state.paused and course.state.scorers:
        course.emit(e.TimerResumed(workshop_id=course.state.id, by=course.by, section=section))


def adjust(course: Course, move: m.Adjust) -> None:
    section = _section(course)
    if not 0 < move.seconds <= LONGEST_SECTION:
        raise ValidationFailed("Between a second and eight hours.", field="seconds")
    timer = course.state.timer(section)
    if timer is not None and timer.total_ms != move.seconds * 1000:
        course.emit(
            e.TimerAdjusted(workshop_id=course.state.id, by=course.by, section=section, duration_ms=move.seconds * 1000)
        )
