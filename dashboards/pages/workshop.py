"""The workshop's pages: starting and joining, one workshop, a team's room, and a look into a template beforehand.

They are plain documents without Panel: each holds one element of `static/workshop` and, as data, what that element
cannot know by itself. Nothing of a running workshop is in them but its template, its code and whether it has begun.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from core.workshop.export.exporting import COMPARISONS, REPORTS
from core.workshop.rules.state import Workshop
from core.workshop.template import Question, Template
from core.workshop.templates import document
from dashboards.escape import render

AGAIN: Final = timedelta(days=91)
"""When a team is asked to look again."""
TENTH: Final = 10


def scale_facts(question: Question) -> dict[str, Any]:
    """A question's scale as data: what its strategy says of every value, so that screens need not know any strategy."""
    bounds, strategy = question.bounds, question.scale
    values = range(bounds.low, bounds.high + 1)
    averages = [tenths / TENTH for tenths in range(bounds.low * TENTH, bounds.high * TENTH + 1)]
    well = [average for average in averages if strategy.average_light(average, bounds) == "green"]
    return {
        "low": bounds.low,
        "high": bounds.high,
        "best": bounds.best,
        "picture": strategy.picture,
        "signed": strategy.signed,
        "words": {str(value): text for value, text in question.steps.items()},
        "lights": {str(value): strategy.light(value, bounds) for value in values},
        "well": [well[0], well[-1]],
    }


def kind_of(template: Template) -> dict[str, Any]:
    """A template as the screens want it: its document, with each question's scale as data."""
    values = document(template)
    for place, question in enumerate(template.questions):
        values["questions"][place]["scale"] = scale_facts(question)
    return values


def workshop_page(workshop: Workshop, origin: str, *, screen: bool = False) -> str:
    """One workshop. `screen` is the big screen's view: what is seen, and no controls."""
    taking_part = [one for one in workshop.people if one.status != "dropped" and not one.is_observer]
    ended = workshop.completed_at
    told = {
        "code": workshop.code,
        "kind": kind_of(workshop.template),
        "state": workshop.phase,
        "full": len(taking_part) >= workshop.settings.max_participants,
        "link": f"{origin}/workshop/{workshop.code}",
        "host": origin.partition("://")[2],
        "exports": {"full": list(REPORTS), "team": list(REPORTS)},
        "again": (ended + AGAIN).date().isoformat() if ended else None,
    }
    return _page("Workshop", "tandem-workshop", told, {"screen": screen}, script="app")


def start_page(templates: Iterable[Template]) -> str:
    return _page("Workshops", "tandem-workshop-home", _offered(templates), {"page": "start"})


def new_page(templates: Iterable[Template]) -> str:
    return _page("A new workshop", "tandem-workshop-home", _offered(templates), {"page": "new"})


def team_page(templates: Iterable[Template], now: datetime) -> str:
    """A team's room. Which team it is stands behind the # of the address, and is never told to a server by it."""
    shipped = list(templates)
    kinds = {one.slug: [scale_facts(question) for question in one.questions] for one in shipped}
    told = _offered(shipped) | {"kinds": kinds, "today": now.date().isoformat(), "exports": list(COMPARISONS)}
    return _page("Team room", "tandem-workshop-home", told, {"page": "team"})


def _offered(templates: Iterable[Template]) -> dict[str, Any]:
    shipped = list(templates)
    return {
        "templates": [
            {
                "slug": one.slug,
                "name": one.name,
                "description": one.description,
                "most": one.people.most,
                "warn": one.people.warn_from,
                "plans": {slug: plan.name for slug, plan in one.time_plans.items()},
            }
            for one in shipped
        ],
        "crowd": {"from": shipped[0].people.from_, "to": shipped[0].people.to} if shipped else {},
        "rules": list(shipped[0].rules) if shipped else [],
    }


def preview_page(template: Template) -> str:
    """A template from beginning to end, to read before choosing it."""
    return render("workshop_preview.html", title=template.name, template=template, ends=_ends)


def _ends(question: Question) -> list[tuple[str, str]]:
    """What the ends of a scale and its best mean, in the order of the scale."""
    bounds, anchors = question.bounds, question.anchors
    found = [(bounds.low, anchors.low), (bounds.best, anchors.best)]
    if anchors.high is not None and bounds.high != bounds.best:
        found.append((bounds.high, anchors.high))
    sign = question.scale.signed
    return [(f"+{value}" if sign and value > 0 else str(value).replace("-", "\u2212"), text) for value, text in found]


def _page(
    title: str, tag: str, told: Mapping[str, Any], attributes: Mapping[str, str | bool], script: str = "home"
) -> str:
    given = Markup("").join(
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, value)
        for name, value in attributes.items()
        if value is not False
    )
    data = htmlsafe_json_dumps(told, dumps=json.dumps)
    return render("workshop.html", title=title, tag=tag, attributes=given, told=data, script=script)
