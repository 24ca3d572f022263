"""What people hear on their own topics, `user:{id}` and `notifications:{id}`, of what concerns them alone.

It comes with the fact, at once on every node, and is not kept: whoever was away finds it in the state of the topics
that keep history, or asks by REST.
"""

from __future__ import annotations

from typing import Any

from core.achievements.live import earned_by
from core.events.catalog import CoPracticeChanged, LearnerProgressed, PracticeRunChanged
from core.live.hub import Hub, Message
from core.live.liveview import Delivery
from core.presence.service import Presence


def tell_own(hub: Hub, presence: Presence, delivery: Delivery) -> None:
    """Tell those concerned of a fact that is theirs."""
    fact, event = delivery.fact, delivery.fact.event
    if isinstance(event, PracticeRunChanged) and fact.user_id and fact.skill:
        presence.practise(fact.user_id, fact.skill, fact.subject or "", done=event.status != "live")
    elif isinstance(event, LearnerProgressed):
        for earned in earned_by(event.unlocked, fact.at):
            hub.signal(Message(f"user:{fact.user_id}", "achievement_unlocked", earned.wire()))
    elif isinstance(event, CoPracticeChanged):
        payload = invitation(delivery, event)
        for user_id in (event.inviter_id, event.partner_id):
            hub.signal(Message(f"user:{user_id}", "co_practice", payload))


def invitation(delivery: Delivery, event: CoPracticeChanged) -> dict[str, Any]:
    """An invitation as both of the two hear of it; the names they may read are joined where they are shown."""
    return {
        "session_id": str(event.session_id),
        "inviter_id": str(event.inviter_id),
        "inviter_name": delivery.who.name if delivery.who else "",
        "partner_id": str(event.partner_id),
        "status": event.status,
        "subject": delivery.fact.subject,
        "skill": delivery.fact.skill,
        "app": event.app,
        "score": event.score,
    }
