"""Review: results that are held until staff had a look at them, decided with the evidence beside the decision."""

from __future__ import annotations

from collections.abc import Mapping

from core.principal import Principal
from dashboards.template import Card, Element, Shell, page


def review(who: Principal, names: Mapping[str, str], simulated: bool) -> Shell:
    return page(
        title="Results",
        who=who,
        current="review",
        cards=[
            Card("review", "Results to review", Element("tandem-review"), place="wide", heading="hidden", framed=False)
        ],
        names=names,
        simulated=simulated,
        staff=True,
        show_heading=False,
    )
