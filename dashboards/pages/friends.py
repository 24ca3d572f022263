"""Friends: who they are and whether they are here, requests both ways, whom one may know, and whom one has blocked."""

from __future__ import annotations

from collections.abc import Mapping

from core.principal import Principal
from dashboards.template import Card, Element, Shell, page


def friends(who: Principal, names: Mapping[str, str], simulated: bool) -> Shell:
    cohort = f"cohort:{who.cohort_id}" if who.cohort_id else ""
    topics = " ".join(filter(None, (cohort, "presence:lobby")))
    element = Element("tandem-friendships", {"me": str(who.id or ""), "cohort": cohort or None, "topics": topics})
    return page(
        title="Friends",
        heading="Whom you practise with",
        who=who,
        current="friends",
        cards=[Card("friends", "Friends", element, place="wide", heading="hidden", framed=False)],
        names=names,
        simulated=simulated,
    )
