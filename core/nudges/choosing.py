"""What somebody lets reach them, and what a parent limits for a child. Effective with the next look at anybody.

A parent is who the host says is one. Limits only take away: whatever a child chooses, it never gets more by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.accounts.rules import band_of
from core.errors import Invalid, NotFound
from core.events.nudges import NudgeSettingsChanged
from core.nudges.queue import owner
from core.nudges.rules.limits import DAY_MINUTES, KINDS, MOST_A_DAY
from core.transaction import Transaction
from data.tables import NudgeLimits, NudgeMute, NudgeSettings, User

ADDRESS = re.compile(r"[^@\s\x00-\x1f\"<>,;:]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What somebody changes; what is not named stays."""

    app: Mapping[str, bool] = field(default_factory=dict)
    mail: Mapping[str, bool] = field(default_factory=dict)
    quiet: bool | None = None
    quiet_from: int | None = None
    quiet_to: int | None = None
    daily_cap: int | None = None
    digest: bool | None = None
    email: str | None = None
    """Empty takes it back."""


async def choose_nudges(tx: Transaction, given: Choices) -> None:
    """Change what may reach one."""
    me = owner(tx.actor)
    _check_choices(given)
    row = await _settings(tx, me)
    row.app, row.mail = row.app | dict(given.app), row.mail | dict(given.mail)
    for name in ("quiet", "quiet_from", "quiet_to", "daily_cap", "digest"):
        value = getattr(given, name)
        if value is not None:
            setattr(row, name, value)
    if given.email is not None:
        row.email = given.email.strip() or None
    row.updated_at = tx.now
    tx.emit(NudgeSettingsChanged(by="self"), user_id=me, visibility="private")


async def mute_kind(tx: Transaction, kind: str) -> None:
    """Hear nothing of a kind any more, by no way."""
    await choose_nudges(tx, Choices(app={kind: False}, mail={kind: False}))


async def unmute_friend(tx: Transaction, sender_id: UUID) -> None:
    me = owner(tx.actor)
    gone = delete(NudgeMute).where(NudgeMute.user_id == me, NudgeMute.sender_id == sender_id)
    if not (await tx.db.execute(gone)).rowcount:  # type: ignore[attr-defined]
        raise NotFound("Nobody is muted by this id.")
    tx.emit(NudgeSettingsChanged(by="self"), user_id=me, visibility="private")


def _check_choices(given: Choices) -> None:
    problems = [
        *(
            _problem(name, "there is no such kind")
            for way in (given.app, given.mail)
            for name in way
            if name not in KINDS
        ),
        *_time_problems(given.quiet_from, given.quiet_to),
    ]
    if given.daily_cap is not None and not 0 <= given.daily_cap <= MOST_A_DAY:
        problems.append(_problem("daily_cap", f"0 to {MOST_A_DAY}"))
    if given.email and not (len(given.email) <= 254 and ADDRESS.fullmatch(given.email.strip())):
        problems.append(_problem("email", "an address such as ada@example.org"))
    if problems:
        raise Invalid(fields=problems)


def _problem(field: str, message: str) -> dict[str, str]:
    return {"field": field[:64], "message": message}


def _time_problems(start: int | None, end: int | None) -> list[dict[str, str]]:
    given = (("quiet_from", start), ("quiet_to", end))
    return [_problem(name, "minutes of a day") for name, at in given if at is not None and not 0 <= at < DAY_MINUTES]


async def _settings(tx: Transaction, user_id: UUID) -> NudgeSettings:
    fresh = insert(NudgeSettings).values(user_id=user_id, updated_at=tx.now).on_conflict_do_nothing()
    await tx.db.execute(fresh)
    wanted = select(NudgeSettings).where(NudgeSettings.user_id == user_id).with_for_update()
    return (await tx.db.execute(wanted.execution_options(populate_existing=True))).scalar_one()


# --- what a parent limits


async def child_of(tx: Transaction, child_id: UUID) -> User:
    """One's own child, a minor; anybody else is unknown."""
    me = owner(tx.actor)
    wanted = select(User).where(User.id == child_id, User.parent_id == me).with_for_update(read=True, key_share=True)
    child = (await tx.db.execute(wanted)).scalar_one_or_none()
    if child is None or band_of(child.birth_date, child.age_band, tx.now.date()) == "adult":
        raise NotFound("There is no child of yours by this id.")
    return child


@dataclass(frozen=True, slots=True, kw_only=True)
class Limiting:
    """All limits that a parent sets; None is no limit."""

    kinds_off: tuple[str, ...] = ()
    mail: bool | None = None
    quiet_from: int | None = None
    quiet_to: int | None = None
    daily_cap: int | None = None


async def limit_child(tx: Transaction, child_id: UUID, given: Limiting) -> None:
    """Set what may reach one's child at most; the limits before are replaced."""
    problems = [
        *(_problem("kinds_off", "there is no such kind") for kind in given.kinds_off if kind not in KINDS),
        *_time_problems(given.quiet_from, given.quiet_to),
    ]
    if (given.quiet_from is None) != (given.quiet_to is None):
        problems.append(_problem("quiet_from", "both ends of the quiet hours, or neither"))
    if given.daily_cap is not None and not 0 <= given.daily_cap <= MOST_A_DAY:
        problems.append(_problem("daily_cap", f"0 to {MOST_A_DAY}"))
    if problems:
        raise Invalid(fields=problems)
    child = await child_of(tx, child_id)
    values: dict[str, Any] = {
        "parent_id": tx.actor.id,
        "kinds_off": sorted(set(given.kinds_off)),
        "mail": given.mail,
        "quiet_from": given.quiet_from,
        "quiet_to": given.quiet_to,
        "daily_cap": given.daily_cap,
        "updated_at": tx.now,
    }
    added = insert(NudgeLimits).values(child_id=child.id, **values)
    await tx.db.execute(added.on_conflict_do_update(index_elements=["child_id"], set_=values))
    tx.emit(NudgeSettingsChanged(by="parent"), user_id=child.id, visibility="private")
