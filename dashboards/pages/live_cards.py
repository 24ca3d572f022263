"""The sockets on the health page: who is connected, what goes over the line, what waits, and where it does not go well.

Figures over all nodes first, then node by node, then the fullest topics with bars. A node that is there and does not
answer is said, not left out; nothing is drawn for what is not known yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import param

from core.web.channels.overview import Picture, subscribers
from dashboards.components import Figures, StatusTable
from dashboards.template import Card

SHOWN: Final = 12
NODE_COLUMNS: Final[list[dict[str, str]]] = [
    {"key": "node", "label": "Node"},
    {"key": "connections", "label": "Connections", "align": "right"},
    {"key": "sent", "label": "Sent a second", "align": "right"},
    {"key": "received", "label": "Received a second", "align": "right"},
    {"key": "queued", "label": "Waiting", "align": "right"},
    {"key": "dropped", "label": "Dropped", "align": "right"},
    {"key": "resyncs", "label": "Resynced", "align": "right"},
    {"key": "slow", "label": "Cut as slow", "align": "right"},
    {"key": "refused", "label": "Refused", "align": "right"},
]
TOPIC_COLUMNS: Final[list[dict[str, str]]] = [
    {"key": "topic", "label": "Topic"},
    {"key": "subscribers", "label": "Subscribers", "align": "right"},
]

Pictures = Sequence[tuple[float, Picture]]


class LiveModel(param.Parameterized):
    """What the cards show, as the components take it."""

    sockets = param.List(default=[], item_type=dict, doc="see components.Figures")
    nodes = param.List(default=[], item_type=dict, doc="rows by NODE_COLUMNS")
    topics = param.List(default=[], item_type=dict, doc="rows by TOPIC_COLUMNS")


def live_cards(model: LiveModel) -> list[Card]:
    refs: Any = model.param
    nodes = StatusTable(
        label="Sockets, node by node",
        columns=NODE_COLUMNS,
        rows=refs.nodes,
        blank="The nodes report within seconds.",
    )
    topics = StatusTable(
        label="The fullest topics", columns=TOPIC_COLUMNS, rows=refs.topics, blank="Nobody is on a topic just now."
    )
    return [
        Card("sockets", "Sockets", Figures(figures=refs.sockets), place="wide", framed=False, note="over all nodes"),
        Card("nodes", "Nodes", nodes, place="wide", note="counts since each node's start"),
        Card("topics", "Fullest topics", topics, place="side"),
    ]


def live_values(pictures: Pictures, missing: int = 0) -> dict[str, Any]:
    """The model, from what the nodes told; `missing` are there and did not."""
    return {
        "sockets": figures([picture for _, picture in pictures], missing),
        "nodes": [node_row(age, picture) for age, picture in pictures],
        "topics": topic_rows([picture for _, picture in pictures]),
    }


def figures(pictures: Sequence[Picture], missing: int) -> list[dict[str, Any]]:
    connections = sum(p.connections for p in pictures)
    people = sum(p.people for p in pictures)
    queued, deepest = sum(p.queued for p in pictures), max((p.deepest for p in pictures), default=0)
    resyncs, slow = sum(p.resyncs for p in pictures), sum(p.slow for p in pictures)
    answered = f"{len(pictures)} node{'' if len(pictures) == 1 else 's'}"
    silent = {"tone": "warn", "text": f"{missing} silent"}
    return [
        {
            "label": "Connections",
            "value": connections,
            "note": f"of {people:,} {'person' if people == 1 else 'people'} on {answered}",
            **({"chip": silent} if missing else {}),
        },
        {
            "label": "Messages a second",
            "value": f"{sum(p.sent_a_second for p in pictures):,.0f}",
            "trend": added([p.trend for p in pictures]),
            "note": f"sent, last minute; {sum(p.received_a_second for p in pictures):,.0f} received",
        },
        {
            "label": "Waiting for readers",
            "value": queued,
            "note": f"at most {deepest:,} for one of them",
            "chip": {"tone": "good", "text": "flowing"} if not queued else {"tone": "warn", "text": "waiting"},
        },
        {
            "label": "Slow readers",
            "value": resyncs + slow,
            "note": f"{resyncs:,} brought up to date, {slow:,} cut off",
        },
    ]


def added(trends: Sequence[Sequence[float]]) -> list[float]:
    """Several nodes' trends as one; each ends now, and what one has not lived through counts as nothing."""
    longest = max((len(trend) for trend in trends), default=0)
    padded = [[0.0] * (longest - len(trend)) + list(trend) for trend in trends]
    return [round(sum(values), 1) for values in zip(*padded, strict=True)]


def node_row(age: float, picture: Picture) -> dict[str, Any]:
    late = f"told {age:.0f} s ago" if age >= 1 else "this node" if age == 0 else "just told"
    return {
        "node": {"text": picture.node, "title": late},
        "connections": picture.connections,
        "sent": picture.sent_a_second,
        "received": picture.received_a_second,
        "queued": marked(picture.queued),
        "dropped": marked(picture.dropped),
        "resyncs": marked(picture.resyncs),
        "slow": marked(picture.slow),
        "refused": picture.refused,
    }


def marked(count: int) -> Any:
    return {"text": f"{count:,}", "tone": "warn"} if count else 0


def topic_rows(pictures: Sequence[Picture]) -> list[dict[str, Any]]:
    found = subscribers(pictures)[:SHOWN]
    most = max((count for _, count in found), default=0)
    return [{"topic": topic, "subscribers": {"value": count, "of": most}} for topic, count in found]
