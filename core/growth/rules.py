"""What the orchestrator decides, purely from what it knows: at most one loop for each event, or none and why.

The order is the answer: safety and consent first, then whether the orchestrator is on, then which loop the event could
start, then how much its person was shown of late. The first no ends it, and its reason is what the record says. Loops
are tried in the order of the table, so that the same knowledge always gives the same decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

VERSION: Final = 1
"""Raised whenever the same knowledge could give another decision than before."""
COOLDOWN: Final = timedelta(hours=24)
"""So long the same loop is not shown to the same person again."""
A_DAY: Final = 3
"""Loops that one person is shown in a day at most, by their own midnight."""
NEWS: Final = timedelta(minutes=15)
"""What lies longer back is not answered any more."""

Action = Literal["none", "suggest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A way in which somebody may bring others along, and what starts it."""

    name: str
    event: str
    least: float
    """From this score on."""


LOOPS: Final = (Loop(name="buddy_challenge", event="practice_completed", least=80),)

REASONS: Final = {
    "ok": "It is shown.",
    "parent_limit": "A parent wants no challenges for this child.",
    "not_wanted": "They want to hear nothing of challenges.",
    "switched_off": "The orchestrator is switched off.",
    "no_loop": "No loop answers such an event.",
    "too_late": "It lies too far back.",
    "unknown_skill": "The catalogue has nothing by which a friend could try the same.",
    "score_too_low": "The result is below the loop's least.",
    "cooldown": "They were shown this loop in the last 24 hours.",
    "fatigue": "They were shown enough for one day.",
}
"""Every reason of the orchestrator's own; those of the gate stand beside them and come first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A loop that somebody was shown, and when."""

    loop: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything that a decision is made of; kept with it, so that it can be made again."""

    event: str
    at: datetime
    """When it happened."""
    now: datetime
    zone: str
    """By whose midnight the person's days end."""
    safety: str
    """The gate's answer, `ok` or why not."""
    wishes: str = "ok"
    """What the person and their parent chose: `ok` or why not."""
    on: bool = True
    score: float | None = None
    subject: str | None = None
    skill: str | None = None
    shown: Sequence[Shown] = ()
    """Of late, in any order."""


@dataclass(frozen=True, slots=True)
class Decision:
    action: Action
    loop: str | None
    reason: str


def decide(known: Known) -> Decision:
    """The one loop that this event starts, or why none."""
    refused = _refusal(known)
    if refused:
        return Decision("none", None, refused)
    reason = "no_loop"
    for loop in LOOPS:
        if loop.event != known.event:
            continue
        reason = _obstacle(loop, known) or "ok"
        if reason == "ok":
            return Decision("suggest", loop.name, reason)
    return Decision("none", None, reason)


def _refusal(known: Known) -> str | None:
    """What forbids every loop."""
    if known.safety != "ok":
        return known.safety
    if known.wishes != "ok":
        return known.wishes
    return None if known.on else "switched_off"


def _obstacle(loop: Loop, known: Known) -> str | None:
    """What speaks against this loop now."""
    if known.now - known.at > NEWS:
        return "too_late"
    if known.subject is None or known.skill is None:
        return "unknown_skill"
    if known.score is None or known.score < loop.least:
        return "score_too_low"
    if any(one.loop == loop.name and known.now - one.at < COOLDOWN for one in known.shown):
        return "cooldown"
    zone = ZoneInfo(known.zone)
    today = known.now.astimezone(zone).date()
    if sum(one.at.astimezone(zone).date() == today for one in known.shown) >= A_DAY:
        return "fatigue"
    return None
