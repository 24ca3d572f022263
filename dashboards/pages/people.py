"""People: everybody who is here and may be seen, by the subject they are in, with what they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.principal import Principal
from dashboards.template import Card, Element, Shell, page


def people(who: Principal, topics: Sequence[str], names: Mapping[str, str], simulated: bool) -> Shell:
    """One list over the lobby and the own cohort; whoever is on both is one person."""
    directory = Element("tandem-directory", {"topics": " ".join(topics), "me": str(who.id or "")})
    return page(
        title="People",
        heading="Who is here",
        who=who,
        current="people",
        cards=[Card("directory", "Who is here", directory, place="wide", heading="hidden")],
        names=names,
        simulated=simulated,
    )
