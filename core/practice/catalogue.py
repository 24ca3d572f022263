"""The practice apps, and which subject, skill and app belong together; what is not in the catalogue is refused."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import yaml

from core.content import FOLDER, subjects
from core.errors import Invalid


@dataclass(frozen=True, slots=True)
class PracticeApp:
    id: str
    name: str
    subject: str
    metrics: tuple[str, ...]
    rank_by: str
    better: str


@cache
def apps() -> dict[str, PracticeApp]:
    """The apps by id."""
    rows = yaml.safe_load((FOLDER / "practice_apps.yaml").read_text())["apps"]
    return {row["id"]: PracticeApp(**{**row, "metrics": tuple(row["metrics"])}) for row in rows}


@dataclass(frozen=True, slots=True)
class What:
    """What somebody practises, checked."""

    subject: str
    skill: str
    app: str | None


def what_of(subject: str, skill: str, app: str | None = None) -> What:
    """Subject, skill and app as the catalogue has them, whatever their case; Invalid for what it has not."""
    known = subjects().get(subject.strip().lower())
    if known is None:
        raise Invalid("The catalogue has no such subject.", reason="unknown_subject")
    wanted = "-".join(skill.strip().lower().split())
    if wanted not in known.skills:
        raise Invalid("This subject has no such skill.", reason="unknown_skill", skills=list(known.skills))
    return What(known.id, wanted, app_of(known.id, app))


def app_of(subject: str, app: str | None) -> str | None:
    """The app that is named, or the subject's own."""
    if app is None:
        return next((one.id for one in apps().values() if one.subject == subject), None)
    found = apps().get(app.strip().lower())
    if found is None:
        raise Invalid("There is no such practice app.", reason="unknown_app", apps=list(apps()))
    if found.subject != subject:
        raise Invalid("This app is for another subject.", reason="unknown_app", apps=list(apps()))
    return found.id


def rank_by(app: str | None) -> tuple[str, bool]:
    """The metric by which those who practise at once are compared, and whether more of it is better."""
    found = apps().get(app or "")
    return (found.rank_by, found.better == "higher") if found else ("score", True)
