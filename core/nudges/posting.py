"""Letters that are due: what is in them, and what became of them.

One person's nudges that are due at the same time are one letter. A row is marked when the letter is out, so a crash in
between sends it again with the same key: at least once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.content import subjects
from core.nudges.crowd import people_of
from core.nudges.mailing import Letter, Post
from core.nudges.rules.detecting import may_meet
from core.principal import SYSTEM
from core.transaction import Transaction, Transactions
from data.tables import Block, DeliveryRow, NudgeRow, NudgeSettings, User

AT_ONCE: Final = 200
TRIES: Final = 5
PAUSES: Final = (60, 300, 1800, 7200)
"""Seconds after the first failure, the second and so on."""


@dataclass(frozen=True, slots=True)
class Due:
    row: DeliveryRow
    nudge: NudgeRow
    owner: User
    about: User
    address: str


async def post_due(transactions: Transactions, post: Post) -> dict[str, int]:
    """Send what is due; how many rows were sent, kept, dropped and failed."""
    counts = {"sent": 0, "kept": 0, "dropped": 0, "failed": 0}
    now = transactions.clock.now()
    async with transactions.read() as db:
        due = await _due(db, now)
        people = await people_of(db, {id for one in due for id in (one.owner.id, one.about.id)}, now, posted=True)
        blocked = await _blocked(db, due)
    letters: dict[UUID, list[Due]] = defaultdict(list)
    for one in due:
        pair = (people[one.owner.id], people[one.about.id])
        own = one.owner.id == one.about.id
        gone = one.nudge.status in ("accepted", "ignored") or (not own and (not may_meet(*pair) or pair[1].offline))
        reached = one.address or post.knows_addresses
        if gone or not reached or one.nudge.nudge_type not in pair[0].allowed.mail or one.row.id in blocked:
            counts["dropped"] += await transactions.run(SYSTEM, _mark, [one], "dropped", "")
        elif not post.sends:
            counts["kept"] += await transactions.run(SYSTEM, _mark, [one], "kept", "")
        else:
            letters[one.owner.id].append(one)
    for rows in letters.values():
        await _send(transactions, post, rows, counts)
    return counts


async def _send(transactions: Transactions, post: Post, rows: list[Due], counts: dict[str, int]) -> None:
    try:
        await post.send(letter_of(rows))
    except OSError as error:
        counts["failed"] += await transactions.run(SYSTEM, _mark, rows, "failed", type(error).__name__)
    else:
        counts["sent"] += await transactions.run(SYSTEM, _mark, rows, "sent", "")


async def _due(db: AsyncSession, now: Any) -> list[Due]:
    owner, about = User, User.__table__.alias("about")
    wanted = (
        select(DeliveryRow, NudgeRow, owner, NudgeSettings.email, about.c.id)
        .join(NudgeRow, NudgeRow.id == DeliveryRow.nudge_id)
        .join(owner, owner.id == DeliveryRow.user_id)
        .join(about, about.c.id == NudgeRow.sender_id)
        .outerjoin(NudgeSettings, NudgeSettings.user_id == DeliveryRow.user_id)
        .where(DeliveryRow.status == "waiting", DeliveryRow.due_at <= now)
        .order_by(DeliveryRow.due_at)
        .limit(AT_ONCE)
    )
    rows = (await db.execute(wanted)).all()
    named = select(User).where(User.id.in_({row.id for row in rows}))
    people = {user.id: user for user in (await db.execute(named)).scalars()} if rows else {}
    return [Due(row[0], row[1], row[2], people[row.id], row.email or "") for row in rows]


async def _blocked(db: AsyncSession, due: Sequence[Due]) -> set[UUID]:
    """Those of these that a block has come between since."""
    owners = {one.owner.id for one in due}
    if not owners:
        return set()
    wanted = select(Block.blocker_id, Block.blocked_id)
    rows = await db.execute(wanted.where(or_(Block.blocker_id.in_(owners), Block.blocked_id.in_(owners))))
    apart = {frozenset(pair) for pair in rows}
    return {one.row.id for one in due if frozenset((one.owner.id, one.about.id)) in apart}


async def _mark(tx: Transaction, rows: Sequence[Due], status: str, error: str) -> int:
    """Write what became of rows; one that failed waits and is tried again, a few times."""
    for one in rows:
        attempts = one.row.attempts + 1
        values: dict[str, Any] = {"status": status, "attempts": attempts}
        if status == "sent":
            values["sent_at"] = tx.now
        elif status == "failed":
            values["error"] = error[:200]
            if attempts < TRIES:
                values |= {"status": "waiting", "due_at": tx.now + timedelta(seconds=PAUSES[attempts - 1])}
        waiting = update(DeliveryRow).where(DeliveryRow.id == one.row.id, DeliveryRow.status == "waiting")
        await tx.db.execute(waiting.values(**values).execution_options(synchronize_session=False))
    return len(rows)


def letter_of(rows: Sequence[Due]) -> Letter:
    """The words of a letter: public names, what they practise, and where to go on."""
    lines = [_line(one) for one in rows]
    first = rows[0]
    title = lines[0].rstrip(".") if len(lines) == 1 else f"{len(lines)} things happened while you were away"
    end = "Open Tandem whenever you like. What reaches you is your choice, on its page Nudges."
    text = "\n".join([f"Hello {first.owner.username},", "", *lines, "", end])
    return Letter(first.row.id, first.owner.external_id, first.address, title[:120], text + "\n")


def _line(one: Due) -> str:
    nudge, name = one.nudge, one.about.username
    subject = subjects().get(nudge.subject_id or "")
    skill = str(nudge.details.get("skill") or "").replace("-", " ")
    what = skill.capitalize() if skill else subject.name if subject else ""
    if nudge.nudge_type == "streak_rescue":
        return f"A short practice today keeps your {nudge.details.get('days', '')} days going."
    if nudge.nudge_type == "challenge":
        score = nudge.details.get("score")
        goal = f": beat {round(score)}%" if isinstance(score, int | float) else ""
        return f"{name} challenged you{goal}{f' on {what}' if what else ''}."
    over = nudge.status == "expired"
    doing = "was practising" if over else "is practising"
    return f"{name} {doing} {what}." if what else f"{name} {'was' if over else 'is'} online."
