"""The card about somebody that opens from their name: as far as the viewer may see them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from core.achievements.queries import level_now
from core.errors import Forbidden
from core.social.nicknames import STAFF, nicknamed
from core.social.profiles import profile_of
from core.web.rest.fields import Output, UserId
from core.web.routes import READING, Call, Routes

routes = Routes("Profiles")

LATEST = 3


class ProfileBadgeOut(Output, frozen=True, kw_only=True):
    """A badge somebody earned."""

    achievement: str
    title: str


class ProfileOut(Output, frozen=True, kw_only=True):
    """Somebody, as one may see them."""

    user_id: UserId
    name: str
    avatar: str
    role: str
    simulated: bool
    friend: bool
    same_cohort: bool
    level: Annotated[int, Meta(description="By all their points.")]
    badges: Annotated[int, Meta(description="How many they earned.")]
    nickname: Annotated[
        bool | None,
        Meta(description="Whether they chose the name themselves; told to moderators, else null."),
    ]
    latest: Annotated[list[ProfileBadgeOut], Meta(description="The last three.")]


@routes(
    "GET",
    "/api/v1/profiles/{user_id}",
    scope="leaderboard:read",
    summary="A card about somebody: only of those whom one may see.",
    rate=READING,
    errors=(404,),
)
async def get_profile(call: Call[None, None]) -> ProfileOut:
    viewer = call.principal
    if viewer.kind != "person":
        raise Forbidden
    async with call.app.transactions.read() as db:
        found = await profile_of(db, viewer, call.path_id("user_id"))
        chosen = bool(await nicknamed(db, [found.person.id])) if viewer.may(STAFF) else None
    person, earned = found.person, found.reached.earned
    latest = {row.achievement: row for row in reversed(earned)}
    newest = sorted(latest.values(), key=lambda row: row.earned_at, reverse=True)[:LATEST]
    return ProfileOut(
        user_id=str(person.id),
        name=person.name,
        avatar=person.avatar,
        role=found.role,
        simulated=person.simulated,
        friend=found.friend,
        same_cohort=found.same_cohort,
        level=level_now(found.reached.row).level,
        badges=len(earned),
        nickname=chosen,
        latest=[ProfileBadgeOut(achievement=row.achievement, title=row.title) for row in newest],
    )
