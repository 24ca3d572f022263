"""Nudges about a cohort's challenges: that one was set, that one's own is nearly over, and how it ended.

They are nudges of the kind `challenge`, so whoever turned that off hears none, and caps, quiet hours, blocks and mutes
hold as everywhere. Who cannot be reached just now is not told later: the room itself shows it all. When a challenge is
set, whoever may see its maker in the cohort may hear of it; the other two go to those who take part.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from core.events.cohorts import CohortChallengeClosed, CohortChallengeCreated
from core.events.fact import Fact
from core.nudges.crowd import THESE, people_of, places_now, sent_lately
from core.nudges.reporting import kept_out
from core.nudges.rules.detecting import may_meet
from core.nudges.rules.limits import is_quiet, room_left
from core.nudges.sending import Sending, send, take_turn
from core.reactions import Reaction
from core.transaction import Transaction
from data.tables import Block, ChallengeEntry, CohortChallenge, NudgeMute, NudgeRow, User

Stage = Literal["starts", "ends", "ended", "over", "won"]
NEWS: Final = timedelta(hours=2)
NEARLY: Final = timedelta(hours=2)
"""So long before its end whoever takes part and has no result yet is reminded, once."""
TOO_LATE: Final = timedelta(minutes=10)
TOLD_FOR: Final = timedelta(hours=24)
AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Word:
    """What one person may be told of a challenge, and of whom it tells: often of themselves."""

    to: UUID
    about: UUID
    stage: Stage


async def tell(tx: Transaction, challenge: CohortChallenge, words: Sequence[Word], lasts: timedelta) -> int:
    """Nudge those of these people whom something may reach now; how many."""
    people = await people_of(tx.db, {id for word in words for id in (word.to, word.about)}, tx.now, posted=False)
    sent = await sent_lately(tx.db, {word.to for word in words}, tx.now)
    places = await places_now(tx.db, tx.now)
    sendings = []
    for word in words:
        person, about = people.get(word.to), people.get(word.about)
        if person is None or about is None or "challenge" not in person.allowed.app:
            continue
        if word.to != word.about and not may_meet(about, person):
            continue
        before = [one.at for one in sent if one.recipient_id == word.to]
        quiet = is_quiet(person.allowed.quiet, person.zone, tx.now)
        if quiet or not room_left(before, person.zone, tx.now, person.allowed.daily_cap):
            continue
        place = places.get(word.to)
        sendings.append(
            Sending(
                sender_id=word.about,
                recipient=person,
                nudge_type="challenge",
                subject=challenge.subject_id,
                skill=challenge.skill,
                way="live" if place is not None and not place.busy else "queue",
                lasts=lasts,
                stage=word.stage,
                challenge_id=challenge.id,
            )
        )
    return await send(tx, sendings)


async def notice_challenge(tx: Transaction, fact: Fact) -> None:
    """A challenge was set, or is over."""
    event = fact.event
    if fact.backfill or tx.now - fact.received_at > NEWS:
        return
    if not isinstance(event, CohortChallengeCreated | CohortChallengeClosed):
        return
    challenge = await tx.db.get(CohortChallenge, event.challenge_id)
    if challenge is None:
        return
    await take_turn(tx)
    if isinstance(event, CohortChallengeCreated):
        maker = challenge.creator_id
        if maker is None or challenge.closed_at is not None:
            return
        words = [Word(id, maker, "starts") for id in await _mates(tx, challenge, maker)]
        await tell(tx, challenge, words, challenge.expires_at - tx.now)
        return
    await tell(tx, challenge, await _ends(tx, challenge), TOLD_FOR)


CHALLENGE_NUDGES = Reaction("challenge_nudges", (CohortChallengeCreated, CohortChallengeClosed), notice_challenge)


async def _mates(tx: Transaction, challenge: CohortChallenge, maker: UUID) -> list[UUID]:
    """Learners of the cohort who do not take part yet and may hear of its maker."""
    joined = exists().where(ChallengeEntry.challenge_id == challenge.id, ChallengeEntry.user_id == User.id)
    learners = select(User.id).where(User.cohort_id == challenge.cohort_id, User.role == "student", User.id != maker)
    told = learners.where(~joined, _may_hear(tx, maker, User.id), ~kept_out(maker, tx.now))
    return list((await tx.db.execute(told.order_by(User.id).limit(AT_ONCE))).scalars())


def _may_hear(tx: Transaction, of: UUID, who: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Neither a block nor a mute is between them."""
    blocked = or_(
        and_(Block.blocker_id == of, Block.blocked_id == who), and_(Block.blocker_id == who, Block.blocked_id == of)
    )
    still = or_(NudgeMute.until.is_(None), NudgeMute.until > tx.now)
    muted = exists().where(NudgeMute.user_id == who, NudgeMute.sender_id == of, still)
    return and_(~exists().where(blocked), ~muted)


