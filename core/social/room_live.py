"""A cohort's room as a topic: what its members do, what they say, their open challenges, and whether they may chat.

Activities are the cohort's feed, told as everywhere. The rest follows the same rule of who is seen: members of now whom
the others may see. A message that was taken down ends the topic's memory, so that nobody who comes back is handed its
words; so does every change of the switch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import WIDTH
from core.activity.live import ABOUT_PEOPLE, CohortFeed
from core.events.catalog import Event
from core.events.cohorts import (
    CohortChallengeClosed,
    CohortChallengeCreated,
    CohortChallengeJoined,
    CohortChallengeScored,
    CohortChatChanged,
    CohortMessageRemoved,
    CohortMessageSent,
)
from core.ids import parse_id
from core.live.liveview import RESYNC, Delivery, LiveView, Resync
from core.social.room_queries import latest_messages, open_challenges
from core.social.room_state import MESSAGES, Challenge, Entry, Room, Said
from core.social.rooms import chat_of
from data.tables import CohortRoomRow

OF_PEOPLE = (CohortMessageSent, CohortChallengeCreated, CohortChallengeJoined, CohortChallengeScored)
OF_THE_ROOM = (CohortMessageRemoved, CohortChatChanged, CohortChallengeClosed)


class CohortRoom(LiveView[Room]):
    pattern = "cohort:{cohort_id}"

    def __init__(self) -> None:
        self._feed = CohortFeed()

    def topics(self, delivery: Delivery) -> Iterable[str]:
        fact, event = delivery.fact, delivery.fact.event
        if not isinstance(event, (*OF_PEOPLE, *OF_THE_ROOM)):
            return self._feed.topics(delivery)
        if fact.cohort_id is None or fact.visibility != "cohort":
            return ()
        if isinstance(event, OF_PEOPLE) and not _in_room(delivery):
            return ()
        return (f"cohort:{fact.cohort_id}",)

    async def snapshot(self, db: AsyncSession, params: Mapping[str, str]) -> Room:
        activities = await self._feed.snapshot(db, params)
        cohort_id = parse_id(params["cohort_id"])
        if cohort_id is None:
            return Room(activities)
        chat = chat_of(await db.get(CohortRoomRow, cohort_id))
        messages = await latest_messages(db, cohort_id) if chat["open"] else []
        challenges = await open_challenges(db, cohort_id)
        return Room(activities, tuple(messages), tuple(challenges), chat["open"], chat["reason"])

    def apply(self, state: Room, delivery: Delivery, params: Mapping[str, str]) -> Room | Resync:
        event = delivery.fact.event
        if isinstance(event, CohortChatChanged):
            return RESYNC
        if isinstance(event, CohortMessageRemoved):
            return state.taken_down(event.message_id)
        if isinstance(event, CohortChallengeClosed):
            left = (one for one in state.challenges if one.challenge_id != event.challenge_id)
            return replace(state, challenges=tuple(left))
        if isinstance(event, OF_PEOPLE):
            return self._told(state, delivery, event)
        activities = self._feed.apply(state.activities, delivery, params)
        if activities is RESYNC:
            return RESYNC
        state = replace(state, activities=activities)
        return self._of_person(state, delivery, params) if isinstance(event, ABOUT_PEOPLE) else state

    def _told(self, state: Room, delivery: Delivery, event: Event) -> Room:
        fact, who = delivery.fact, delivery.who
        if who is None:
            return state
        mine = (who.id, who.name, who.avatar)
        match event:
            case CohortMessageSent() if state.open:
                return state.said(said_in(delivery, event))
            case CohortChallengeCreated():
                made = Challenge(
                    *mine, event.challenge_id, fact.subject or "", fact.skill or "", fact.at, event.expires_at
                )
                return state.opened(made)
            case CohortChallengeJoined():
                return state.challenge(event.challenge_id, lambda one: one.entered(Entry(*mine)))
            case CohortChallengeScored():
                entry = Entry(*mine, round(event.score * 100), event.reached_at)
                return state.challenge(event.challenge_id, lambda one: one.entered(entry))
        return state

    def _of_person(self, state: Room, delivery: Delivery, params: Mapping[str, str]) -> Room | Resync:
        """Somebody is called differently, or is here no more; who comes into sight took a new snapshot already."""
        who = delivery.who
        if who is not None and str(who.cohort_id) == params["cohort_id"] and _visible(delivery):
            return state.renamed(who)
        left = state.without(delivery.fact.user_id)
        # Older ones would move up: only a snapshot knows them.
        return RESYNC if len(left.messages) < len(state.messages) == MESSAGES else left

    def message(self, delivery: Delivery, params: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
        fact, event = delivery.fact, delivery.fact.event
        match event:
            case CohortMessageSent():
                return "new_message", said_in(delivery, event).wire()
            case CohortMessageRemoved():
                return "message_taken_down", {"message_id": str(event.message_id)}
            case CohortChatChanged():
                return "chat_changed", {"open": event.open, "reason": event.reason}
            case CohortChallengeClosed():
                won = str(event.winner_id) if event.winner_id else None
                return "challenge_closed", {"challenge_id": str(event.challenge_id), "winner_id": won}
            case CohortChallengeCreated():
                return "cohort_challenge_created", _created(delivery, event)
            case CohortChallengeJoined() | CohortChallengeScored():
                score = event.score if isinstance(event, CohortChallengeScored) else None
                about = {"challenge_id": str(event.challenge_id), "timestamp": fact.at.isoformat()}
                name = "challenge_joined" if score is None else "challenge_scored"
                return name, about | _person(delivery) | ({} if score is None else {"score": score})
        return self._feed.message(delivery, params)

    def resumable(self, delivery: Delivery) -> bool:
        event = delivery.fact.event
        if isinstance(event, CohortMessageRemoved | CohortChatChanged):
            return False
        return isinstance(event, (*OF_PEOPLE, CohortChallengeClosed)) or self._feed.resumable(delivery)

    def wire(self, state: Room) -> dict[str, Any]:
        return state.wire()


def _visible(delivery: Delivery) -> bool:
    return delivery.who is not None and WIDTH[delivery.who.audience] >= WIDTH["cohort"]


def _in_room(delivery: Delivery) -> bool:
    return _visible(delivery) and delivery.who is not None and delivery.who.cohort_id == delivery.fact.cohort_id


def _person(delivery: Delivery) -> dict[str, Any]:
    who = delivery.who
    return {"user_id": str(who.id), "user_name": who.name, "user_avatar": who.avatar} if who else {}


def _created(delivery: Delivery, event: CohortChallengeCreated) -> dict[str, Any]:
    fact, who = delivery.fact, delivery.who
    name, skill = who.name if who else "", (fact.skill or "").replace("-", " ")
    return {
        "challenge_id": str(event.challenge_id),
        "user_id": str(fact.user_id),
        "creator_name": name,
        "creator_avatar": who.avatar if who else "",
        "subject": fact.subject,
        "skill": fact.skill,
        "message": f"{name} opened a challenge: {skill}.",
        "created_at": fact.at.isoformat(),
        "expires_at": event.expires_at.isoformat(),
    }


def said_in(delivery: Delivery, event: CohortMessageSent) -> Said:
    fact, who = delivery.fact, delivery.who
    return Said(
        user_id=fact.user_id or UUID(int=0),
        name=who.name if who else "",
        avatar=who.avatar if who else "",
        message_id=event.message_id,
        seq=fact.seq,
        text=event.text,
        redacted=tuple(event.redacted),
        role=event.role,
        sent_at=event.sent_at,
        simulated=bool(who and who.simulated),
    )
