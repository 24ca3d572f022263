"""Time in a workshop: how a duration is shared among the sections, and what the clocks say at a moment.

Everything is whole milliseconds and adds up exactly. A clock is a deadline, not a ticker: it is right after a pause, a
reload, a restart and a change of facilitator, and time that goes backwards between two machines is no time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core.workshop.rules.state import Settings, Timer, Workshop
from core.workshop.template import Template

MINUTES = range(30, 481, 5)
PRESETS = (120, 210)
WARN_BELOW = 0.10
"""The share of a section that is left when its clock turns red."""
PACE_SHARE = 0.10
MILLISECOND = timedelta(milliseconds=1)
Pacing = Literal["ahead", "on_track", "behind"]


def shares(template: Template, total_seconds: int, plan: str = "") -> dict[str, int]:
    """Milliseconds for each section: seconds by largest remainder over the blocks, then equal parts for questions."""
    chosen = template.time_plans[plan] if plan else next(iter(template.time_plans.values()))
    exact = [total_seconds * block.share for block in chosen.blocks]
    seconds = [value // 100 for value in exact]
    order = sorted(range(len(exact)), key=lambda place: (-(exact[place] % 100), place))
    for place in order[: total_seconds - sum(seconds)]:
        seconds[place] += 1
    found: dict[str, int] = {}
    for block, given in zip(chosen.blocks, seconds, strict=True):
        if block.questions is None:
            found[block.section] = given * 1000
            continue
        first, last = block.questions
        count = last - first + 1
        each, rest = divmod(given * 1000, count)
        for place, number in enumerate(range(first, last + 1)):
            found[f"question_{number}"] = each + (place < rest)
    return found


def plan_of(workshop: Workshop) -> dict[str, int]:
    """The sections' milliseconds; nothing where no time was set."""
    minutes = workshop.settings.total_duration_minutes
    return shares(workshop.template, minutes * 60, workshop.settings.time_plan) if minutes else {}


def valid_minutes(minutes: int | None) -> bool:
    return minutes is None or (type(minutes) is int and minutes in MINUTES)


def valid_plan(template: Template, settings: Settings) -> bool:
    return not settings.time_plan or settings.time_plan in template.time_plans


def section_of(workshop: Workshop) -> str:
    """The section that the present step belongs to."""
    if workshop.phase == "scoring":
        kind = "transition" if workshop.stage == "transition" else "question"
        return f"{kind}_{workshop.question}"
    return workshop.phase if workshop.phase in ("intro", "summary", "actions") else ""


def used_ms(timer: Timer, now: datetime) -> int:
    """What a section has taken until now."""
    running = (now - timer.started_at) // MILLISECOND if timer.started_at else 0
    return timer.spent_ms + max(running, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStatus:
    section: str
    section_total_ms: int
    section_remaining_ms: int
    """Below zero when the time is over."""
    overall_total_ms: int
    overall_remaining_ms: int
    is_paused: bool
    is_exceeded: bool
    is_short: bool
    """Whether it is time for the warning."""
    pacing: Pacing
    deadline: datetime | None
    """When the section's time is up, while its clock runs: what a screen counts down to."""


def time_status(workshop: Workshop, now: datetime) -> TimeStatus | None:
    """What the clocks say; None where no time was set."""
    plan = plan_of(workshop)
    if not plan:
        return None
    totals = plan | {timer.section: timer.total_ms for timer in workshop.timers}
    used = {timer.section: used_ms(timer, now) for timer in workshop.timers}
    timer = workshop.timer(workshop.section)
    total = timer.total_ms if timer else 0
    left = total - used.get(workshop.section, 0)
    return TimeStatus(
        section=workshop.section,
        section_total_ms=total,
        section_remaining_ms=left,
        overall_total_ms=sum(totals.values()),
        overall_remaining_ms=sum(totals.values()) - sum(used.values()),
        is_paused=bool(workshop.paused),
        is_exceeded=left < 0 < total,
        is_short=total > 0 and left < total * WARN_BELOW,
        pacing=_pacing(workshop, plan, used),
        deadline=timer.started_at + (total - timer.spent_ms) * MILLISECOND if timer and timer.started_at else None,
    )


def _pacing(workshop: Workshop, plan: dict[str, int], used: dict[str, int]) -> Pacing:
    """What was planned up to here against what it took. A section that still has time counts as it went."""
    planned = 0
    for section, taken in used.items():
        whole = plan.get(section, 0)
        planned += min(taken, whole) if section == workshop.section and workshop.phase != "completed" else whole
    actual = sum(used.values())
    if actual > planned * (1 + PACE_SHARE):
        return "behind"
    return "ahead" if actual < planned * (1 - PACE_SHARE) else "on_track"