async def _ends(tx: Transaction, challenge: CohortChallenge) -> list[Word]:
    """Who has a result hears how it ended; of the winner, as far as they may hear of them."""
    winner = challenge.winner_id
    took_part = (
        select(ChallengeEntry.user_id)
        .join(User, User.id == ChallengeEntry.user_id)
        .where(ChallengeEntry.challenge_id == challenge.id, ChallengeEntry.score.is_not(None))
        .where(User.cohort_id == challenge.cohort_id)
    )
    ids = list((await tx.db.execute(took_part.order_by(ChallengeEntry.user_id))).scalars())
    hear = select(User.id).where(User.id == THESE, _may_hear(tx, winner, User.id)) if winner else None
    of_winner = set((await tx.db.execute(hear, {"ids": ids})).scalars()) if hear is not None else set()
    return [_end(id, winner, id in of_winner) for id in ids]


def _end(to: UUID, winner: UUID | None, may_hear: bool) -> Word:
    if to == winner:
        return Word(to, to, "won")
    return Word(to, winner, "over") if winner and may_hear else Word(to, to, "ended")


async def remind(tx: Transaction) -> int:
    """Remind whoever takes part in a challenge that is nearly over and has no result yet; how many."""
    soon = CohortChallenge.expires_at.between(tx.now + TOO_LATE, tx.now + NEARLY)
    running = select(CohortChallenge).where(CohortChallenge.closed_at.is_(None), soon).order_by(CohortChallenge.id)
    challenges = (await tx.db.execute(running.limit(AT_ONCE))).scalars().all()
    if not challenges:
        return 0
    await take_turn(tx)
    reminded = 0
    for challenge in challenges:
        ids = await _without_result(tx.db, challenge)
        told = await _told_of(tx, challenge, ids)
        words = [Word(id, id, "ends") for id in ids if id not in told]
        reminded += await tell(tx, challenge, words, challenge.expires_at - tx.now) if words else 0
    return reminded


async def _without_result(db: AsyncSession, challenge: CohortChallenge) -> list[UUID]:
    here = and_(User.id == ChallengeEntry.user_id, User.cohort_id == challenge.cohort_id)
    wanted = select(ChallengeEntry.user_id).join(User, here).order_by(ChallengeEntry.user_id)
    open_ones = (ChallengeEntry.challenge_id == challenge.id, ChallengeEntry.score.is_(None))
    return list((await db.execute(wanted.where(*open_ones))).scalars())


async def _told_of(tx: Transaction, challenge: CohortChallenge, ids: Collection[UUID]) -> set[UUID]:
    """Whom of these a reminder of this challenge reached already."""
    about = (NudgeRow.details["challenge_id"].astext == str(challenge.id), NudgeRow.details["stage"].astext == "ends")
    lately = NudgeRow.inserted_at > tx.now - NEARLY - TOO_LATE
    wanted = select(NudgeRow.recipient_id).where(NudgeRow.recipient_id == THESE, lately, *about)
    return set((await tx.db.execute(wanted, {"ids": list(ids)})).scalars())
