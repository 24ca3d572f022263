"""Challenges that members of a cohort set each other: made, joined, scored by practising, and over by themselves.

Whoever takes part and finishes a practice in the challenge's skill has a result in it; the best one counts, of equals
the first. After a day the challenge closes, and if two or more had a result the best has won. Entries are what says how
many take part, so however many join at once nobody is counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.accounts.doings import add_activity
from core.content import subjects
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.events.catalog import ChallengeWon, PracticeCompleted
from core.events.cohorts import (
    CohortChallengeClosed,
    CohortChallengeCreated,
    CohortChallengeJoined,
    CohortChallengeScored,
)
from core.events.fact import Fact
from core.ids import new_id
from core.practice.catalogue import What, what_of
from core.reactions import Reaction
from core.safety.gate import ActionRequest, Gate
from core.social import rules
from core.social.rooms import TAKE_PART, hold_room, member
from core.transaction import Transaction
from data.tables import ChallengeEntry, CohortChallenge, ResultRow, User

OVER = "This challenge is not here (any more)."
CLOSED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Made:
    challenge_id: UUID
    subject: str
    skill: str
    expires_at: datetime


def skill_of(skill: str, subject: str | None = None) -> What:
    """A skill of the catalogue by its name alone, or by its subject's too."""
    if subject is not None:
        return what_of(subject, skill)
    wanted = "-".join(skill.strip().lower().split())
    found = [one.id for one in subjects().values() if wanted in one.skills]
    if len(found) != 1:
        raise Invalid(
            "Which subject's skill is it?" if found else "No subject has such a skill.", reason="unknown_skill"
        )
    return what_of(found[0], wanted)


async def challenge_cohort(
    tx: Transaction, gate: Gate, skill: str, *, subject: str | None = None, ip: str | None = None
) -> Made:
    """Set one's cohort a challenge in a skill. Learners take part in their own; staff do not."""
    me, cohort_id = member(tx.actor, TAKE_PART)
    what = skill_of(skill, subject)
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="challenge", ip=ip))
    maker = await _hold_member(tx, me, cohort_id)
    # Changing the room's row: two who make challenges at once do it in turn, so that none is one too many.
    await hold_room(tx, cohort_id, to_change=True)
    await _refuse_too_many(tx, me, cohort_id, what)
    challenge = CohortChallenge(
        id=new_id(),
        cohort_id=cohort_id,
        creator_id=me,
        subject_id=what.subject,
        skill=what.skill,
        created_at=tx.now,
        expires_at=tx.now + rules.CHALLENGE_LASTS,
    )
    tx.db.add(challenge)
    await tx.db.flush()
    created = CohortChallengeCreated(challenge_id=challenge.id, expires_at=challenge.expires_at)
    tx.emit(created, user_id=me, **_where(challenge))
    if maker.role == "student":
        await _enter(tx, challenge, me)
    return Made(challenge.id, what.subject, what.skill, challenge.expires_at)


def _where(challenge: CohortChallenge) -> dict[str, Any]:
    return {
        "cohort_id": challenge.cohort_id,
        "subject": challenge.subject_id,
        "skill": challenge.skill,
        "visibility": "cohort",
    }


async def _hold_member(tx: Transaction, me: UUID, cohort_id: UUID) -> User:
    """Whoever acts is in this cohort, and seen there, until the commit."""
    wanted = select(User).where(User.id == me).with_for_update(read=True)
    user = (await tx.db.execute(wanted.execution_options(populate_existing=True))).scalar_one_or_none()
    if user is None or user.cohort_id != cohort_id:
        raise Forbidden(reason="not_in_cohort")
    if user.audience == "nobody":
        raise Forbidden("This opens when a parent says yes.", reason="coppa_no_consent")
    return user


async def _refuse_too_many(tx: Transaction, me: UUID, cohort_id: UUID, what: What) -> None:
    running = (CohortChallenge.cohort_id == cohort_id) & CohortChallenge.closed_at.is_(None)
    wanted = select(CohortChallenge.creator_id, CohortChallenge.skill, CohortChallenge.subject_id).where(running)
    rows = (await tx.db.execute(wanted)).all()
    if any((row.subject_id, row.skill) == (what.subject, what.skill) for row in rows):
        raise Conflict("There is a challenge in this already. Join that one.", reason="already_open")
    if sum(row.creator_id == me for row in rows) >= rules.CHALLENGES_EACH:
        raise Conflict("Three of yours are open. Let one of them end first.", reason="too_many_challenges")
    if len(rows) >= rules.CHALLENGES_AT_ONCE:
        raise Conflict("There are many challenges already. Join one of those.", reason="too_many_challenges")


