"""Home: who is here, and what is happening. People first, then numbers; nothing is shown that is not true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.principal import Principal
from dashboards.escape import part
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
        """The feed's views: everything one may see, and the cohort's alone."""
        everything = ["activity:global", *([self.cohort_topic] if self.cohort_topic else [])]
        views: list[dict[str, Any]] = [{"label": "All", "topics": everything}]
        if self.cohort_topic:
            views.append({"label": "Cohort", "topics": [self.cohort_topic]})
        return views


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
    )


def _cards(model: HomeModel) -> list[Card]:
    cohort = model.cohort_topic
    strip = Element(
        "tandem-here", {"topics": " ".join(model.presence), "cohort": cohort or None, "me": str(model.who.id or "")}
    )
    cards = [
        Card("here", "Here now", strip, place="wide", heading="hidden"),
        Card(
            "feed",
            "What’s happening",
            Element("tandem-feed", {"views": model.feeds, "react": model.who.may("activity:react")}),
            heading="own",
        ),
    ]
    if cohort:
        cards.append(Card("cohort", model.cohort, _people(model, cohort), place="side", count=True))
    title = "Also here" if cohort else "Who is here"
    cards.append(Card("people", title, _people(model, LOBBY, without=cohort), place="side", count=True))
    cards.append(Card("workshop", "A workshop with your team", part("workshop_card.html"), place="side"))
    return cards


def _people(model: HomeModel, topic: str, without: str = "") -> Element:
    attributes = {"topics": topic, "me": str(model.who.id or ""), "limit": "6"}
    if without:
        attributes |= {"without": without, "blank": "Nobody else just now."}
    return Element("tandem-people", attributes)
