"""The host platform's stream of what its learners do: up to 500 at a time, each judged by itself."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from core.activity.commands import Result, take_in
from core.activity.rules import InboundEvent
from core.safety.limiter import Rate
from core.web.parsing import find_flaw
from core.web.rest.fields import Input, Output
from core.web.routes import KIB, Call, Routes

routes = Routes("Events")

MANY = {"min_length": 1, "max_length": 500}


class EventsIn(Input, frozen=True, kw_only=True):
    """A batch of events, oldest first. The first body of an `id` wins for ever."""

    events: Annotated[list[InboundEvent], Meta(**MANY)]


class Batch(Input, frozen=True, kw_only=True):
    """The same as it is read: what is wrong with one event is that event's own answer."""

    events: Annotated[list[dict[str, Any]], Meta(**MANY)]


class EventResult(Output, frozen=True, kw_only=True):
    """What became of one event."""

    id: str
    status: Literal["accepted", "duplicate", "rejected"]
    seq: Annotated[int | None, Meta(description="Its place in the log; a duplicate has that of the first.")]
    reason: Annotated[str | None, Meta(description="Why it was rejected, as a code.")]
    message: Annotated[str | None, Meta(description="The same in words.")]


class EventsOut(Output, frozen=True, kw_only=True):
    """One result for each event, in their order; given after all accepted ones are kept for good."""

    results: list[EventResult]


@routes(
    "POST",
    "/api/v1/events",
    scope="events:write",
    summary="Tell what learners did.",
    rate=Rate(1200, 60),
    status=202,
    max_body=1024 * KIB,
    shown_body=EventsIn,
    check_texts=False,
    example={
        "events": [
            {
                "id": "practice-8812",
                "type": "practice_completed",
                "external_id": "learner-1",
                "at": "2026-03-02T11:59:30Z",
                "subject": "math",
                "skill": "algebra",
                "properties": {"score": 85},
            }
        ]
    },
    answer_example={
        "results": [{"id": "practice-8812", "status": "accepted", "seq": 1042, "reason": None, "message": None}]
    },
)
async def post_events(call: Call[Batch, None]) -> EventsOut:
    """Sending a batch again is safe: events are known by their `id`.

    Events more than five minutes ahead are rejected; events more than a day old are counted and shown to nobody.
    """
    items = call.body.events
    flaws = [find_flaw(item) for item in items]
    good = [item for item, flaw in zip(items, flaws, strict=True) if flaw is None]
    judged = iter(await take_in(call.app.transactions, call.principal, good) if good else ())
    pairs = zip(items, flaws, strict=True)
    return EventsOut(results=[_out(next(judged) if flaw is None else _unstorable(item, flaw)) for item, flaw in pairs])


def _unstorable(item: dict[str, Any], flaw: dict[str, str]) -> Result:
    given = item.get("id")
    shown = given.replace("\0", "")[:200] if isinstance(given, str) else ""
    return Result(shown, "rejected", reason="validation_failed", message=f"{flaw['field']} {flaw['message']}.".strip())


def _out(result: Result) -> EventResult:
    return EventResult(
        id=result.id,
        status=result.status,  # type: ignore[arg-type]
        seq=result.seq,
        reason=result.reason,
        message=result.message,
    )
