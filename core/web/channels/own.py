"""What people hear on their own topics, `user:{id}` and `notifications:{id}`, of what concerns them alone.

It comes with the fact, at once on every node, and is not kept: whoever was away finds it in the state of the topics
that keep history, or asks by REST.
"""

from __future__ import annotations

from typing import Any

from core.achievements.live import earned_by
from core.events.catalog import ActivityReacted, CoPracticeChanged, LearnerProgressed, PracticeRunChanged
from core.events.fact import Fact
from core.events.feed import ActivityHidden, ActivityReported, ChallengeInitiated, ReportsDecided
from core.events.growth import LoopExposed
from core.events.nudges import NudgeReportDecided, NudgeReported
from core.growth.suggestions import suggestion
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
    elif isinstance(event, ActivityReacted) and fact.user_id:
        said: dict[str, Any] = {"activity_id": str(event.activity_id), "reaction": event.reaction}
        hub.signal(Message(f"user:{fact.user_id}", "own_reaction", said))
    elif isinstance(event, ActivityHidden):
        said = {"activity_id": str(event.activity_id), "hidden": event.hidden}
        hub.signal(Message(f"user:{fact.user_id}", "activity_hidden", said))
    elif isinstance(event, ChallengeInitiated):
        _tell_both(hub, delivery, event)
    else:
        _suggest(hub, fact)
        _tell_staff(hub, fact)


def _tell_both(hub: Hub, delivery: Delivery, event: ChallengeInitiated) -> None:
    """Who was challenged hears by whom; who challenged hears it on all of their pages."""
    fact, who = delivery.fact, delivery.who
    if who is None:
        return
    said = {
        "activity_id": str(event.activity_id),
        "from_user_id": str(who.id),
        "from_name": who.name,
        "from_avatar": who.avatar,
        "target_user_id": str(event.target_user_id),
        "subject": fact.subject,
        "skill": fact.skill,
        "timestamp": fact.at.isoformat(),
    }
    for user_id in (event.target_user_id, who.id):
        hub.signal(Message(f"user:{user_id}", "challenge_initiated", said))


def _suggest(hub: Hub, fact: Fact) -> None:
    """What the orchestrator decided to show; nothing else suggests anything to anybody."""
    words = suggestion(fact, fact.event) if isinstance(fact.event, LoopExposed) else None
    if words is not None:
        hub.signal(Message(f"user:{fact.user_id}", "viral_suggestion", words))


def _tell_staff(hub: Hub, fact: Fact) -> None:
    event = fact.event
    if isinstance(event, ActivityReported | ReportsDecided):
        status = "open" if isinstance(event, ActivityReported) else event.verdict
        said = {"activity_id": str(event.activity_id), "status": status}
        hub.signal(Message("moderation:activities", "reports_changed", said))
    elif isinstance(event, NudgeReported | NudgeReportDecided):
        now = "open" if isinstance(event, NudgeReported) else event.verdict
        told = {"report_id": str(event.report_id), "status": now}
        hub.signal(Message("moderation:activities", "nudge_reports_changed", told))


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
