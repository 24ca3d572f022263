"""Live feeds: the latest fifty activities of a topic, for everybody who may join it.

One topic is one audience, so what only a cohort may see has the cohort's own topic. A child without consent appears in
none of them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts.rules import WIDTH, narrower
from core.activity.items import Item, item_of
from core.activity.queries import PUBLIC, WINDOW, in_cohort, latest
from core.events.catalog import (
    AchievementUnlocked,
    ActivityReacted,
    AudienceChanged,
    HighScore,
    PersonErased,
    PersonUpdated,
    StreakMilestone,
)
from core.events.fact import Fact
from core.events.feed import ActivityRemoved
from core.ids import parse_id
from core.live.liveview import RESYNC, Delivery, LiveView, Resync
from data.tables import ActivityRow

Items = tuple[Item, ...]

ABOUT_ACTIVITIES = (ActivityReacted, ActivityRemoved)

ABOUT_PEOPLE = (PersonUpdated, AudienceChanged, PersonErased)


def reach(delivery: Delivery) -> str:
    """How far an activity goes: the narrower of what it was given and what its person's audience allows now."""
    return narrower(delivery.fact.visibility, delivery.who.audience) if delivery.who else "private"


def moved(delivery: Delivery) -> bool:
    """Whether the fact is that somebody went from one cohort to another, or in or out of one."""
    event = delivery.fact.event
    return isinstance(event, PersonUpdated) and event.cohort_from != delivery.fact.cohort_id


