"""Somebody who is connected becomes somebody else altogether: another cohort, name, age and time zone in one moment."""

from __future__ import annotations

import json

import pytest

from core.app import App
from tests.channels.conftest import Connect
from tests.factories import Make


@pytest.mark.req("AF-6", "CO-1", "CP-12", "LB-7", "RT-7")
async def test_everything_about_somebody_changes_under_their_open_pages(app: App, make: Make, enter: Connect) -> None:
    ada = await make.person(cohort="blue", name="Ada Byron")
    blue, red, far = await make.person(cohort="blue"), await make.person(cohort="red"), await make.person()
    await make.fact(ada)
    hers = await enter(ada)
    room, watched = await hers.join(f"cohort:{ada.cohort_id}"), await hers.join("notifications:" + str(ada.id))
    await hers.join("presence:lobby")
    mate, other, stranger = await enter(blue), await enter(red), await enter(far)
    left, came = await mate.join(room.topic), await other.join(f"cohort:{red.cohort_id}")
    feed, lobby = await stranger.join("activity:global"), await stranger.join("presence:lobby")
    board = await stranger.join("leaderboard:math")
    await lobby.expect("presence_state", lambda state: str(ada.id) in state)
    assert str(ada.id) in json.dumps(board.response)

    given = {"name": "Grace Quixworth", "cohort": "red", "age_band": "13_17", "timezone": "Pacific/Auckland"}
    await make.person(external_id=ada.external_id, **given)
    await app.settle()

    # Who may not see them any more hears that they left, and not by which name.
    await hers.until(lambda m: m.event == "phx_close" and m.topic == room.topic)
    assert (await left.expect("person_removed"))["user_id"] == str(ada.id)
    assert (await feed.expect("person_removed"))["user_id"] == str(ada.id)
    await lobby.expect("presence_diff", lambda diff: str(ada.id) in diff["leaves"])
    await board.expect("person_removed", lambda said: said["user_id"] == str(ada.id))
    for client in (mate, stranger):
        await client.heartbeat()
        assert "Grace" not in str([m.payload for m in client.waiting])

    # The new cohort knows them by a minor's name; their own pages go on.
    assert (await hers.refused(room.topic))["reason"] == "not_in_cohort"
    await hers.join(came.topic)
    said = await came.expect("presence_diff", lambda diff: str(ada.id) in diff["joins"])
    assert said["joins"][str(ada.id)]["metas"][0]["name"] == "Grace"
    await make.fact(ada)
    assert (await came.expect("new_activity"))["user_name"] == "Grace"
    await stranger.heartbeat()
    await other.heartbeat()
    assert "Grace" not in str([m.payload for m in stranger.waiting])
    assert "Quixworth" not in str([m.payload for client in (hers, other) for m in client.waiting])
    assert (await hers.ask(watched.topic, "see_notifications", {"up_to": 0}, watched.join_ref)).status == "ok"
