"""One's own queue on the socket: in every tab at once, and of nobody whom one is not to see."""

from __future__ import annotations

import pytest

from core.app import App
from tests.channels.conftest import Connect
from tests.factories import Make
from tests.nudges.kit import given, two_friends


@pytest.mark.req("ND-7", "ND-15", "ND-9", "RT-17")
async def test_every_tab_hears_of_a_nudge_and_of_its_answer(app: App, make: Make, enter: Connect) -> None:
    leo, ada = await two_friends(make)
    tabs = [await (await enter(ada)).join(f"notifications:{ada.id}") for _ in range(2)]
    before = tabs[0].response["unread"]
    nudge = await given(app, leo, ada)
    for tab in tabs:
        told = await tab.expect("notification_added")
        assert (told["kind"], told["user_name"], told["way"]) == ("friend_online", leo.username, "live")
        assert (told["nudge_id"], told["status"], told["skill"]) == (str(nudge.id), "pending", "algebra")
    late = await (await enter(ada)).join(f"notifications:{ada.id}")
    assert late.response["unread"] == before + 1
    assert leo.username not in str(late.response), "what is kept names nobody"
    await tabs[0].push("nudge_shown", {"nudge_id": str(nudge.id)})
    reply = await tabs[0].push("accept_nudge", {"nudge_id": str(nudge.id)})
    assert reply.response["href"] == f"/practice/co-session?with={leo.id}&skill=algebra"
    for tab in tabs:
        assert (await tab.expect("nudge_changed"))["status"] == "accepted"
    twice = await tabs[1].push("accept_nudge", {"nudge_id": str(nudge.id)})
    assert (twice.status, twice.response["reason"]) == ("error", "already_accepted")


@pytest.mark.req("ND-15")
async def test_looking_in_one_tab_clears_the_number_in_all(app: App, make: Make, enter: Connect) -> None:
    leo, ada = await two_friends(make)
    tabs = [await (await enter(ada)).join(f"notifications:{ada.id}") for _ in range(2)]
    await given(app, leo, ada)
    place = (await tabs[0].expect("notification_added"))["place"]
    await tabs[0].push("see_notifications", {"up_to": place})
    for tab in tabs:
        assert (await tab.expect("notifications_seen"))["up_to"] == place
    assert (await (await enter(ada)).join(f"notifications:{ada.id}")).response["unread"] == 0


@pytest.mark.req("ND-13")
async def test_a_block_takes_it_out_of_every_open_tab(app: App, make: Make, enter: Connect) -> None:
    leo, ada = await two_friends(make)
    tab = await (await enter(ada)).join(f"notifications:{ada.id}")
    await given(app, leo, ada)
    note = (await tab.expect("notification_added"))["notification_id"]
    await make.block(leo, ada)
    await app.settle()
    assert note in (await tab.expect("notifications_withdrawn"))["notification_ids"]
