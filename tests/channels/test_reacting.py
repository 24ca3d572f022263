"""Reactions and followers over the socket."""

from __future__ import annotations

import pytest

from tests.channels.conftest import Connect
from tests.factories import Make


@pytest.mark.req("AF-5", "AF-14", "AF-22", "RT-9")
async def test_a_reaction_by_socket_is_seen_wherever_the_activity_is(make: Make, enter: Connect) -> None:
    owner, fan = await make.person(cohort="blue"), await make.person()
    activity = (await make.fact(owner)).event_id
    watching, acting = await enter(owner), await enter(fan)
    topics = ("activity:global", "activity:subject:math", f"activity:user:{owner.id}", f"cohort:{owner.cohort_id}")
    channels = [await watching.join(topic) for topic in topics]
    mine = await acting.join("activity:global")
    reply = await mine.push("react", {"activity_id": str(activity), "reaction": "celebrate"})
    assert reply.response == {"activity_id": str(activity), "mine": "celebrate", "reactions": {"celebrate": 1}}
    for channel in channels:
        told = await channel.expect("activity_reacted")
        assert (told["activity_id"], told["reactions"]) == (str(activity), {"celebrate": 1})
    again = await watching.join("activity:feed")
    assert again.response["activities"][0]["reactions"] == {"celebrate": 1}


@pytest.mark.req("AF-5", "AF-22", "BG-11")
async def test_a_follower_hears_one_person_and_nobody_else(make: Make, enter: Connect) -> None:
    followed, other = await make.person(), await make.person()
    client = await enter(await make.person())
    channel = await client.join(f"activity:user:{followed.id}")
    assert channel.response["activities"] == []
    await make.fact(other)
    result = await make.fact(followed)
    assert (await channel.expect("new_activity"))["seq"] == result.seq
