"""My progress: how far one has come, what is near, what is earned, and the days behind it, in one element."""

from __future__ import annotations

from collections.abc import Mapping

from core.content import boards, subjects
from core.principal import Principal
from dashboards.template import Card, Element, Shell, page


def me(who: Principal, names: Mapping[str, str], simulated: bool) -> Shell:
    boarded = [subject for subject in subjects() if subject in boards()]
    element = Element(
        "tandem-progress",
        {"me": str(who.id or ""), "boards": boarded, "cohort": str(who.cohort_id) if who.cohort_id else None},
    )
    return page(
        title="My progress",
        who=who,
        current="me",
        cards=[Card("progress", "My progress", element, place="wide", heading="hidden", framed=False)],
        names=names,
        simulated=simulated,
        show_heading=False,
    )
