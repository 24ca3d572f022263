"""What becomes of activities, live: removals everywhere and for good, and what is told to one person alone."""

from __future__ import annotations

import pytest

from core.activity.challenging import challenge_back
from core.activity.commands import take_in
from core.activity.hiding import hide_activity, show_activity
from core.activity.reporting import decide_reports, remove_activity, report_activity
from core.app import App
from core.principal import SYSTEM
from tests.channels.conftest import Connect
from tests.factories import Make


@pytest.mark.req("AF-23", "AF-9")
async def test_a_removal_reaches_every_topic_and_no_gap_or_snapshot_brings_it_back(
    app: App, make: Make, enter: Connect
) -> None:
    owner, other = await make.person(cohort="blue"), await make.person(cohort="blue")
    mine = await make.principal(owner)
    activity = (await make.fact(owner)).event_id
    before = (await make.fact(other)).event_id
    assert activity
    topics = ("activity:global", "activity:feed", "activity:subject:math", f"cohort:{owner.cohort_id}")
    watching = await enter(other)
    channels = [await watching.join(topic) for topic in (*topics, f"activity:user:{owner.id}")]
    positions = [(c.topic, c.response["seq"] - 2, c.response["epoch"]) for c in channels]
    await make.run(mine, remove_activity, activity)
    for channel in channels:
        assert (await channel.expect("activity_removed"))["activity_id"] == str(activity)
    reply = await channels[0].push("react", {"activity_id": str(activity), "reaction": "like"})
    assert (reply.status, reply.response["reason"]) == ("error", "not_found")
    back = await enter(other)
    for topic, since, epoch in positions:
        for params in ({}, {"since": since, "epoch": epoch}):
            joined = await back.join(topic, params)
            assert str(activity) not in str(joined.response), topic
            assert joined.response["recovered"] is False
            await joined.leave()
    kept = await back.join("activity:global")
    assert [item["id"] for item in kept.response["activities"]] == [str(before)]


@pytest.mark.req("AF-9", "AF-23")
async def test_a_full_window_is_filled_again_from_below(app: App, make: Make, enter: Connect) -> None:
    person, reader = await make.person(), await make.person()
    taken = await take_in(app.transactions, SYSTEM, [make.event(person) for _ in range(52)])
    await app.settle()
    ids = [str(result.event_id) for result in taken]
    channel = await (await enter(reader)).join("activity:global")
    newest = (await make.fact(person)).event_id
    assert newest
    await channel.expect("new_activity")
    await make.run(await make.principal(person), remove_activity, newest)
    state = await channel.expect("snapshot")
    assert [item["id"] for item in state["activities"]] == ids[::-1][:50]


@pytest.mark.req("AF-14", "AF-16", "AF-23", "HUB-24")
async def test_every_tab_of_a_person_hears_of_their_own_choices_and_nobody_else(
    app: App, make: Make, enter: Connect
) -> None:
    owner, fan = await make.person(), await make.person()
    activity = (await make.fact(owner)).event_id
    assert activity
    me = await make.principal(fan)
    tabs = [await (await enter(fan)).join("user:me") for _ in range(2)]
    theirs = await (await enter(owner)).join("user:me")
    await make.reaction(fan, activity, "wow")
    await make.run(me, hide_activity, activity)
    await make.run(me, show_activity, activity)
    await make.run(me, challenge_back, app.gate, activity)
    for tab in tabs:
        assert await tab.expect("own_reaction") == {"activity_id": str(activity), "reaction": "wow"}
        told = [await tab.expect("activity_hidden") for _ in range(2)]
        assert [one["hidden"] for one in told] == [True, False]
        assert (await tab.expect("challenge_initiated"))["target_user_id"] == str(owner.id)
    heard = await theirs.expect("challenge_initiated")
    assert (heard["from_name"], heard["skill"]) == (me.name, "algebra")
    await theirs.client.heartbeat()
    assert not [m for m in theirs.client.waiting if m.event in ("own_reaction", "activity_hidden")]


@pytest.mark.req("AF-23")
async def test_staff_hear_that_something_was_reported_and_answered(app: App, make: Make, enter: Connect) -> None:
    owner, fan, admin = await make.person(), await make.person(), await make.person(role="admin")
    activity = (await make.fact(owner)).event_id
    queue = await (await enter(admin)).join("moderation:activities")
    assert (await (await enter(fan)).refused("moderation:activities"))["reason"] == "forbidden"
    await make.run(await make.principal(fan), report_activity, app.gate, activity, "unkind")
    assert await queue.expect("reports_changed") == {"activity_id": str(activity), "status": "open"}
    await make.run(await make.principal(admin), decide_reports, activity, "keep")
    assert await queue.expect("reports_changed") == {"activity_id": str(activity), "status": "kept"}


@pytest.mark.req("AF-5", "CP-9")
async def test_who_is_deleted_is_gone_from_open_feeds_at_once_and_the_sums_are_right(
    app: App, make: Make, enter: Connect
) -> None:
    gone, stays, reader = [await make.person(cohort="blue") for _ in range(3)]
    theirs, kept = (await make.fact(gone)).event_id, (await make.fact(stays)).event_id
    await make.reaction(gone, kept, "wow")
    await make.reaction(reader, kept, "wow")
    await make.reaction(reader, theirs, "like")
    await make.run(await make.principal(reader), hide_activity, theirs)
    client = await enter(reader)
    topics = ("activity:global", f"cohort:{reader.cohort_id}")
    channels = [await client.join(topic) for topic in topics]
    await make.erase(gone)
    for channel in channels:
        assert (await channel.expect("person_removed"))["user_id"] == str(gone.id)
        told = await channel.expect("activity_reacted")
        assert (told["activity_id"], told["reactions"]) == (str(kept), {"wow": 1})
    again = await enter(reader)
    for topic in topics:
        joined = await again.join(topic)
        assert [item["id"] for item in joined.response["activities"]] == [str(kept)]
        assert joined.response["activities"][0]["reactions"] == {"wow": 1}
