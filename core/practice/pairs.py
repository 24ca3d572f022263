"""Practising together: an invitation, its answer, and from a yes on a run for each of the two.

Only friends and people of one cohort may ask each other, and only who may meet: who does not exist, who is blocked and
who is out of reach look the same. What concerns one pair of people happens in turn.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import func, select, update

from core.errors import Conflict, NotFound
from core.ids import new_id
from core.practice.catalogue import What
from core.practice.commands import begin_run, person, tell_pair
from core.safety.gate import ActionRequest, Gate
from core.safety.rules import REASONS
from core.transaction import Transaction
from data.tables import CoPractice, Friendship, PracticeRun, User

NOBODY = REASONS["blocked"]
PAIR_LOCKS = 0x7A4F
OPEN_FOR = timedelta(minutes=5)
"""So long an invitation can be answered."""


async def invite(tx: Transaction, gate: Gate, partner_id: UUID, what: What, *, ip: str | None = None) -> CoPractice:
    """Ask somebody to practise together. An open invitation of the two for the same skill is that one."""
    me = person(tx.actor)
    await _in_turn(tx, me, partner_id)
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="co_practice", target_id=partner_id, ip=ip))
    await _may_practise(tx, me, partner_id)
    open_one = await _open_between(tx, me, partner_id, what)
    if open_one is not None:
        return open_one
    pair = CoPractice(
        id=new_id(),
        inviter_id=me,
        partner_id=partner_id,
        app=what.app,
        subject_id=what.subject,
        skill=what.skill,
        status="invited",
        created_at=tx.now,
    )
    tx.db.add(pair)
    tell_pair(tx, pair)
    return pair


async def answer(tx: Transaction, gate: Gate, session_id: UUID, accept: bool, *, ip: str | None = None) -> CoPractice:
    """Say yes, which begins both runs, or no. Who invited may say no as well, which takes it back."""
    me = person(tx.actor)
    found = await tx.db.get(CoPractice, session_id)
    if found is None or found.inviter_id is None or found.partner_id is None or me not in both_of(found):
        raise NotFound(reason="unknown_practice")
    other = found.partner_id if me == found.inviter_id else found.inviter_id
    await _in_turn(tx, me, other)
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="co_answer", target_id=other, ip=ip))
    wanted = select(CoPractice).where(CoPractice.id == session_id).with_for_update()
    pair = (await tx.db.execute(wanted.execution_options(populate_existing=True))).scalar_one()
    if pair.status != "invited":
        raise Conflict("This was answered already.", reason=f"already_{pair.status}")
    if not accept:
        pair.status, pair.ended_at = "declined", tx.now
    elif me == pair.inviter_id:
        raise Conflict("The other side has to answer this.", reason="not_yours_to_answer")
    elif tx.now - pair.created_at > OPEN_FOR:
        raise Conflict("This invitation is too old by now.", reason="expired")
    else:
        await _begin(tx, pair)
    tell_pair(tx, pair)
    return pair


async def _begin(tx: Transaction, pair: CoPractice) -> None:
    """Both begin at the same moment; what either had running is over."""
    await _may_practise(tx, pair.inviter_id, pair.partner_id)
    people = await _hold_both(tx, both_of(pair))
    pair.status = "live"
    await tx.db.flush()
    what = What(pair.subject_id, pair.skill, pair.app)
    for seat, user_id in enumerate(both_of(pair)):
        await begin_run(tx, people[user_id], what, session_id=pair.id, seat=seat)


def both_of(pair: CoPractice) -> tuple[UUID, ...]:
    return tuple(user_id for user_id in (pair.inviter_id, pair.partner_id) if user_id)


async def _hold_both(tx: Transaction, ids: tuple[UUID, ...]) -> dict[UUID, User]:
    wanted = select(User).where(User.id.in_(ids)).order_by(User.id).with_for_update(key_share=True)
    return {user.id: user for user in (await tx.db.execute(wanted)).scalars()}


async def _in_turn(tx: Transaction, one: UUID, other: UUID) -> None:
    pair = int.from_bytes(blake2b(b"".join(sorted((one.bytes, other.bytes))), digest_size=4).digest(), signed=True)
    await tx.db.execute(select(func.pg_advisory_xact_lock(PAIR_LOCKS, pair)))


async def _may_practise(tx: Transaction, one: UUID | None, other: UUID | None) -> None:
    """Friends and people of one cohort, as far as they may see each other."""
    wanted = select(User).where(User.id.in_((one, other))).order_by(User.id).with_for_update(read=True, key_share=True)
    people = list((await tx.db.execute(wanted)).scalars())
    if len(people) < 2:
        raise NotFound(NOBODY)
    first, second = people
    mates = first.cohort_id is not None and first.cohort_id == second.cohort_id
    public = first.audience == second.audience == "public"
    if "nobody" in (first.audience, second.audience) or not (mates or public):
        raise NotFound(NOBODY)
    if not mates and not await _friends(tx, first.id, second.id):
        raise NotFound(NOBODY)


async def _friends(tx: Transaction, one: UUID, other: UUID) -> bool:
    low, high = sorted((one, other))
    pair = select(Friendship.id).where(Friendship.low_id == low, Friendship.high_id == high)
    return (await tx.db.execute(pair.where(Friendship.status == "accepted"))).first() is not None


async def _open_between(tx: Transaction, me: UUID, partner_id: UUID, what: What) -> CoPractice | None:
    young = CoPractice.created_at > tx.now - OPEN_FOR
    wanted = select(CoPractice).where(CoPractice.inviter_id == me, CoPractice.partner_id == partner_id, young)
    wanted = wanted.where(CoPractice.status == "invited", CoPractice.subject_id == what.subject)
    return (await tx.db.execute(wanted.where(CoPractice.skill == what.skill).limit(1))).scalar_one_or_none()


async def end_unanswered(tx: Transaction) -> int:
    """Invitations that nobody answered are declined; how many."""
    old = update(CoPractice).where(CoPractice.status == "invited", CoPractice.created_at < tx.now - OPEN_FOR)
    gone = old.values(status="declined", ended_at=tx.now).execution_options(synchronize_session=False)
    result = await tx.db.execute(gone.returning(CoPractice))
    pairs = list(result.scalars())
    for pair in pairs:
        tell_pair(tx, pair)
    return len(pairs)


async def runs_of(tx: Transaction, session_id: UUID) -> list[PracticeRun]:
    wanted = select(PracticeRun).where(PracticeRun.session_id == session_id).order_by(PracticeRun.seat)
    return list((await tx.db.execute(wanted)).scalars())
