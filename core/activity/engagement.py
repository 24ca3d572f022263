"""What readers do in a feed, counted: what they had before their eyes and what they pressed.

It comes from pages in batches. Of what is sent, that counts which the reader may see, which is somebody else's and
which its person shows to others: nobody's private doings are written down beside a reader. Reactions, challenges and
shares are facts of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from core.activity.holding import somebody
from core.activity.queries import visible_to
from core.events.feed import FeedClicked, FeedViewed
from core.transaction import Transaction
from data.tables import ActivityRow, User

MOST = 100
CLICKS = 20
TARGETS = frozenset({"challenge_back", "menu", "filter", "show_new", "load_more", "friend_card", "continue", "share"})
"""What can be pressed; anything else is not counted."""

Click = tuple[str, UUID | None]


async def record_engagement(tx: Transaction, viewed: Sequence[UUID], clicks: Sequence[Click]) -> tuple[int, int]:
    """State what a reader saw and pressed; how much of it counts."""
    me = somebody(tx.actor)
    tx.actor.require("activity:read")
    wanted = {*viewed[:MOST], *(activity for _, activity in clicks[:CLICKS] if activity)}
    counted = await _countable(tx, me, wanted)
    shown = [id for id in dict.fromkeys(viewed[:MOST]) if id in counted]
    if shown:
        tx.emit(FeedViewed(activity_ids=shown), user_id=me)
    pressed = [
        (target, activity)
        for target, activity in clicks[:CLICKS]
        if target in TARGETS and (activity is None or activity in counted)
    ]
    for target, activity in pressed:
        tx.emit(FeedClicked(target=target, activity_id=activity), user_id=me)
    return len(shown), len(pressed)


async def _countable(tx: Transaction, me: UUID, ids: set[UUID]) -> set[UUID]:
    if not ids:
        return set()
    rows = select(ActivityRow.id).join(User, User.id == ActivityRow.user_id)
    seen = rows.where(ActivityRow.id.in_(ids), visible_to(tx.actor), ActivityRow.user_id.not_in(tx.actor.hidden))
    others = seen.where(ActivityRow.user_id != me, ActivityRow.visibility != "private")
    return set((await tx.db.execute(others)).scalars())
