"""The subjects' rooms: who is here, what is going on, and a way to begin; and the list of all rooms."""

from __future__ import annotations

from collections.abc import Mapping

from core.content import subjects
from core.practice.catalogue import apps
from core.principal import Principal
from dashboards.template import Card, Element, Shell, page


def room(subject: str, who: Principal, names: Mapping[str, str], simulated: bool) -> Shell:
    """The room of a subject that the catalogue has."""
    practisable = who.may("practice:write") and any(app.subject == subject for app in apps().values())
    element = Element(
        "tandem-room",
        {
            "subject": subject,
            "skills": list(subjects()[subject].skills),
            "subjects": list(subjects()),
            "practisable": practisable,
            "me": str(who.id or ""),
            "cohort": str(who.cohort_id) if who.cohort_id else None,
        },
    )
    return page(
        title=f"{names[subject]} room",
        who=who,
        current="subjects",
        cards=[Card("room", names[subject], element, place="wide", heading="hidden", framed=False)],
        names=names,
        simulated=simulated,
        show_heading=False,
        faces=[f"presence:subject:{subject}"],
        scripts=["practice/room.js"],
    )


def rooms(who: Principal, names: Mapping[str, str], simulated: bool) -> Shell:
    facts = [{"id": one.id, "skills": list(one.skills)} for one in subjects().values()]
    return page(
        title="Subject rooms",
        heading="Where would you like to go?",
        who=who,
        current="subjects",
        cards=[
            Card("rooms", "Rooms", Element("tandem-rooms", {"subjects": facts}), "wide", heading="hidden", framed=False)
        ],
        names=names,
        simulated=simulated,
        scripts=["practice/rooms.js"],
    )
