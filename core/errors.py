"""One family of errors for REST bodies, channel replies and toasts.

Each has a code (`type`), an HTTP status, a sentence for people and whether trying again helps. Raise them anywhere in
the core; the doors turn them into their own form. Details never hold secrets or other people's data.
"""

from __future__ import annotations

from typing import Any, ClassVar


class TandemError(Exception):
    type: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    temporary: ClassVar[bool] = False
    default: ClassVar[str] = "Something went wrong on our side."

    def __init__(self, message: str = "", **details: Any) -> None:
        self.message = message or self.default
        self.details = details
        super().__init__(self.message)

    def body(self) -> dict[str, Any]:
        return {
            "error": {
                "type": self.details.get("reason", self.type),
                "message": self.message,
                "temporary": self.temporary,
                "details": {k: v for k, v in self.details.items() if k != "reason"},
            }
        }


class BadRequest(TandemError):
    type, status, default = "bad_request", 400, "The request could not be read."


class Unauthorized(TandemError):
    type, status, default = "unauthorized", 401, "A valid sign-in is needed."


class Forbidden(TandemError):
    type, status, default = "forbidden", 403, "This is not open to you."


class NotFound(TandemError):
    type, status, default = "not_found", 404, "There is nothing here."


class Conflict(TandemError):
    type, status, default = "conflict", 409, "This does not fit the present state."


class TooLarge(TandemError):
    type, status, default = "too_large", 413, "This is larger than allowed."


class UnsupportedMedia(TandemError):
    type, status, default = "unsupported_media_type", 415, "Send application/json."


class Invalid(TandemError):
    type, status, default = "validation_failed", 422, "Some fields are not valid."


class RateLimited(TandemError):
    type, status, temporary = "rate_limited", 429, True
    default = "That was quick. Try again in a moment."


class Unavailable(TandemError):
    type, status, temporary = "unavailable", 503, True
    default = "This part is away for a moment. Nothing was lost; try again."


class SettingsError(Exception):
    """A setting that keeps the product from starting, said in one sentence."""
