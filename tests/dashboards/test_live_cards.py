"""The sockets on the health page: sums over nodes, what is missing is said, nothing is made up."""

from __future__ import annotations

from typing import Any

import pytest

from core.app import App
from core.web.channels.overview import Picture, TopicCount
from dashboards.pages.admin import sockets
from dashboards.pages.live_cards import SHOWN, added, live_values

NOTHING = dict.fromkeys(Picture.__struct_fields__, 0) | {"node": "north", "fullest": (), "trend": ()}


def picture(**given: Any) -> Picture:
    return Picture(**NOTHING | given)


@pytest.mark.req("RT-23")
def test_figures_are_sums_over_nodes() -> None:
    north = picture(connections=3, people=2, sent_a_second=10.0, trend=(1.0, 2.0, 3.0), queued=5, deepest=4)
    south = picture(
        node="south", connections=4, people=4, sent_a_second=5.5, trend=(7.0,), deepest=1, resyncs=2, slow=1
    )
    shown = live_values([(0.0, north), (3.0, south)])
    connections, messages, waiting, slow = shown["sockets"]
    assert (connections["value"], connections["note"]) == (7, "of 6 people on 2 nodes")
    assert "chip" not in connections
    assert (messages["value"], messages["trend"]) == ("16", [1.0, 2.0, 10.0])
    assert (waiting["value"], waiting["note"]) == (5, "at most 4 for one of them")
    assert waiting["chip"]["tone"] == "warn"
    assert (slow["value"], slow["note"]) == (3, "2 brought up to date, 1 cut off")
    assert [row["node"]["title"] for row in shown["nodes"]] == ["this node", "told 3 s ago"]
    assert shown["nodes"][1]["slow"] == {"text": "1", "tone": "warn"}
    assert shown["nodes"][0]["slow"] == 0


@pytest.mark.req("RT-23")
def test_a_node_that_does_not_answer_is_said() -> None:
    (connections, *_) = live_values([(0.0, picture())], missing=1)["sockets"]
    assert connections["chip"] == {"tone": "warn", "text": "1 silent"}
    assert connections["note"] == "of 0 people on 1 node"


@pytest.mark.req("RT-23")
def test_the_fullest_topics_are_told_with_their_share() -> None:
    north = picture(fullest=(TopicCount("activity:global", 30), TopicCount("presence:lobby", 5)))
    south = picture(
        node="south", fullest=(TopicCount("presence:lobby", 45), *(TopicCount(f"user:{n}", 1) for n in range(20)))
    )
    topics = live_values([(0.0, north), (0.0, south)])["topics"]
    assert len(topics) == SHOWN
    assert topics[0] == {"topic": "presence:lobby", "subscribers": {"value": 50, "of": 50}}
    assert topics[1] == {"topic": "activity:global", "subscribers": {"value": 30, "of": 50}}
    assert live_values([(0.0, picture())])["topics"] == [], "nobody is on a topic: the table says so"


def test_trends_of_different_length_end_now() -> None:
    assert added([]) == []
    assert added([(1.0,), (1.0, 2.0)]) == [1.0, 3.0]


async def test_the_page_reads_what_the_node_tells(app: App) -> None:
    shown = sockets(app)
    assert [row["node"]["text"] for row in shown["nodes"]] == [app.node]
