"""Boards: where one stands and what moves one. One element fills the page; its address names the table it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.accounts.access import PAGES
from core.content import boards as catalogue
from core.leaderboards.rules import least_of
from core.principal import Principal
from dashboards.template import Card, Element, Shell, page

PRACTICE = "/practice"


def boards(who: Principal, names: Mapping[str, str], simulated: bool) -> Shell:
    return page(
        title="Boards",
        who=who,
        current="boards",
        cards=[Card("boards", "Boards", _element(who, names), place="wide", heading="hidden", framed=False)],
        names=names,
        simulated=simulated,
        show_heading=False,
    )


def _element(who: Principal, names: Mapping[str, str]) -> Element:
    scopes = [*(["cohort"] if who.cohort_id else []), *(["friends"] if who.kind == "person" else []), "global"]
    practise = PRACTICE in PAGES and who.may(PAGES[PRACTICE])
    return Element(
        "tandem-boards",
        {
            "boards": [_facts(board.id, names) for board in catalogue().values()],
            "usual": "overall" if who.role not in ("student",) else "math",
            "scopes": scopes,
            "me": str(who.id) if who.kind == "person" and who.id else None,
            "cohort": str(who.cohort_id) if who.cohort_id else None,
            "choose": who.kind == "person" and who.may("leaderboard:choose"),
            "practise": PRACTICE if practise else None,
            # Whoever is seen by nobody looks at their own place alone, until a parent says yes.
            "alone": who.kind == "person" and who.minor and who.audience == "nobody",
        },
    )


def _facts(id: str, names: Mapping[str, str]) -> dict[str, Any]:
    """What the page must know of a board before it asks for a table."""
    board = catalogue()[id]
    return {
        "id": id,
        "name": board.name,
        "plain": names.get(board.subject or "", board.name).lower(),
        "subject": board.subject,
        "metric": board.metric,
        "divisor": 1 if board.metric == "points" else 100,
        "least": least_of(board.metric),
    }
