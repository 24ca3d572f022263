"""The catalogue's part on workshops: what happens between a lobby and its actions.

No fact holds a score before its reveal: `score_submitted` says who, and nothing says what. Names, notes, actions and
revealed scores are personal: they stand apart, become null when the workshop is erased, and leave with no export.
`by` is the participant who did it; nobody means that it followed by itself. `step` counts the steps of a workshop.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from core.events.catalog import Count, Event, Slug, event, personal

Number = Annotated[int, msgspec.Meta(ge=0, le=100)]
Value = Annotated[int, msgspec.Meta(ge=-100, le=100)]
Vote = tuple[UUID | None, Value]
"""Whose score it is, or nobody's where names are not shown, and the score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopEvent(Event):
    workshop_id: UUID
    by: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEvent(WorkshopEvent):
    """What moves a workshop on; an override names those who were not waited for."""

    step: Count
    override: bool = False
    missing: tuple[UUID, ...] = ()


@event("workshop_created")
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopCreated(WorkshopEvent):
    """Somebody opened a workshop from a template."""

    template: Slug
    minutes: Count | None = None
    disclosure: Slug
    team_id: UUID | None = None
    previous_id: UUID | None = None


@event("participant_joined")
@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantJoined(WorkshopEvent):
    """Somebody came into a workshop for the first time."""

    participant_id: UUID
    observer: bool
    facilitator: bool = False
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)] | None = personal()


@event("participant_left")
@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantLeft(WorkshopEvent):
    """Somebody left a workshop or lost the connection; their scores stay and nobody waits for them."""

    participant_id: UUID


@event("participant_returned")
@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantReturned(WorkshopEvent):
    """Somebody who was away is back."""

    participant_id: UUID


@event("participant_dropped")
@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantDropped(WorkshopEvent):
    """The facilitator took somebody out of a workshop."""

    participant_id: UUID


@event("participant_ready")
@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantReady(WorkshopEvent):
    """Somebody is ready for the next step."""

    participant_id: UUID


@event("participant_unready")
@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantUnready(WorkshopEvent):
    """Somebody is not ready after all."""

    participant_id: UUID


@event("participant_role_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantRoleChanged(WorkshopEvent):
    """Somebody only watches from here on, or takes part after all."""

    participant_id: UUID
    observer: bool


@event("facilitator_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class FacilitatorChanged(WorkshopEvent):
    """Another person leads the workshop: handed over, taken over, or passed on because the one before is gone."""

    participant_id: UUID
    reason: Literal["handed", "taken", "passed"]


@event("reentry_asked")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReentryAsked(WorkshopEvent):
    """Somebody says that they are this participant, and waits to be let in again."""

    knock_id: UUID
    participant_id: UUID


@event("reentry_answered")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReentryAnswered(WorkshopEvent):
    """Whether it was them."""

    knock_id: UUID
    participant_id: UUID
    accepted: bool


@event("reentry_failed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ReentryFailed(WorkshopEvent):
    """Somebody gave a wrong number for a participant."""

    participant_id: UUID


@event("phase_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseChanged(StepEvent):
    """A workshop went on to its next part."""

    state: Literal["intro", "scoring", "summary", "actions"]


@event("question_changed")
@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionChanged(StepEvent):
    """A workshop is at another question, or at the screen before it that tells of another scale."""

    question: Number
    stage: Literal["awaiting", "transition"] = "awaiting"


@event("score_submitted")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSubmitted(WorkshopEvent):
    """Somebody gave a score. Which one is not said."""

    participant_id: UUID
    question: Number


@event("score_updated")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreUpdated(WorkshopEvent):
    """Somebody gave another score instead. Which one is not said."""

    participant_id: UUID
    question: Number


@event("score_shown")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreShown(WorkshopEvent):
    """Where scores are given in turn, openly: somebody gave theirs or changed it."""

    participant_id: UUID
    question: Number
    value: Value | None = personal()


@event("turn_passed")
@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPassed(WorkshopEvent):
    """Where scores are given in turn: somebody is not asked first any more, and may still give theirs."""

    participant_id: UUID
    question: Number


@event("all_scored")
@dataclass(frozen=True, slots=True, kw_only=True)
class AllScored(WorkshopEvent):
    """Everybody who is waited for has given a score."""

    question: Number


@event("scores_revealed")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresRevealed(StepEvent):
    """The scores of a question are shown, and nobody can change theirs any more."""

    question: Number
    count: Count
    votes: tuple[Vote, ...] | None = personal()


@event("names_shown")
@dataclass(frozen=True, slots=True, kw_only=True)
class NamesShown(WorkshopEvent):
    """A team chose to see whose scores a question's are."""

    question: Number
    votes: tuple[Vote, ...] | None = personal()


@event("note_added")
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(WorkshopEvent):
    """Somebody wrote a note, on a question or on the whole."""

    note_id: UUID
    question: Number | None = None
    content: str | None = personal()


@event("note_updated")
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteUpdated(WorkshopEvent):
    """Somebody wrote on in a note; the text is what all who write in it have together."""

    note_id: UUID
    edition: Count
    content: str | None = personal()


@event("note_deleted")
@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDeleted(WorkshopEvent):
    """A note was taken away."""

    note_id: UUID


@event("action_added")
@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAdded(WorkshopEvent):
    """Somebody wrote down what is to be done, or it was carried over from the workshop before."""

    action_id: UUID
    question: Number | None = None
    due_on: dt.date | None = None
    carried: bool = False
    content: str | None = personal()
    owner: str | None = personal()


@event("action_updated")
@dataclass(frozen=True, slots=True, kw_only=True)
class ActionUpdated(WorkshopEvent):
    """An action has another text, owner, date, question or status; all of it as it is now."""

    action_id: UUID
    edition: Count
    question: Number | None = None
    due_on: dt.date | None = None
    done: bool = False
    content: str | None = personal()
    owner: str | None = personal()


@event("action_deleted")
@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDeleted(WorkshopEvent):
    """An action was taken away."""

    action_id: UUID


@event("actions_reordered")
@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsReordered(WorkshopEvent):
    """The actions stand in another order."""

    order: tuple[UUID, ...]


@event("timer_started")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimerStarted(WorkshopEvent):
    """The clock of a section began to run, and that of the section before it stopped."""

    section: Slug
    duration_ms: int


@event("timer_paused")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimerPaused(WorkshopEvent):
    """The clock stands, because somebody asked for it or because nobody is there."""

    section: Slug
    reason: Literal["asked", "empty"]


@event("timer_resumed")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimerResumed(WorkshopEvent):
    """The clock runs on."""

    section: Slug


@event("timer_adjusted")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimerAdjusted(WorkshopEvent):
    """A section has more time, or less."""

    section: Slug
    duration_ms: int


@event("session_ended")
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(StepEvent):
    """A workshop is over: completed, or given up before its end."""

    outcome: Literal["completed", "abandoned"]


@event("feedback_given")
@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackGiven(Event):
    """Somebody told us how a workshop works for them; what they said is not in the log."""

    workshop_id: UUID | None = None
    category: Literal["working_well", "improvement", "bug"]


@event("workshop_erased")
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopErased(WorkshopEvent):
    """A workshop's time was up: everything that people gave, wrote or were called in it is gone."""
