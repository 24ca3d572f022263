"""A cohort's room over the socket: the welcome, chat, challenges, and who hears what of them."""

from __future__ import annotations

import msgspec
import pytest

from core.activity.commands import take_in
from core.app import App
from core.clock import FakeClock
from core.principal import SYSTEM
from core.social.challenges import close_due
from core.social.friendships import block_person
from core.web.channels.topics import TOPICS
from data.tables import User
from tests.channel_kit import Channel
from tests.channels.conftest import Connect
from tests.factories import Make

FORMS = {said.name: said.type for spec in TOPICS for said in spec.messages}
WELCOME = ("cohort_info", "activity_feed", "leaderboards")


def room(person: User) -> str:
    return f"cohort:{person.cohort_id}"


async def into(enter: Connect, person: User) -> Channel:
    await_app = await enter(person)
    return await await_app.join(room(person))


async def say(channel: Channel, text: str, **given: object) -> dict[str, object]:
    reply = await channel.push("send_message", {"text": text, **given})
    assert reply.status == "ok", reply
    return dict(reply.response)


@pytest.mark.req("CO-1", "CO-2", "CO-3", "LB-7", "AF-11", "RT-10")
async def test_a_join_is_followed_by_how_the_cohort_stands_its_feed_and_its_boards(
    app: App, make: Make, enter: Connect
) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue")
    both = ((ada, "practice_completed"), (leo, "level_up"))
    facts = [make.event(person, type) for _ in range(22) for person, type in both]
    await take_in(app.transactions, SYSTEM, facts)
    await make.fact(leo, "practice_completed", properties={"score": 60})
    channel = await into(enter, ada)
    told = [await channel.client.until(lambda m: m.event in WELCOME) for _ in WELCOME]
    assert [one.event for one in told] == list(WELCOME)
    for one in told:
        msgspec.convert(one.payload, FORMS[one.event])
    info, feed, boards = (one.payload for one in told)
    assert (info["name"], info["total_members"], info["active_challenges"]) == ("blue", 2, 0)
    assert info["members_online"] == 1
    assert len(feed["activities"]) == 20
    assert {item["type"] for item in feed["activities"]} == {"practice_completed"}
    by_subject = {one["subject"]: one["top_users"] for one in boards["leaderboards"]}
    assert set(by_subject) == {"math", "reading", "science", "typing", "piano"}
    assert [user["user_id"] for user in by_subject["math"]] == [str(ada.id)], "one result is no average yet"
    stranger = await make.person(cohort="red")
    outside = await enter(stranger)
    for topic in (room(ada), "cohort:12", "cohort:nonsense", "cohort:'; --"):
        assert (await outside.refused(topic))["reason"] == "not_in_cohort"


@pytest.mark.req("CO-4", "LB-8", "BG-25")
async def test_what_a_member_does_reaches_all_and_the_board_is_told_once(make: Make, enter: Connect) -> None:
    people = [await make.person(cohort="blue") for _ in range(3)]
    for person in people:
        await make.fact(person)
        await make.fact(person)
    channels = [await into(enter, person) for person in people]
    for channel in channels:
        await channel.expect("leaderboards")
    result = await make.fact(people[0], properties={"score": 100})
    for channel in channels:
        heard = await channel.expect("new_activity")
        assert (heard["seq"], heard["user_id"]) == (result.seq, str(people[0].id))
        update = await channel.expect("leaderboard_update")
        assert (update["subject"], update["trigger_user"]) == ("math", str(people[0].id))
        assert update["top_users"][0]["user_id"] == str(people[0].id)
        await channel.client.heartbeat()
        assert [m for m in channel.client.waiting if m.event == "leaderboard_update"] == []


