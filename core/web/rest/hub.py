"""The hub's forms over REST: subscribing and unsubscribing a connection that is named, as it could do itself in band.

`GET /api/ws` opens the connection, and its first message says its name. What is subscribed is heard on the connection,
the channel's state included; here it is only said that it was done.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from core.web.rest.fields import Input, Output
from core.web.routes import Call, Routes

routes = Routes("Hub")

EXAMPLE = {"connection": "01933f2b-0d52-7e61-a0b7-93c4d5e6f708", "channel": "activity:feed"}


class UnsubscribeIn(Input, frozen=True, kw_only=True):
    """Which connection, and which channel."""

    connection: Annotated[str, Meta(min_length=1, max_length=64, description="As its first message named it.")]
    channel: Annotated[str, Meta(min_length=1, max_length=200, description="A topic of the socket.")]


class SubscribeIn(UnsubscribeIn, frozen=True, kw_only=True):
    """Which connection, which channel, and what was seen of it last."""

    since: Annotated[Annotated[int, Meta(ge=0)] | None, Meta(description="The last `seq` that was seen.")] = None
    epoch: Annotated[Annotated[str, Meta(max_length=64)] | None, Meta(description="Which history.")] = None


class SubscriptionOut(Output, frozen=True, kw_only=True):
    """What was done."""

    connection: str
    channel: str
    subscribed: bool


@routes(
    "POST",
    "/api/ws/subscribe",
    scope="activity:read",
    summary="Have a connection of one's own hear a channel.",
    errors=(404,),
    example=EXAMPLE,
)
async def post_subscribe(call: Call[SubscribeIn, None]) -> SubscriptionOut:
    """404 with `unknown_connection` for one that is not there or somebody else's, whichever node holds it."""
    asked = call.body
    given: dict[str, Any] = {"since": asked.since, "epoch": asked.epoch}
    data = {name: value for name, value in given.items() if value is not None}
    await call.app.subscriptions.subscribe(call.principal, asked.connection, asked.channel, data)
    return SubscriptionOut(connection=asked.connection, channel=asked.channel, subscribed=True)


@routes(
    "POST",
    "/api/ws/unsubscribe",
    scope="activity:read",
    summary="Have a connection of one's own hear a channel no more.",
    errors=(404,),
    example=EXAMPLE,
)
async def post_unsubscribe(call: Call[UnsubscribeIn, None]) -> SubscriptionOut:
    """A channel that the connection does not hear is no error: it is as it was wanted."""
    await call.app.subscriptions.unsubscribe(call.principal, call.body.connection, call.body.channel)
    return SubscriptionOut(connection=call.body.connection, channel=call.body.channel, subscribed=False)
