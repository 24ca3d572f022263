"""What a node tells about itself whenever its metrics are read: sockets, people, topics, and what is away."""

from __future__ import annotations

from functools import partial

from core.live.liveview import Delivery
from core.metrics import Metrics
from core.web.channels.overview import Seen
from core.web.context import Context

COUNTED = {
    "opened": "Sockets let in.",
    "refused": "Handshakes refused.",
    "received": "Messages from clients.",
    "sent": "Messages to clients.",
    "malformed": "Messages from clients that could not be read.",
    "limited": "Messages refused because a client sent too many.",
    "dropped": "Messages dropped for readers that were too slow.",
    "resyncs": "Present states given to slow readers in place of what was dropped.",
    "slow": "Sockets closed because they did not read.",
    "crowded": "Sockets closed because their person opened too many.",
}
"""What the sockets count, by the name of the counter."""


def watch(app: Context) -> None:
    """Have the node's metrics show its state and how fast facts arrive; once, however often it is asked for."""
    metrics = app.metrics
    if not metrics.watch("sockets_open", "Sockets open on this node.", lambda: len(app.sockets)):
        return
    metrics.watch("presence_connections", "Connections that are present.", app.presence.connections)
    metrics.watch("topics_watched", "Topics with subscribers here.", lambda: len(app.hub.subscribers()))
    metrics.watch("replicas_open", "States of topics kept current here.", lambda: len(app.replicas))
    metrics.watch("log_seq", "The last fact that this node has read.", lambda: app.hub.seq)
    metrics.watch("relay_behind", "1 while the log cannot be read.", lambda: float(app.relay.behind))
    metrics.watch("bus_healthy", "1 while other nodes can be reached.", lambda: float(app.pubsub.healthy))
    metrics.watch("limiter_healthy", "1 while limits are shared.", lambda: float(app.limiter.healthy))
    watch_sockets(metrics, app.overview.sockets)

    def arrived(delivery: Delivery) -> None:
        seconds = (app.clock.now() - delivery.fact.received_at).total_seconds()
        metrics.delivery_seconds.observe(max(seconds, 0.0))

    app.relay.listeners.append(arrived)


def watch_sockets(metrics: Metrics, sockets: Seen) -> None:
    """The same figures as the endpoint's and the page's, for this node."""
    for name, meaning in COUNTED.items():
        metrics.count(f"socket_{name}", meaning, partial(getattr, sockets.counters, name))
    metrics.watch("socket_people", "People with an open socket.", lambda: sockets.counts()["people"])
    metrics.watch("socket_subscriptions", "Topics joined, by all sockets.", lambda: subscribed(sockets))
    metrics.watch("socket_queued", "Messages that wait for their readers.", lambda: sockets.counts()["queued"])
    metrics.watch("socket_deepest", "The most that wait for one reader.", lambda: sockets.counts()["deepest"])


def subscribed(sockets: Seen) -> int:
    return sum(sockets.counts()["topics"].values())
