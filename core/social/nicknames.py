"""The name somebody chooses for themselves in front of others: on boards, in feeds and rooms, everywhere alike.

It is cleaned and judged like a message before anybody reads it; what would be held there is refused here, with a reason
that helps. A minor's says neither how to reach them nor more of their name than the first, and while nobody may see a
child they choose none. It goes before a nickname that the host sends. Staff take one back, on record.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.commands import rename_person
from core.accounts.names import gives_away, visible
from core.accounts.rules import band_of, is_text
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.ids import new_id
from core.safety.gate import ActionRequest, Gate
from core.safety.redaction import redact
from core.social import rules
from core.social.chat import holds
from core.transaction import Transaction
from data.tables import AuditRow, User

SCOPE: Final = "leaderboard:choose"
STAFF: Final = "activity:moderate"
SHORTEST, LONGEST = 2, 24
OFFICIAL: Final = ("admin", "staff", "tutor", "teacher", "moderator", "support", "tandem")
"""Words that would make somebody look like the house."""
REASONS: Final = {
    "length": f"{SHORTEST} to {LONGEST} characters, please.",
    "contact": "Nothing by which others could reach you, please.",
    "unkind": "Choose something kind, please.",
    "official": "That would look as if you worked here.",
    "own_name": "For your safety: nothing of your family name, and no long numbers.",
}


def problem_of(text: str) -> str | None:
    """Why a cleaned nickname is none that everybody could have; None if it is fine. Pure."""
    if not SHORTEST <= len(text) <= LONGEST or "\n" in text:
        return "length"
    if redact(text, lambda kind: "").found:
        return "contact"
    if rules.judge(text, holds()).reason:
        return "unkind"
    flat = "".join(letter for letter in text.casefold() if letter.isalnum())
    return "official" if any(word in flat for word in OFFICIAL) else None


async def choose_nickname(tx: Transaction, gate: Gate, nickname: str | None, *, ip: str | None = None) -> User:
    """Choose what others call one, or, with none, be called as before."""
    me = tx.actor.id
    if tx.actor.kind != "person" or me is None:
        raise Forbidden
    tx.actor.require(SCOPE)
    text = "" if nickname is None else visible(rules.clean(nickname)) if is_text(nickname) else ""
    if nickname is not None:
        _refuse(problem_of(text))
        await gate.admit(tx, ActionRequest(actor=tx.actor, action="choose_name", ip=ip))
    user = await _hold(tx, me)
    if text:
        band = band_of(user.birth_date, user.age_band, tx.now.date())
        _refuse("own_name" if band != "adult" and gives_away(text, user.name) else None)
        await _refuse_taken(tx, user, text)
    user.own_nickname = text or None
    await rename_person(tx, user)
    return user


async def take_back_nickname(tx: Transaction, user_id: UUID) -> User:
    """Staff take somebody's nickname back: they are called as before they chose it, everywhere at once."""
    if tx.actor.kind != "person" or tx.actor.id is None:
        raise Forbidden
    tx.actor.require(STAFF)
    user = await _hold(tx, user_id)
    if user.own_nickname is None:
        return user
    user.own_nickname = None
    row: dict[str, Any] = {"id": new_id(), "at": tx.now, "actor_id": tx.actor.id, "action": "nickname_taken_back"}
    row |= {"allowed": True, "reason": "ok", "target_id": user_id, "details": {}}
    await tx.db.execute(insert(AuditRow).values(row))
    await rename_person(tx, user)
    return user


async def nickname_of(db: AsyncSession, user_id: UUID) -> tuple[str | None, str]:
    """The nickname that somebody chose, and what others call them."""
    row = (await db.execute(select(User.own_nickname, User.username).where(User.id == user_id))).one_or_none()
    if row is None:
        raise NotFound
    return row.own_nickname, row.username


async def nicknamed(db: AsyncSession, ids: Collection[UUID]) -> set[UUID]:
    """Those of these people who are called by a nickname that they chose: only staff are told."""
    wanted = select(User.id).where(User.id.in_(set(ids)), User.own_nickname.is_not(None))
    return set((await db.execute(wanted)).scalars()) if ids else set()


def _refuse(reason: str | None) -> None:
    if reason is not None:
        raise Invalid(REASONS[reason], reason=reason, fields=[{"field": "nickname", "message": REASONS[reason]}])


async def _hold(tx: Transaction, user_id: UUID) -> User:
    wanted = select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
    user = (await tx.db.execute(wanted)).scalar_one_or_none()
    if user is None:
        raise NotFound
    return user


async def _refuse_taken(tx: Transaction, user: User, text: str) -> None:
    """Nobody is to be taken for somebody else of their cohort."""
    if user.cohort_id is None:
        return
    others = select(User.id).where(User.cohort_id == user.cohort_id, User.id != user.id)
    taken = others.where(func.lower(User.username) == text.lower()).limit(1)
    if (await tx.db.execute(taken)).first() is not None:
        raise Conflict("Somebody in your cohort is called that. Choose another one.", reason="taken")
