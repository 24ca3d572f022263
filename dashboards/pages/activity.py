"""Activity: the whole feed with its filters and older pages, what one hid, and for staff what was reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.content import subjects
from core.principal import Principal
from dashboards.pages.feeds import feed_element, views_of
from dashboards.template import Card, Element, Shell, page


def activity(who: Principal, presence: Sequence[str], names: Mapping[str, str], simulated: bool) -> Shell:
    known = [{"id": subject.id, "name": subject.name} for subject in subjects().values()]
    feed = feed_element(who, views_of(who, network=True), presence, known)
    cards = [Card("feed", "What’s happening", feed, heading="own")]
    if who.may("activity:react"):
        hidden = Element("tandem-hidden")
        share = Element("tandem-share", {"source": "activity_feed", "text": "A sentence without your name."})
        cards.append(Card("hidden", "Hidden by you", hidden, place="side", heading="own"))
        cards.append(Card("share", "Tell others", share, place="side"))
    if who.may("activity:moderate"):
        cards.append(
            Card("reports", "Reported", Element("tandem-reports", {"brief": True}), place="side", heading="own")
        )
    return page(
        title="Activity",
        heading="What people do",
        who=who,
        current="activity",
        cards=cards,
        names=names,
        simulated=simulated,
        faces=presence,
    )


def reports(who: Principal, names: Mapping[str, str], simulated: bool) -> Shell:
    """What waits for staff, each with what was said of it and two answers."""
    return page(
        title="Reports",
        heading="Reports",
        lead="Oldest first. Who reported is not said; whose it is hears nothing until you decide.",
        who=who,
        current="reports",
        cards=[Card("reports", "Waiting", Element("tandem-reports"), place="wide", heading="own")],
        names=names,
        simulated=simulated,
        staff=True,
    )
