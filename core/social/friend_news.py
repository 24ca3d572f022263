"""That something between two people is another: a word to both of them, on their own topics alone.

It says no more than that their lists should be read again. Who is blocked is not told so: their list is simply another,
as it is when a friendship ends.
"""

from __future__ import annotations

from core.events.catalog import (
    FriendshipAccepted,
    FriendshipDeclined,
    FriendshipRequested,
    PersonBlocked,
    PersonUnblocked,
)
from core.live.hub import Hub, Message
from core.live.liveview import Delivery


def tell_friends(hub: Hub, delivery: Delivery) -> None:
    """Have the open pages of the two whom a fact concerns read their lists again."""
    fact, event = delivery.fact, delivery.fact.event
    match event:
        case FriendshipRequested() | FriendshipAccepted() | FriendshipDeclined():
            pair = (fact.user_id, event.friend_id)
        case PersonBlocked() | PersonUnblocked():
            pair = (fact.user_id, event.blocked_id)
        case _:
            return
    for user_id in filter(None, pair):
        hub.signal(Message(f"user:{user_id}", "friends_changed", {}))
