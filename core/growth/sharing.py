"""What somebody may share of their progress outside: a sentence without a name, and a link to the front door.

The decision is made here and written down with the click: whether there is something to tell, and whether it may leave.
A minor's progress leaves only where a parent said yes. Scores, names, pictures and schools never do.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core.errors import Forbidden
from core.events.feed import ActivityFeedShareClicked
from core.safety.gate import ActionRequest, Gate
from core.safety.rules import REASONS
from core.transaction import Transaction
from data.tables import LearnerProgress, ParentalConsent

NOTHING_YET = "Finish a practice first, and there is something to tell."
SCOPE = "sharing_outside"


@dataclass(frozen=True, slots=True)
class SharePack:
    """Something to share, or why there is nothing."""

    outcome: str
    """`ready`, or the code of the reason."""
    text: str = ""
    link: str = ""
    message: str = ""


async def share_progress(tx: Transaction, gate: Gate, source: str, link: str, *, ip: str | None = None) -> SharePack:
    """Decide on one click, and state it."""
    actor = tx.actor
    if actor.kind != "person" or actor.id is None:
        raise Forbidden
    actor.require("activity:read")
    pack = await _decide(tx, gate, actor.id, link, ip)
    tx.emit(ActivityFeedShareClicked(source=source, outcome=pack.outcome), user_id=actor.id)
    return pack


async def _decide(tx: Transaction, gate: Gate, me: UUID, link: str, ip: str | None) -> SharePack:
    # Beyond what the gate asks for: what leaves the community needs a parent's yes at every age under eighteen.
    reason = "coppa_no_consent" if tx.actor.minor and not await _consented(tx, me) else "ok"
    if reason == "ok":
        reason = (await gate.check_action(tx, ActionRequest(actor=tx.actor, action="social_sharing", ip=ip))).reason
    if reason != "ok":
        return SharePack(reason, message=REASONS[reason])
    progress = await tx.db.get(LearnerProgress, me)
    if progress is None or not progress.practices:
        return SharePack("nothing_yet", message=NOTHING_YET)
    return SharePack("ready", text_of(progress.practices, progress.streak), link)


async def _consented(tx: Transaction, me: UUID) -> bool:
    wanted = select(ParentalConsent.consent_given).where(ParentalConsent.user_id == me, ParentalConsent.scope == SCOPE)
    return bool((await tx.db.execute(wanted)).scalar_one_or_none())


def text_of(practices: int, streak: int) -> str:
    """What one would say of it oneself."""
    done = "one practice" if practices == 1 else f"{practices:,} practices"
    days = f" and {streak} days in a row" if streak > 1 else ""
    return f"{done[0].upper()}{done[1:]}{days}. Learning goes better with company: come and practise too."
