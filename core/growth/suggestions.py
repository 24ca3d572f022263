"""The words of a suggestion: from a template alone, with the skill and the score in it and nobody's name."""

from __future__ import annotations

from typing import Any

from core.content import subjects
from core.events.fact import Fact
from core.events.growth import LoopExposed

CTA = "Challenge a friend"


def suggestion(fact: Fact, event: LoopExposed) -> dict[str, Any] | None:
    """What its person is told when they are shown a loop; None for what nothing is to be said of."""
    if event.score is None or not fact.subject or not fact.skill:
        return None
    result = f"{int(event.score + 0.5)}% on {called(fact.subject, fact.skill)}"
    return {
        "type": event.loop,
        "message": f"You scored {result}. Can a friend beat that?",
        "cta": CTA,
        "context": {"skill": fact.skill, "subject": fact.subject, "score": event.score},
        "timestamp": fact.at.isoformat(),
    }


def called(subject: str, skill: str) -> str:
    """A skill in words; one that means little by itself has its subject with it."""
    words = skill.replace("-", " ")
    known = subjects().get(subject)
    return f"{known.name.lower()} {words}" if known and subject == "typing" else words
