"""What a workshop refuses, each with a type of its own and a sentence that says what to do.

Messages never hold a score, a name or a text of anybody.
"""

from __future__ import annotations

from core.errors import Conflict, Forbidden, Invalid, NotFound


class UnknownWorkshop(NotFound):
    default = "We do not know this code. Please look at the big screen again."


class InvalidState(Conflict):
    type, default = "invalid_state", "The workshop has moved on. Please look again."


class NotAllowed(Forbidden):
    type, default = "unauthorized", "This is not yours to do in this workshop."


class ValidationFailed(Invalid):
    type, default = "validation_failed", "Please check what you have entered."


class InvalidScore(Invalid):
    type, default = "invalid_score", "This is not a value of this scale."


class SessionExpired(Conflict):
    type, default = "session_expired", "This workshop has ended and was cleared away."


class SessionFull(Conflict):
    type, default = "session_full", "All places are taken. You can watch instead."


class AlreadyExists(Conflict):
    type, default = "already_exists", "Somebody here has this name already. If it is you, enter your number."


class SessionStarted(InvalidState):
    default = "Session already started. You can watch."
