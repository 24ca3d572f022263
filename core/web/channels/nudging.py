"""What is said of nudges on one's own topic: answers, mutes, and that one has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.nudges.commands import Answered, accept, ignore, mute, show
from core.nudges.queue import open_notification, see

if TYPE_CHECKING:
    from core.web.channels.topics import Push


def _told(done: Answered) -> dict[str, Any]:
    return {"nudge_id": str(done.id), "status": done.status, "href": done.href}


async def accept_nudge(push: Push) -> dict[str, Any]:
    return _told(await push.services.transactions.run(push.principal, accept, push.payload.nudge_id))


async def ignore_nudge(push: Push) -> dict[str, Any]:
    return _told(await push.services.transactions.run(push.principal, ignore, push.payload.nudge_id))


async def mute_nudge(push: Push) -> dict[str, Any]:
    said = push.payload
    return _told(await push.services.transactions.run(push.principal, mute, said.nudge_id, said.what))


async def nudge_shown(push: Push) -> None:
    await push.services.transactions.run(push.principal, show, push.payload.nudge_id)


async def see_notifications(push: Push) -> None:
    await push.services.transactions.run(push.principal, see, push.payload.up_to)


async def open_one(push: Push) -> None:
    await push.services.transactions.run(push.principal, open_notification, push.payload.notification_id)
