"""Nudges: what reached one and what one answered, and beside it what may reach one at all."""

from __future__ import annotations

from collections.abc import Mapping

from core.principal import Principal
from dashboards.template import Card, Element, Shell, page


def nudges(who: Principal, names: Mapping[str, str], simulated: bool) -> Shell:
    """One's own list; parents find their children's limits on the same page."""
    me = {"me": str(who.id or "")}
    cards = [Card("nudges", "Your nudges", Element("tandem-nudges", me), heading="hidden")]
    return page(
        title="Nudges",
        heading="Nudges",
        who=who,
        current="nudges",
        cards=cards,
        names=names,
        simulated=simulated,
        show_heading=False,
    )