@pytest.mark.req("CO-5", "TS-6", "RT-16")
async def test_what_is_said_reaches_every_member_redacted(make: Make, enter: Connect) -> None:
    ada, teen, tutor = [
        await make.person(cohort="blue"),
        await make.person(cohort="blue", age_band="13_17"),
        await make.person(cohort="blue", role="tutor"),
    ]
    await make.app.settle()
    channels = [await into(enter, person) for person in (ada, teen, tutor)]
    assert channels[0].response["chat"] == {"open": True, "reason": None}
    sent = await say(channels[1], "Call me on 0171 1234567 <b>now</b>", key="k1")
    assert (sent["status"], sent["redacted"]) == ("sent", ["number"])
    for channel in channels:
        heard = await channel.expect("new_message")
        msgspec.convert(heard, FORMS["new_message"])
        assert heard["text"] == "Call me on [number hidden] <b>now</b>"
        assert (heard["user_id"], heard["user_name"], heard["role"]) == (str(teen.id), teen.username, None)
    again = await say(channels[1], "Call me on 0171 1234567 <b>now</b>", key="k1")
    assert again["message_id"] == sent["message_id"]
    await say(channels[2], "Let us stay here")
    heard = await channels[0].expect("new_message")
    assert (heard["text"], heard["role"]) == ("Let us stay here", "tutor")
    late = await into(enter, await make.person(cohort="blue"))
    assert [one["text"] for one in late.response["messages"]] == [
        "Call me on [number hidden] <b>now</b>",
        "Let us stay here",
    ]


@pytest.mark.req("CO-5", "SEC-3")
async def test_what_is_no_message_is_refused(make: Make, enter: Connect) -> None:
    ada = await make.person(cohort="blue")
    await make.app.settle()
    channel = await into(enter, ada)
    cases: list[tuple[object, str]] = [
        ({}, "invalid_message"),
        ({"text": ""}, "invalid_message"),
        ({"text": 7}, "invalid_message"),
        ({"text": "x", "user_id": "somebody"}, "invalid_message"),
        ({"text": " \u200b\u2060\n"}, "invalid_text"),
        ({"text": "a" * 501}, "invalid_text"),
        ({"text": "a" * 2001}, "invalid_message"),
        ({"text": "no \0 here"}, "invalid_text"),
    ]
    for payload, reason in cases:
        reply = await channel.push("send_message", payload)
        assert (reply.status, reply.response["reason"]) == ("error", reason), payload


@pytest.mark.req("CO-5", "TS-1", "CP-12")
async def test_chat_is_shut_while_a_child_has_no_consent_and_opens_live(make: Make, enter: Connect) -> None:
    ada = await make.person(cohort="blue")
    await make.app.settle()
    channel = await into(enter, ada)
    await say(channel, "Hello")
    child = await make.child(cohort="blue")
    await make.app.settle()
    shut = await channel.expect("chat_changed")
    assert (shut["open"], shut["reason"]) == (False, "consent_missing")
    state = await channel.expect("snapshot")
    assert (state["messages"], state["chat"]["open"]) == ([], False)
    reply = await channel.push("send_message", {"text": "Anybody?"})
    assert reply.response["reason"] == "consent_missing"
    inside = await into(enter, child)
    assert inside.response["messages"] == []
    await make.consent(child, "social_visibility")
    await make.app.settle()
    assert (await channel.expect("chat_changed"))["open"] is True
    state = await channel.expect("snapshot", lambda told: told["chat"]["open"])
    assert [one["text"] for one in state["messages"]] == ["Hello"]
    await say(inside, "Thank you")


