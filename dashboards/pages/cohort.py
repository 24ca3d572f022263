"""The cohort's own room: its people, what they say to each other, their challenges, what they did."""

from __future__ import annotations

from collections.abc import Mapping

from core.content import subjects
from core.principal import Principal
from dashboards.template import Card, Element, Shell, page


def cohort(who: Principal, names: Mapping[str, str], simulated: bool) -> Shell:
    """One element over the whole page; for somebody in no cohort it says so."""
    room = Element(
        "tandem-cohort",
        {
            "topic": f"cohort:{who.cohort_id}" if who.cohort_id else None,
            "name": who.cohort_name,
            "me": str(who.id or ""),
            "staff": who.may("chat:moderate"),
            "student": who.role == "student",
            "skills": {subject.id: list(subject.skills) for subject in subjects().values()},
            "simulated": simulated,
        },
    )
    return page(
        title="Cohort room",
        heading=who.cohort_name or "Cohort room",
        who=who,
        current="cohort",
        cards=[Card("room", "The room", room, place="wide", heading="hidden", framed=False)],
        names=names,
        simulated=simulated,
        show_heading=False,
    )
