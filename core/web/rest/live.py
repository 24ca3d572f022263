"""What goes on at the sockets of every node, for administrators and for whoever watches over the house by a key."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from core.web.channels.overview import Picture, subscribers
from core.web.rest.fields import Output
from core.web.routes import READING, Call, Routes

routes = Routes("Live")

PATIENCE = 1.0


class TopicOut(Output, frozen=True, kw_only=True):
    """One topic, under the name it is published by."""

    topic: str
    subscribers: int


class NodeOut(Output, frozen=True, kw_only=True):
    """One node's sockets."""

    node: str
    age: Annotated[float, Meta(description="Seconds since the node told this.")]
    uptime: float
    connections: int
    people: int
    topics: int
    received_a_second: Annotated[float, Meta(description="Messages from clients, over the last ten seconds.")]
    sent_a_second: Annotated[float, Meta(description="Messages to clients, over the last ten seconds.")]
    trend: Annotated[list[float], Meta(description="Messages to clients, second by second, oldest first.")]
    queued: Annotated[int, Meta(description="Messages that wait for their readers.")]
    deepest: Annotated[int, Meta(description="Of those, the most that wait for one reader.")]
    opened: Annotated[int, Meta(description="Since its start, as all that follow.")]
    refused: Annotated[int, Meta(description="Handshakes refused.")]
    received: int
    sent: int
    malformed: int
    limited: Annotated[int, Meta(description="Messages refused because there were too many.")]
    dropped: Annotated[int, Meta(description="Messages dropped for readers that were too slow.")]
    resyncs: Annotated[int, Meta(description="Present states given in place of what was dropped.")]
    slow: Annotated[int, Meta(description="Connections closed because they did not read.")]
    crowded: Annotated[int, Meta(description="Connections closed because their person opened too many.")]


class LiveOut(Output, frozen=True, kw_only=True):
    """All nodes that are heard, the one that answers first; and their sums."""

    connections: int
    people: Annotated[int, Meta(description="Node by node: who is connected to two counts on both.")]
    received_a_second: float
    sent_a_second: float
    queued: int
    dropped: int
    resyncs: int
    slow: int
    refused: int
    topics: Annotated[list[TopicOut], Meta(description="Subscribers over all nodes, the fullest first.")]
    nodes: list[NodeOut]
    missing: Annotated[int, Meta(description="Nodes that are there and did not answer in time.")]


def _node(age: float, picture: Picture) -> NodeOut:
    told = {name: getattr(picture, name) for name in NodeOut.__struct_fields__ if name != "age"}
    return NodeOut(age=age, **told | {"trend": list(picture.trend)})


@routes("GET", "/api/v1/live", scope="live:read", summary="What goes on at the sockets, on all nodes.", rate=READING)
async def get_live(call: Call[None, None]) -> LiveOut:
    """The other nodes are asked and given a second; how many did not answer stands in `missing`."""
    others = len(call.app.presence.peers.nodes)
    pictures = await call.app.overview.asked(others, PATIENCE)
    nodes = [_node(age, picture) for age, picture in pictures]

    def total(name: str) -> int:
        return sum(getattr(node, name) for node in nodes)

    return LiveOut(
        connections=total("connections"),
        people=total("people"),
        received_a_second=round(sum(node.received_a_second for node in nodes), 1),
        sent_a_second=round(sum(node.sent_a_second for node in nodes), 1),
        queued=total("queued"),
        dropped=total("dropped"),
        resyncs=total("resyncs"),
        slow=total("slow"),
        refused=total("refused"),
        topics=[TopicOut(topic=topic, subscribers=count) for topic, count in subscribers(p for _, p in pictures)],
        nodes=nodes,
        missing=max(0, others + 1 - len(nodes)),
    )