@pytest.mark.req("CO-5")
async def test_staff_switch_chat_and_take_down_messages_live(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue")
    tutor = await make.person(cohort="blue", role="tutor")
    await make.app.settle()
    mine, theirs, desk = [await into(enter, person) for person in (ada, leo, tutor)]
    sent = await say(mine, "Something to take back")
    position = {"since": theirs.response["seq"], "epoch": theirs.response["epoch"]}
    about = {"message_id": sent["message_id"]}
    assert (await theirs.push("remove_message", about)).response["reason"] == "forbidden"
    assert (await desk.push("remove_message", about)).status == "ok"
    for channel in (mine, theirs, desk):
        assert (await channel.expect("message_taken_down"))["message_id"] == sent["message_id"]
    # Nobody who comes back is handed the words.
    back = await theirs.client.join(room(leo), position)
    assert "Something" not in str(back.response)
    assert [one.get("removed") for one in back.response["messages"]] == [True]
    assert (await mine.push("switch_chat", {"on": False})).response["reason"] == "forbidden"
    assert (await desk.push("switch_chat", {"on": False})).response == {"open": False, "reason": "switched_off"}
    assert (await mine.expect("chat_changed"))["reason"] == "switched_off"
    assert (await mine.push("send_message", {"text": "x"})).response["reason"] == "switched_off"
    await desk.push("switch_chat", {"on": True})
    assert (await mine.expect("chat_changed"))["open"] is True


@pytest.mark.req("CO-5", "TS-7")
async def test_what_is_held_is_known_to_its_writer_and_to_staff_alone(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue")
    tutor = await make.person(cohort="blue", role="tutor")
    await make.app.settle()
    mine, theirs = await into(enter, ada), await into(enter, leo)
    staff = await enter(tutor)
    desk, own = await staff.join(f"{room(tutor)}:desk"), await mine.client.join("user:me")
    assert (await theirs.client.refused(f"{room(leo)}:desk"))["reason"] == "forbidden"
    sent = await say(mine, "You are s t u p i d")
    assert sent["status"] == "held"
    assert (await own.expect("own_message"))["status"] == "held"
    await desk.expect("desk_changed")
    await theirs.client.heartbeat()
    assert [m for m in theirs.client.waiting if m.event == "new_message"] == []
    at_desk = await staff.join(room(tutor))
    decision = {"message_id": sent["message_id"], "show": True}
    assert (await mine.push("decide_message", decision)).response["reason"] == "forbidden"
    assert (await at_desk.push("decide_message", decision)).response["status"] == "shown"
    assert (await theirs.expect("new_message"))["message_id"] == sent["message_id"]
    held = await say(mine, "what a loser")
    await at_desk.push("decide_message", {"message_id": held["message_id"], "show": False})
    told = await own.expect("own_message", lambda told: told["status"] == "removed")
    assert told["message_id"] == held["message_id"]


@pytest.mark.req("CO-5", "TS-1", "CO-11")
async def test_across_a_block_nothing_is_heard(make: Make, enter: Connect) -> None:
    ada, leo, mia = [await make.person(cohort="blue") for _ in range(3)]
    await make.app.settle()
    channels = [await into(enter, person) for person in (ada, leo, mia)]
    await say(channels[1], "Before")
    for channel in channels:
        await channel.expect("new_message")
    await make.run(await make.principal(ada), block_person, make.app.gate, leo.id)
    await make.app.settle()
    state = await channels[0].expect("snapshot")
    assert state["messages"] == []
    await say(channels[1], "After")
    assert (await channels[2].expect("new_message"))["text"] == "After"
    reply = await channels[1].push("challenge_cohort", {"skill": "algebra"})
    await channels[2].expect("cohort_challenge_created")
    for channel in (channels[0], channels[1]):
        await channel.client.heartbeat()
    heard = {m.event for m in channels[0].client.waiting}
    assert not heard & {"new_message", "cohort_challenge_created", "challenge_joined"}
    joined = await channels[0].push("join_challenge", {"challenge_id": reply.response["challenge_id"]})
    assert joined.response["reason"] == "not_found"


@pytest.mark.req("CO-6", "CO-7", "CO-3")
async def test_a_challenge_from_its_beginning_to_its_winner(
    app: App, make: Make, enter: Connect, clock: FakeClock
) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue")
    mine, theirs = await into(enter, ada), await into(enter, leo)
    reply = await mine.push("challenge_cohort", {"skill": "Algebra"})
    assert reply.status == "ok", reply
    created = await theirs.expect("cohort_challenge_created")
    assert created["challenge_id"] == reply.response["challenge_id"]
    assert (created["creator_name"], created["skill"]) == (ada.username, "algebra")
    assert ada.username in created["message"]
    assert (await theirs.expect("challenge_joined"))["user_id"] == str(ada.id)
    info = await theirs.expect("cohort_info", lambda told: told["active_challenges"] == 1)
    msgspec.convert(info, FORMS["cohort_info"])
    about = {"challenge_id": created["challenge_id"]}
    first, again = await theirs.push("join_challenge", about), await theirs.push("join_challenge", about)
    assert (first.response["joined"], again.response["joined"]) == (True, False)
    clock.advance(5)
    for person, score in ((ada, 80), (leo, 92), (ada, 92), (leo, 50)):
        clock.advance(1)
        await make.fact(person, properties={"score": score})
    scored = await mine.expect("challenge_scored", lambda told: told["user_id"] == str(leo.id))
    assert scored["score"] == 92
    late = await into(enter, await make.person(cohort="blue"))
    (open_one,) = late.response["challenges"]
    assert open_one["participant_count"] == 2
    assert [(p["user_id"], p["rank"], p["score"]) for p in open_one["participants"]] == [
        (str(leo.id), 1, 92.0),
        (str(ada.id), 1, 92.0),
    ]
    clock.advance(86_400)
    # A day later they come with new tokens.
    mine = await into(enter, ada)
    assert (await mine.push("join_challenge", about)).response["reason"] == "challenge_over"
    assert await app.transactions.run(SYSTEM, close_due) == 1
    assert await app.transactions.run(SYSTEM, close_due) == 0
    await app.settle()
    assert (await mine.expect("challenge_closed"))["winner_id"] == str(leo.id)
    won = await mine.expect("new_activity", lambda told: told["type"] == "challenge_won")
    assert (won["user_id"], won["visibility"], won["properties"]) == (str(leo.id), "cohort", {"score": 92.0})


@pytest.mark.req("CO-8", "CO-9", "CO-3")
async def test_fifty_are_in_one_room_and_hear_everything(app: App, make: Make, enter: Connect) -> None:
    people = [await make.person(cohort="blue") for _ in range(50)]
    await app.settle()
    channels = [await into(enter, person) for person in people]
    await say(channels[0], "Hello, all of you")
    await channels[1].push("challenge_cohort", {"skill": "algebra"})
    result = await make.fact(people[2])
    for channel in channels:
        assert (await channel.expect("new_message"))["text"] == "Hello, all of you"
        assert (await channel.expect("cohort_challenge_created"))["user_id"] == str(people[1].id)
        assert (await channel.expect("new_activity"))["seq"] == result.seq
    await make.erase(people[7])
    await app.settle()
    told = await channels[0].expect("cohort_info", lambda info: info["total_members"] == 49)
    assert told["active_challenges"] == 1


@pytest.mark.req("CO-1", "CO-5", "RT-7")
async def test_who_leaves_is_renamed_or_erased_does_so_in_every_open_page(make: Make, enter: Connect) -> None:
    ada, leo, mia = [await make.person(cohort="blue") for _ in range(3)]
    await make.app.settle()
    mine, theirs, hers = [await into(enter, person) for person in (ada, leo, mia)]
    for channel in (theirs, hers):
        await say(channel, "Hello")
        await mine.expect("new_message")
    await make.person(external_id=leo.external_id, nickname="Leonard")
    await make.app.settle()
    assert (await mine.expect("person_updated"))["user_name"] == "Leonard"
    await make.person(external_id=leo.external_id, cohort="red")
    await make.app.settle()
    assert (await mine.expect("person_removed"))["user_id"] == str(leo.id)
    await theirs.client.until(lambda m: m.event == "phx_close" and m.topic == theirs.topic)
    assert (await theirs.push("send_message", {"text": "Still here?"})).response["reason"] == "unmatched topic"
    assert (await theirs.client.refused(mine.topic))["reason"] == "not_in_cohort"
    await make.erase(mia)
    await make.app.settle()
    assert (await mine.expect("person_removed"))["user_id"] == str(mia.id)
    late = await into(enter, await make.person(cohort="blue"))
    assert late.response["messages"] == []
