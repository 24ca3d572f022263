"""Nudges: what reached one and what one answered, and beside it what may reach one at all."""

from __future__ import annotations

from collections.abc import Mapping

from core.principal import Principal
from dashboards.template import Card, Element, Shell, page


def nudges(who: Principal, names: Mapping[str, str], simulated: bool) -> Shell:
    """One's own list; parents find their children's limits on the same page."""
    me = {"me": str(who.id or "")}
    cards = [
        Card("nudges", "Your nudges", Element("tandem-nudges", me), heading="hidden"),
        Card("reach", "Your choices", Element("tandem-nudge-settings", me), "side", heading="hidden", framed=False),
    ]
    if who.role == "parent":
        limits = Element("tandem-nudge-limits")
        cards.insert(1, Card("limits", "Your children", limits, heading="hidden", framed=False))
    return page(
        title="Nudges",
        heading="Nudges",
        who=who,
        current="nudges",
        cards=cards,
        # Who looks at this page is here, as on every other: their friends may be told, and they of their friends.
        faces=[*([f"cohort:{who.cohort_id}"] if who.cohort_id else []), "presence:lobby"],
        names=names,
        simulated=simulated,
        show_heading=False,
        main_first=True,
        scripts=("elements/nudges.js", "elements/nudge-settings.js", "elements/nudge-limits.js"),
    )
