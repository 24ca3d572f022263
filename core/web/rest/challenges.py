"""The challenges of one's own cohort by REST: the open ones with who leads, making one, taking part."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from core.social import challenges
from core.social.room_queries import joined_by, open_challenges, past_challenges
from core.social.room_state import Challenge, places
from core.social.rooms import READ, TAKE_PART, member
from core.transaction import Transaction
from core.web.channels.hiding import without
from core.web.rest.fields import Input, Output
from core.web.routes import READING, Call, Routes

routes = Routes("Cohort")

ADA = "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d5e"
CHALLENGE_ID = "01936f2e-8c1e-7d3a-9b52-3f6c1a2b4d80"
PAST = 20


class PlaceOut(Output, frozen=True, kw_only=True):
    """Somebody who takes part; equal results share a rank, and who has none yet has no rank."""

    user_id: UUID
    user_name: str
    user_avatar: str
    rank: int | None
    score: float | None


class ChallengeOut(Output, frozen=True, kw_only=True):
    """An open challenge, with everybody who takes part, best first."""

    challenge_id: UUID
    user_id: UUID
    creator_name: str
    creator_avatar: str
    subject: str
    skill: str
    created_at: datetime
    expires_at: datetime
    participant_count: int
    participants: list[PlaceOut]
    joined: bool


class PastOut(Output, frozen=True, kw_only=True):
    """A challenge that is over."""

    challenge_id: UUID
    subject: str
    skill: str
    closed_at: datetime
    winner_id: UUID | None


class ChallengesOut(Output, frozen=True, kw_only=True):
    """The challenges of one's cohort: open ones, oldest first, and the last that are over."""

    challenges: list[ChallengeOut]
    past: list[PastOut]


@routes(
    "GET",
    "/api/v1/cohort/challenges",
    scope=READ,
    summary="The challenges of one's cohort.",
    rate=READING,
    answer_example={
        "challenges": [
            {
                "challenge_id": CHALLENGE_ID,
                "user_id": ADA,
                "creator_name": "Ada",
                "creator_avatar": "/assets/avatars/fox-3.svg",
                "subject": "math",
                "skill": "fractions",
                "created_at": "2026-03-02T11:00:00Z",
                "expires_at": "2026-03-03T11:00:00Z",
                "participant_count": 1,
                "participants": [
                    {
                        "user_id": ADA,
                        "user_name": "Ada",
                        "user_avatar": "/assets/avatars/fox-3.svg",
                        "rank": 1,
                        "score": 92.0,
                    }
                ],
                "joined": True,
            }
        ],
        "past": [],
    },
)
async def get_challenges(call: Call[None, None]) -> ChallengesOut:
    me, cohort_id = member(call.principal, READ)
    hidden = call.principal.hidden
    async with call.app.transactions.read() as db:
        found = [one for one in await open_challenges(db, cohort_id) if one.user_id not in hidden]
        joined = set(await joined_by(db, me, cohort_id))
        past = await past_challenges(db, cohort_id, PAST)
    names = frozenset(map(str, hidden))
    return ChallengesOut(
        challenges=[_shown(one, one.challenge_id in joined, names) for one in found],
        past=[
            PastOut(
                challenge_id=one.id,
                subject=one.subject_id,
                skill=one.skill,
                closed_at=one.closed_at or one.expires_at,
                winner_id=None if one.winner_id in hidden else one.winner_id,
            )
            for one in past
        ],
    )


def _shown(one: Challenge, joined: bool, hidden: frozenset[str]) -> ChallengeOut:
    wire = one.wire() | {"participants": without(places(one.entries), hidden)}
    return ChallengeOut(
        challenge_id=one.challenge_id,
        user_id=one.user_id,
        creator_name=one.name,
        creator_avatar=one.avatar,
        subject=one.subject,
        skill=one.skill,
        created_at=one.created_at,
        expires_at=one.expires_at,
        participant_count=len(one.entries),
        participants=[PlaceOut(**{**place, "user_id": UUID(place["user_id"])}) for place in wire["participants"]],
        joined=joined,
    )


class ChallengeIn(Input, frozen=True, kw_only=True):
    """A skill of the catalogue; its subject too, where several have it."""

    skill: Annotated[str, Meta(min_length=1, max_length=64)]
    subject: Annotated[str, Meta(max_length=64)] | None = None


class MadeOut(Output, frozen=True, kw_only=True):
    """A challenge that begins now."""

    challenge_id: UUID
    subject: str
    skill: str
    expires_at: datetime


@routes(
    "POST",
    "/api/v1/cohort/challenges",
    scope=TAKE_PART,
    summary="Set one's cohort a challenge, for a day.",
    status=201,
    errors=(409,),
    example={"skill": "fractions"},
    answer_example={
        "challenge_id": CHALLENGE_ID,
        "subject": "math",
        "skill": "fractions",
        "expires_at": "2026-03-03T11:00:00Z",
    },
)
async def post_challenge(tx: Transaction, call: Call[ChallengeIn, None]) -> MadeOut:
    """Learners take part in their own. Results come from practising the skill; the best one counts."""
    given = call.body
    made = await challenges.challenge_cohort(
        tx, call.app.gate, given.skill, subject=given.subject or None, ip=call.address
    )
    return MadeOut(challenge_id=made.challenge_id, subject=made.subject, skill=made.skill, expires_at=made.expires_at)


class JoinedOut(Output, frozen=True, kw_only=True):
    """That one takes part."""

    challenge_id: UUID
    joined: Annotated[bool, Meta(description="False for who took part already.")]


@routes(
    "POST",
    "/api/v1/cohort/challenges/{challenge_id}/join",
    scope=TAKE_PART,
    summary="Take part in a challenge, once.",
    errors=(404, 409),
    answer_example={"challenge_id": CHALLENGE_ID, "joined": True},
)
async def post_join(tx: Transaction, call: Call[None, None]) -> JoinedOut:
    challenge_id = call.path_id("challenge_id")
    joined = await challenges.join_challenge(tx, call.app.gate, challenge_id, ip=call.address)
    return JoinedOut(challenge_id=challenge_id, joined=joined)
