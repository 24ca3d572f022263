"""What a node tells about itself whenever its metrics are read: sockets, people, topics, and what is away."""

from __future__ import annotations

from core.live.liveview import Delivery
from core.web.context import Context


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

    def arrived(delivery: Delivery) -> None:
        seconds = (app.clock.now() - delivery.fact.received_at).total_seconds()
        metrics.delivery_seconds.observe(max(seconds, 0.0))

    app.relay.listeners.append(arrived)
