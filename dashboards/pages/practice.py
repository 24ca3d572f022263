"""Practice: choosing what, doing it, and what came of it. One element fills the page; the text is what counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.content import subjects
from core.practice.catalogue import apps
from core.principal import Principal
from dashboards.template import Card, Element, Shell, page


def app_facts() -> list[dict[str, Any]]:
    """The apps as the page draws them."""
    known = subjects()
    return [
        {"id": app.id, "subject": app.subject, "skills": list(known[app.subject].skills)} for app in apps().values()
    ]


def practice(who: Principal, names: Mapping[str, str], simulated: bool) -> Shell:
    element = Element("tandem-practice", {"apps": app_facts(), "me": str(who.id or "")})
    return page(
        title="Practice",
        who=who,
        current="practice",
        cards=[Card("practice", "Practice", element, place="wide", heading="hidden", framed=False)],
        names=names,
        simulated=simulated,
        show_heading=False,
        faces=["presence:lobby"],
        scripts=["practice/practice.js"],
    )


def co_session(who: Principal, names: Mapping[str, str], simulated: bool) -> Shell:
    """Two who practise together; whom with and what stands in the address."""
    element = Element("tandem-co-session", {"apps": app_facts(), "me": str(who.id or "")})
    return page(
        title="Practise together",
        who=who,
        current="practice",
        cards=[Card("together", "Practise together", element, place="wide", heading="hidden", framed=False)],
        names=names,
        simulated=simulated,
        show_heading=False,
        scripts=["practice/co-session.js"],
    )
