"""The hub's envelope, `{type, channel, data, user_id, id, seq, time}`: the socket's messages in another form.

Pure. `incoming` makes what a client says into a message of the socket's own protocol; `outgoing` makes what the socket
says into an envelope. Who something is about is the server's word: a `user_id` that a client sends is not looked at.
An activity's `type` is its event's; what has a dotted name at the hub goes by that.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from core.events.catalog import ALIASES
from core.web.channels import protocol
from core.web.channels.protocol import MAX_EVENT, MAX_REF, MAX_TOPIC

NAMES: Final = {meant: name for name, meant in ALIASES.items() if "." in name}
"""What the hub calls the events that it has a name of its own for."""

SAYS: Final = {
    "achievement_unlocked": "achievement.unlocked",
    "leaderboard_update": "leaderboard.update",
    "progress_update": "progress.update",
    "rank_changed": "rank.changed",
}
"""And the messages that are no activities."""

JOINED: Final = "hub"
"""The reference of every join: a hub's client joins a channel once."""
SUBSCRIBE, UNSUBSCRIBE, PING = "subscribe", "unsubscribe", "ping"
ANSWERS: Final = {SUBSCRIBE: "subscribed", UNSUBSCRIBE: "unsubscribed", PING: "pong"}
MALFORMED: Final = ""
"""A frame that the socket will refuse as it refuses any other that cannot be read."""

_encode = msgspec.json.Encoder().encode


class Asked(msgspec.Struct, frozen=True):
    """What a client sends. `ref` comes back with the answer."""

    type: str
    channel: str = ""
    data: dict[str, Any] = {}
    ref: str = ""


_decode = msgspec.json.Decoder(Asked).decode


def incoming(text: str) -> str:
    """A client's envelope as a message of the socket's protocol; MALFORMED for anything else."""
    try:
        asked = _decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return MALFORMED
    fits = 0 < len(asked.type) <= MAX_EVENT and len(asked.channel) <= MAX_TOPIC and not asked.type.startswith("phx_")
    if not fits or not (asked.channel or asked.type == PING):
        return MALFORMED
    ref = reference(asked.type, asked.ref)
    if len(ref) > MAX_REF:
        return MALFORMED
    topic, event, join_ref = asked.channel, asked.type, JOINED
    if asked.type == SUBSCRIBE:
        event = protocol.JOIN
    elif asked.type == UNSUBSCRIBE:
        event = protocol.LEAVE
    elif asked.type == PING:
        return _encode((None, ref, protocol.HEARTBEAT_TOPIC, "heartbeat", {})).decode()
    return _encode((join_ref, ref, topic, event, asked.data)).decode()


def reference(kind: str, ref: str = "") -> str:
    """What is asked, and the client's own reference, as the answer will bring them back."""
    return f"{kind if kind in ANSWERS else 'said'} {ref}"


def outgoing(message: bytes, time: str) -> bytes:
    """A message of the socket as an envelope; `time` is when it goes out, for those that have no time of their own."""
    _join_ref, ref, topic, event, payload = msgspec.json.decode(message)
    if event == protocol.REPLY:
        return _encode(_answer(str(ref or ""), topic, payload, time))
    if event == protocol.CLOSE:
        return _encode(_envelope("closed", topic, {}, time))
    return _encode(_said(topic, event, payload, time))


def _answer(ref: str, topic: str, payload: dict[str, Any], time: str) -> dict[str, Any]:
    kind, _, theirs = ref.partition(" ")
    response = payload.get("response", {})
    fine = payload.get("status") == "ok"
    if fine and kind == SUBSCRIBE and "events" in response:
        missed = [_said(topic, one["event"], one["payload"], time) for one in response["events"]]
        response = {**response, "events": missed}
    name = ANSWERS.get(kind, "answered") if fine else "refused"
    channel = None if topic == protocol.HEARTBEAT_TOPIC else topic
    return _envelope(name, channel, response, time) | {"ref": theirs or None}


def _said(topic: str, event: str, payload: dict[str, Any], time: str) -> dict[str, Any]:
    made = _envelope(event, topic, payload, time)
    if event == "new_activity":
        made["type"] = NAMES.get(payload["type"], payload["type"])
    elif event == "practice_changed" and payload["score"] is not None:
        made["type"] = "score.updated"
    else:
        made["type"] = SAYS.get(event, event)
    return made


def _envelope(kind: str, channel: str | None, data: Any, time: str) -> dict[str, Any]:
    about = data if isinstance(data, dict) else {}
    return {
        "type": kind,
        "channel": channel,
        "data": data,
        "user_id": about.get("user_id"),
        "id": about.get("id"),
        "seq": about.get("seq"),
        "time": about.get("timestamp", time),
    }


def welcome(connection: str, time: str) -> bytes:
    """The first thing a client hears: the name of its connection, for the forms over REST."""
    return _encode(_envelope("connected", None, {"connection": connection}, time))