class ActivityFeed(LiveView[Items]):
    minimum: ClassVar[str]
    """The least reach that an activity, and a person's audience, must have to show here."""

    @abstractmethod
    def condition(self, params: Mapping[str, str]) -> ColumnElement[bool]: ...

    @abstractmethod
    def places(self, fact: Fact) -> Iterable[str]:
        """The topics where a visible activity shows, and what is thought of it: how many, never who."""

    @abstractmethod
    def person_topics(self, delivery: Delivery) -> Iterable[str]:
        """The topics that a change of a person concerns."""

    def topics(self, delivery: Delivery) -> Iterable[str]:
        fact, event = delivery.fact, delivery.fact.event
        if isinstance(event, ABOUT_PEOPLE):
            # Of somebody who was and is not seen here, not even the id is told.
            return self.person_topics(delivery) if self._reaches(fact.visibility) else ()
        shown = event.activity or isinstance(event, ABOUT_ACTIVITIES)
        if not shown or not self._reaches(reach(delivery)) or not self.belongs(delivery):
            return ()
        return self.places(fact)

    def belongs(self, delivery: Delivery) -> bool:
        """Whether an activity that reaches far enough shows here at all."""
        return True

    def _reaches(self, audience: str) -> bool:
        return WIDTH[audience] >= WIDTH[self.minimum]

    def _visible(self, delivery: Delivery) -> bool:
        return delivery.who is not None and self._reaches(delivery.who.audience)

    async def snapshot(self, db: AsyncSession, params: Mapping[str, str]) -> Items:
        return tuple(await latest(db, self.condition(params)))

    def apply(self, state: Items, delivery: Delivery, params: Mapping[str, str]) -> Items | Resync:
        fact, event, who = delivery.fact, delivery.fact.event, delivery.who
        if isinstance(event, PersonErased):
            return self._without(state, fact.user_id)
        if isinstance(event, AudienceChanged):
            before, after = self._reaches(event.before), self._reaches(event.after)
            if before != after:
                return RESYNC if after else self._without(state, fact.user_id)
        if isinstance(event, ABOUT_PEOPLE):
            # Names follow age as audiences do, so a change of the one may be one of the other.
            return self._updated(state, delivery, params)
        if isinstance(event, ActivityReacted):
            return tuple(replace(i, reactions=event.counts) if i.id == event.activity_id else i for i in state)
        if isinstance(event, ActivityRemoved):
            return _less(state, tuple(item for item in state if item.id != event.activity_id))
        if who is None or fact.user_id is None:
            return state
        return (item_of(delivery), *state)[:WINDOW]

    def _updated(self, state: Items, delivery: Delivery, params: Mapping[str, str]) -> Items | Resync:
        who = delivery.who
        if who is None:
            return self._without(state, delivery.fact.user_id)
        return tuple(item.called(who) if item.user_id == who.id else item for item in state)

    def _without(self, state: Items, user_id: UUID | None) -> Items | Resync:
        return _less(state, tuple(item for item in state if item.user_id != user_id))

    def message(self, delivery: Delivery, params: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
        fact, who = delivery.fact, delivery.who
        if isinstance(fact.event, ABOUT_PEOPLE):
            if who is None or not self._shown(delivery, params):
                # Said without a name: a topic never learns what somebody is called whom it may not see.
                return "person_removed", {"user_id": str(fact.user_id)}
            return "person_updated", {"user_id": str(who.id), "user_name": who.name, "user_avatar": who.avatar}
        if isinstance(fact.event, ActivityReacted):
            return "activity_reacted", {"activity_id": str(fact.event.activity_id), "reactions": fact.event.counts}
        if isinstance(fact.event, ActivityRemoved):
            return "activity_removed", {"activity_id": str(fact.event.activity_id)}
        if who is None:
            return None
        item = item_of(delivery).wire()
        # `event_type` and `data` are the message's older names for the same things.
        return "new_activity", item | {"event_type": item["type"], "data": item["properties"]}

    def _shown(self, delivery: Delivery, params: Mapping[str, str]) -> bool:
        return self._visible(delivery)

    def resumable(self, delivery: Delivery) -> bool:
        """A new name can be told; who comes or goes takes earlier doings along, which only a snapshot knows."""
        event = delivery.fact.event
        if isinstance(event, ActivityReacted):
            return True
        return not isinstance(event, ActivityRemoved | AudienceChanged | PersonErased) and delivery.who is not None

    def wire(self, state: Items) -> dict[str, Any]:
        return {"activities": [item.wire() for item in state]}


def _less(state: Items, left: Items) -> Items | Resync:
    """A full window has older items behind it that would move up: only a snapshot knows them."""
    return RESYNC if len(left) < len(state) == WINDOW else left


class GlobalFeed(ActivityFeed):
    pattern = "activity:global"
    minimum = "public"

    def condition(self, params: Mapping[str, str]) -> ColumnElement[bool]:
        return PUBLIC

    def places(self, fact: Fact) -> Iterable[str]:
        return ("activity:global",)

    def person_topics(self, delivery: Delivery) -> Iterable[str]:
        return ("activity:global",)


class TypesFeed(ActivityFeed):
    """Of what everybody may see, the activities of some types."""

    minimum = "public"
    types: ClassVar[frozenset[str]]

    def condition(self, params: Mapping[str, str]) -> ColumnElement[bool]:
        return and_(PUBLIC, ActivityRow.event_type.in_(sorted(self.types)))

    def places(self, fact: Fact) -> Iterable[str]:
        # What is told of an activity does not say its type; whoever does not hold it passes over that.
        return (self.pattern,) if fact.type in self.types or isinstance(fact.event, ABOUT_ACTIVITIES) else ()

    def person_topics(self, delivery: Delivery) -> Iterable[str]:
        return (self.pattern,)


class AchievementsFeed(TypesFeed):
    pattern = "activity:achievements"
    types = frozenset({AchievementUnlocked.type, StreakMilestone.type})


class HighScoresFeed(TypesFeed):
    pattern = "activity:high-scores"
    types = frozenset({HighScore.type})


class CohortFeed(ActivityFeed):
    pattern = "cohort:{cohort_id}"
    minimum = "cohort"

    def condition(self, params: Mapping[str, str]) -> ColumnElement[bool]:
        cohort_id = parse_id(params["cohort_id"])
        return in_cohort(cohort_id) if cohort_id else false()

    def belongs(self, delivery: Delivery) -> bool:
        return delivery.who is not None and delivery.who.cohort_id == delivery.fact.cohort_id

    def places(self, fact: Fact) -> Iterable[str]:
        return (f"cohort:{fact.cohort_id}",) if fact.cohort_id else ()

    def person_topics(self, delivery: Delivery) -> Iterable[str]:
        event, here = delivery.fact.event, delivery.fact.cohort_id
        if not moved(delivery):
            return (f"cohort:{here}",) if here else ()
        came_from = event.cohort_from if isinstance(event, PersonUpdated) else None
        # A cohort that never saw them does not hear of somebody who is hidden by now.
        ids = (came_from, here if self._visible(delivery) else None)
        return [f"cohort:{cohort_id}" for cohort_id in ids if cohort_id]

    def resumable(self, delivery: Delivery) -> bool:
        return super().resumable(delivery) and not moved(delivery)

    def _updated(self, state: Items, delivery: Delivery, params: Mapping[str, str]) -> Items | Resync:
        who = delivery.who
        if moved(delivery):
            here = who is not None and str(who.cohort_id) == params["cohort_id"]
            # Whoever comes back to a cohort brings their earlier doings in it along.
            return RESYNC if here else self._without(state, delivery.fact.user_id)
        return super()._updated(state, delivery, params)

    def _shown(self, delivery: Delivery, params: Mapping[str, str]) -> bool:
        who = delivery.who
        return who is not None and str(who.cohort_id) == params["cohort_id"] and super()._shown(delivery, params)


class SubjectFeed(ActivityFeed):
    pattern = "activity:subject:{subject_id}"
    minimum = "public"

    def __init__(self, subjects: Iterable[str]) -> None:
        self.subjects = frozenset(subjects)

    def condition(self, params: Mapping[str, str]) -> ColumnElement[bool]:
        return and_(PUBLIC, ActivityRow.subject_id == params["subject_id"])

    def places(self, fact: Fact) -> Iterable[str]:
        subject = fact.subject
        return (f"activity:subject:{subject}",) if subject in self.subjects else ()

    def person_topics(self, delivery: Delivery) -> Iterable[str]:
        return [f"activity:subject:{subject}" for subject in sorted(self.subjects)]


class PersonFeed(ActivityFeed):
    """What everybody may see of one person's doings, for those who follow them."""

    pattern = "activity:user:{user_id}"
    minimum = "public"

    def condition(self, params: Mapping[str, str]) -> ColumnElement[bool]:
        user_id = parse_id(params["user_id"])
        return and_(PUBLIC, ActivityRow.user_id == user_id) if user_id else false()

    def places(self, fact: Fact) -> Iterable[str]:
        return (f"activity:user:{fact.about}",)

    def person_topics(self, delivery: Delivery) -> Iterable[str]:
        return (f"activity:user:{delivery.fact.user_id}",)