async def join_challenge(tx: Transaction, gate: Gate, challenge_id: UUID, *, ip: str | None = None) -> bool:
    """Take part; whoever does so already stays in once. Returns whether that is new."""
    me, cohort_id = member(tx.actor, TAKE_PART)
    wanted = select(CohortChallenge).where(CohortChallenge.id == challenge_id, CohortChallenge.cohort_id == cohort_id)
    seen = (await tx.db.execute(wanted)).scalar_one_or_none()
    if seen is None or seen.creator_id in tx.actor.hidden:
        raise NotFound(OVER)
    await gate.admit(tx, ActionRequest(actor=tx.actor, action="join_challenge", target_id=seen.creator_id, ip=ip))
    await _hold_member(tx, me, cohort_id)
    held = wanted.with_for_update(read=True).execution_options(populate_existing=True)
    challenge = (await tx.db.execute(held)).scalar_one_or_none()
    if challenge is None or challenge.closed_at is not None or challenge.expires_at <= tx.now:
        raise Conflict("This challenge is over.", reason="challenge_over")
    return await _enter(tx, challenge, me)


async def _enter(tx: Transaction, challenge: CohortChallenge, me: UUID) -> bool:
    row = {"challenge_id": challenge.id, "user_id": me, "joined_at": tx.now}
    added = insert(ChallengeEntry).values(row).on_conflict_do_nothing().returning(ChallengeEntry.user_id)
    if (await tx.db.execute(added)).scalar_one_or_none() is None:
        return False
    tx.emit(CohortChallengeJoined(challenge_id=challenge.id), user_id=me, **_where(challenge))
    return True


# --- results


async def score_challenges(tx: Transaction, fact: Fact) -> None:
    """A practice that somebody finished counts in the open challenges of its skill that they take part in."""
    event = fact.event
    if not isinstance(event, PracticeCompleted) or fact.backfill or fact.user_id is None:
        return
    mine = (
        select(CohortChallenge, ChallengeEntry)
        .join(ChallengeEntry, ChallengeEntry.challenge_id == CohortChallenge.id)
        .where(
            ChallengeEntry.user_id == fact.user_id,
            ChallengeEntry.joined_at <= fact.at,
            CohortChallenge.subject_id == fact.subject,
            CohortChallenge.skill == fact.skill,
            CohortChallenge.cohort_id == fact.cohort_id,
            CohortChallenge.closed_at.is_(None),
            CohortChallenge.expires_at > fact.at,
        )
        .order_by(CohortChallenge.id)
        .with_for_update(of=CohortChallenge)
    )
    score = int(event.score * 100 + 0.5 + 1e-7)
    for challenge, entry in (await tx.db.execute(mine)).all():
        if entry.score is not None and entry.score >= score:
            continue
        entry.score, entry.reached_at, entry.result_id = score, fact.at, fact.event_id
        scored = CohortChallengeScored(challenge_id=challenge.id, score=score / 100, reached_at=fact.at)
        tx.emit(scored, user_id=fact.user_id, **_where(challenge))


CHALLENGE_RESULTS = Reaction("challenge_results", (PracticeCompleted,), score_challenges)


# --- the end


async def close_due(tx: Transaction) -> int:
    """End what is over; several who do this at once do it once. Returns how many ended."""
    due = select(CohortChallenge).where(CohortChallenge.closed_at.is_(None), CohortChallenge.expires_at <= tx.now)
    due = due.order_by(CohortChallenge.id).limit(CLOSED_AT_ONCE).with_for_update(skip_locked=True)
    ended = (await tx.db.execute(due.execution_options(populate_existing=True))).scalars().all()
    for challenge in ended:
        await _close(tx, challenge)
    return len(ended)


async def _close(tx: Transaction, challenge: CohortChallenge) -> None:
    best = await _winner(tx, challenge)
    challenge.closed_at = tx.now
    challenge.winner_id = best.user_id if best else None
    closed = CohortChallengeClosed(challenge_id=challenge.id, winner_id=challenge.winner_id)
    tx.emit(closed, **_where(challenge))
    if best is None or best.score is None:
        return
    held = select(User).where(User.id == best.user_id).with_for_update(read=True, key_share=True)
    user = (await tx.db.execute(held)).scalar_one_or_none()
    if user is not None:
        won = ChallengeWon(score=best.score / 100)
        # A cohort's challenge is the cohort's business.
        add_activity(tx, user, won, reach="cohort", at=tx.now, subject=challenge.subject_id, skill=challenge.skill)


async def _winner(tx: Transaction, challenge: CohortChallenge) -> rules.Standing | None:
    """The best of those who are still in the cohort, by results that boards count too."""
    doubted = select(ResultRow.id).where(ResultRow.id == ChallengeEntry.result_id, ResultRow.status != "counted")
    wanted = (
        select(ChallengeEntry.user_id, ChallengeEntry.score, ChallengeEntry.reached_at)
        .join(User, User.id == ChallengeEntry.user_id)
        .where(
            ChallengeEntry.challenge_id == challenge.id,
            User.cohort_id == challenge.cohort_id,
            User.audience != "nobody",
            ChallengeEntry.score.is_not(None),
            ~doubted.exists(),
        )
    )
    entries = [rules.Standing(*row) for row in (await tx.db.execute(wanted)).all()]
    best = rules.winner(entries)
    return next((entry for entry in entries if entry.user_id == best), None)
