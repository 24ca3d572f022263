"""Moves: what somebody in a workshop may ask for. Each carries the version of the step that it was meant for.

A move is checked data, whether it comes from a page, a socket or REST; `decide` says whether it may be made. The moves
of `Inner` are made by the house itself, when somebody comes, goes or is gone for long.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

Long = Annotated[str, msgspec.Meta(max_length=200_000)]


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="move"):
    """What somebody in a workshop asks for."""

    version: int


class Leave(Move, frozen=True, kw_only=True, tag="leave"):
    """Go away; the place is kept."""


class Ready(Move, frozen=True, kw_only=True, tag="ready"):
    """Say that one is ready for the next step, or not yet."""

    ready: bool = True


class Submit(Move, frozen=True, kw_only=True, tag="submit"):
    """Give a score, or another one while nothing is revealed."""

    question: int
    value: Any
    """Anything that somebody may send; only a whole number of the scale is taken."""

    def __repr__(self) -> str:
        return f"Submit(question={self.question})"


class PassTurn(Move, frozen=True, kw_only=True, tag="pass_turn"):
    """Where scores are given in turn: leave somebody out who is not there."""

    participant_id: UUID


class Advance(Move, frozen=True, kw_only=True, tag="advance"):
    """Go on: reveal the scores, or take the next step. With `override` without those who are missing."""

    override: bool = False


class ShowNames(Move, frozen=True, kw_only=True, tag="show_names"):
    """Where values are shown without names: show whose they are, if the team wants it."""

    question: int


class End(Move, frozen=True, kw_only=True, tag="end"):
    """Give the workshop up before its end."""


class HandOver(Move, frozen=True, kw_only=True, tag="hand_over"):
    """Give the lead to somebody else."""

    participant_id: UUID


class TakeOver(Move, frozen=True, kw_only=True, tag="take_over"):
    """Take the lead of somebody who has been gone for two minutes."""


class SetObserver(Move, frozen=True, kw_only=True, tag="set_observer"):
    """Watch instead of taking part, or the other way round in the lobby."""

    participant_id: UUID
    observer: bool


class Drop(Move, frozen=True, kw_only=True, tag="drop"):
    """Take somebody out of the workshop."""

    participant_id: UUID


class AnswerKnock(Move, frozen=True, kw_only=True, tag="answer_knock"):
    """Let somebody in who says that they were here, or do not."""

    knock_id: UUID
    accepted: bool


class Pause(Move, frozen=True, kw_only=True, tag="pause"):
    """Stop the clock."""


class Resume(Move, frozen=True, kw_only=True, tag="resume"):
    """Let the clock run on."""


class Adjust(Move, frozen=True, kw_only=True, tag="adjust"):
    """Give the present section so many seconds in all."""

    seconds: int


class AddNote(Move, frozen=True, kw_only=True, tag="add_note"):
    """Write something down, for a question or for all of it."""

    note_id: UUID
    content: Long
    question: int | None = None


class UpdateNote(Move, frozen=True, kw_only=True, tag="update_note"):
    """`base` is the text that one began to write in; what others wrote meanwhile stays."""

    note_id: UUID
    base: Long
    content: Long


class DeleteNote(Move, frozen=True, kw_only=True, tag="delete_note"):
    """Take a note away."""

    note_id: UUID


class AddAction(Move, frozen=True, kw_only=True, tag="add_action"):
    """Add something to do."""

    action_id: UUID
    content: Long
    owner: Long | None = None
    due_on: dt.date | None = None
    question: int | None = None


class UpdateAction(Move, frozen=True, kw_only=True, tag="update_action"):
    """Only what is given changes, so two people who change different things do not disturb each other."""

    action_id: UUID
    base: Long = ""
    """The text that one began to write in, where `content` is given."""
    content: Long | UnsetType = UNSET
    owner: Long | UnsetType | None = UNSET
    due_on: dt.date | UnsetType | None = UNSET
    question: int | UnsetType | None = UNSET
    done: bool | UnsetType = UNSET


class DeleteAction(Move, frozen=True, kw_only=True, tag="delete_action"):
    """Take an action away."""

    action_id: UUID


class MoveAction(Move, frozen=True, kw_only=True, tag="move_action"):
    """Put an action somewhere else in the list."""

    action_id: UUID
    position: int
    """Where it stands afterwards, from 0 on."""


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Join(Inner, frozen=True, kw_only=True):
    participant_id: UUID
    name: str
    observer: bool = False
    facilitator: bool = False


class Return(Inner, frozen=True, kw_only=True):
    participant_id: UUID
    proved: bool = False
    """Whether they came back by their number or by somebody's word."""


class MarkAway(Inner, frozen=True, kw_only=True):
    participant_id: UUID


class FailPin(Inner, frozen=True, kw_only=True):
    participant_id: UUID


class AskReentry(Inner, frozen=True, kw_only=True):
    knock_id: UUID
    participant_id: UUID


class Succeed(Inner, frozen=True, kw_only=True):
    """Pass the lead on, if who had it has been gone for long."""


class CarryOver(Inner, frozen=True, kw_only=True):
    """Take an action of the workshop before along."""

    action_id: UUID
    content: str
    owner: str | None = None
    due_on: dt.date | None = None


PublicMove = (
    Leave
    | Ready
    | Submit
    | PassTurn
    | Advance
    | ShowNames
    | End
    | HandOver
    | TakeOver
    | SetObserver
    | Drop
    | AnswerKnock
    | Pause
    | Resume
    | Adjust
    | AddNote
    | UpdateNote
    | DeleteNote
    | AddAction
    | UpdateAction
    | DeleteAction
    | MoveAction
)
"""What may be decoded from outside."""
AnyMove = Move | Inner
