"""What there is to practise: a text to type, questions, tasks or notes, from the content and a seed.

The same seed gives the same exercise to whoever asks: both of two who practise together, and whoever comes back to a
practice on another day or device. What is right is told with it; this is practice and no test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any, Literal

import yaml

from core.content import FOLDER
from core.errors import Invalid
from core.practice.arithmetic import tasks
from core.practice.catalogue import What

Kind = Literal["text", "answers", "notes", "beats"]
LEVELS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Question:
    ask: str
    answers: tuple[str, ...]
    """Every way to write the right answer; where there are choices, the right one."""
    choices: tuple[str, ...] = ()
    passage: int | None = None


@dataclass(frozen=True, slots=True)
class Exercise:
    kind: Kind
    level: int
    hint: str
    title: str = ""
    text: str = ""
    seconds: int | None = None
    """The most that it takes; without one it takes as long as it takes."""
    questions: tuple[Question, ...] = ()
    passages: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    beats: tuple[float, ...] = field(default=())


@cache
def content(app: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / "practice" / f"{app}.yaml").read_text())
    return loaded


def exercise(what: What, level: int, seed: str) -> Exercise:
    """One exercise; Invalid for a subject that has no app of ours."""
    if what.app is None:
        raise Invalid("There is no practice for this subject here.", reason="unknown_app")
    chance = Random(f"{seed}/{what.app}/{what.skill}/{level}")  # noqa: S311 - it is an exercise, no secret
    given = content(what.app)
    return MAKERS[what.app](given, what.skill, level, chance)


def _typing(given: dict[str, Any], skill: str, level: int, chance: Random) -> Exercise:
    text = chance.choice(given["texts"][skill][level])
    return Exercise("text", level, chance.choice(given["hints"]), text=text.strip(), seconds=given["seconds"])


def _math(given: dict[str, Any], skill: str, level: int, chance: Random) -> Exercise:
    hint = chance.choice(given["hints"])
    made = tuple(Question(task.ask, task.answers) for task in tasks(skill, level, given["tasks"], chance))
    return Exercise("answers", level, hint, questions=made)


def _reading(given: dict[str, Any], skill: str, level: int, chance: Random) -> Exercise:
    hint = chance.choice(given["hints"])
    passages = chance.sample(given["texts"][level], k=len(given["texts"][level]))
    found = []
    for number, passage in enumerate(passages):
        for one in passage["questions"]:
            if one["skill"] == skill:
                choices = tuple(chance.sample(one["answers"], k=len(one["answers"])))
                found.append(Question(one["ask"], (one["answers"][0],), choices, number))
    told = tuple((one["title"], one["text"].strip()) for one in passages)
    return Exercise("answers", level, hint, questions=tuple(found), passages=told)


def _piano(given: dict[str, Any], skill: str, level: int, chance: Random) -> Exercise:
    hint = chance.choice(given["hints"])
    line = chance.choice(given["lines"][skill][level])
    if skill == "rhythm":
        beats = tuple(float(beat) for beat in line["beats"].split())
        return Exercise("beats", level, hint, title=line["title"], beats=beats)
    return Exercise("notes", level, hint, title=line["title"], notes=tuple(line["notes"].split()))


MAKERS = {"typing": _typing, "math": _math, "reading": _reading, "piano": _piano}
