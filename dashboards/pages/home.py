"""Home: who is here, and what is happening. People first, then numbers; nothing is shown that is not true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.content import subjects
from core.principal import Principal
from dashboards.escape import part
from dashboards.pages.feeds import feed_element, views_of
from dashboards.template import Card, Element, Shell, page

LOBBY = "presence:lobby"


@dataclass(frozen=True, slots=True)
class HomeModel:
    who: Principal
    now: datetime
    """The moment, in the person's own time zone."""
    cohort_name: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False

    @property
    def cohort_topic(self) -> str:
        return f"cohort:{self.who.cohort_id}" if self.who.cohort_id else ""

    @property
    def cohort(self) -> str:
        """What the cohort is called: "Blue" becomes "Blue cohort", "Blue Dolphins" stays."""
        name = self.cohort_name[:1].upper() + self.cohort_name[1:]
        return name if " " in name else f"{name} cohort" if name else "Your cohort"

    @property
    def presence(self) -> list[str]:
        """Whose presence counts as being here: the own cohort first, then everybody."""
        return [topic for topic in (self.cohort_topic, LOBBY) if topic]

    @property
    def greeting(self) -> str:
        hour = self.now.hour
        part = "morning" if 5 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"
        words = f"Good {part}" if hour >= 5 else "Hello"
        first = self.who.name.split(" ")[0]
        return f"{words}, {first}" if first else words

    @property
    def feeds(self) -> list[dict[str, Any]]:
        return views_of(self.who)

    @property
    def subjects(self) -> list[dict[str, str]]:
        return [{"id": subject.id, "name": subject.name} for subject in subjects().values()]


def home(model: HomeModel) -> Shell:
    return page(
        title="Home",
        heading=model.greeting,
        lead=f"{model.now:%A}, {model.cohort}" if model.cohort_topic else f"{model.now:%A}",
        who=model.who,
        current="home",
        cards=_cards(model),
        names=model.names,
        simulated=model.simulated,
        faces=model.presence,
    )


def _cards(model: HomeModel) -> list[Card]:
    who, cohort, topics = model.who, model.cohort_topic, " ".join(model.presence)
    practises = who.may("practice:write")
    me = {"me": str(who.id or ""), "topics": topics}
    strip = Element("tandem-here", {**me, "cohort": cohort or None, "practises": practises})
    feed = feed_element(who, model.feeds, model.presence, model.subjects, brief=12)
    cards = [Card("here", "Here now", strip, place="wide", heading="hidden")]
    if practises:
        invites = Element("tandem-invites", {**me, "name": who.name, "avatar": who.avatar})
        cards.append(Card("invites", "Your next step", invites, heading="hidden", framed=False))
    cards.append(Card("feed", "What’s happening", feed, heading="own"))
    if practises:
        around = Element("tandem-around", {**me, "cohort": cohort or None, "scope": "cohort" if cohort else "global"})
        cards += [
            Card("week", "Your week", Element("tandem-week", me), place="side", heading="own"),
            Card("around", "Around you", around, place="side", heading="own"),
            Card("friends", "Friends online", Element("tandem-friends", me), place="side", heading="own"),
        ]
    else:
        people = Element("tandem-people", {**me, "limit": "6"})
        cards.append(Card("people", "Who is here", people, place="side", count=True))
    cards.append(Card("workshop", "A workshop with your team", part("workshop_card.html"), place="side"))
    return cards
