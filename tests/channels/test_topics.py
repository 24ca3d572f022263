"""Joining, leaving, pushing: every topic answers those it is for, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from uuid import uuid4

import msgspec
import pytest

from core.accounts.access import ROLES
from core.app import App
from core.errors import TandemError
from core.principal import Principal
from core.web.channels import protocol
from core.web.channels.connection import REFUSALS_A_MINUTE
from core.web.channels.examples import EXAMPLES
from core.web.channels.joining import TOPICS_EACH
from core.web.channels.limits import MESSAGES_A_MINUTE
from core.web.channels.topics import RULES, TOPICS, MessageSpec, PushSpec, TopicSpec, authorize, describe, find
from core.workshop.guests import Guest
from data.tables import User
from tests.channels.conftest import Connect
from tests.factories import Make


def test_what_a_name_means_is_looked_up_once_and_still_depends_on_who_asks() -> None:
    specs = (TopicSpec("own:me", "", "", alias_of="own:{me}"), TopicSpec("room:{room}", "", ""))
    ada, leo = Principal("person", uuid4()), Principal("person", uuid4())
    for who in (ada, leo, ada):
        assert find("own:me", who, specs).canonical == f"own:{who.id}"
        assert find("room:{me}", who, specs).canonical == "room:{me}"
    assert find("room:a", ada, specs) is find("room:a", leo, specs)


@pytest.mark.req("RT-6", "RT-8")
async def test_a_join_to_a_feed_answers_the_latest_activities(make: Make, enter: Connect) -> None:
    ada = await make.person()
    results = [await make.fact(ada) for _ in range(3)]
    client = await enter(ada)
    for topic in ("activity:global", "activity:feed", "activity:subject:math"):
        channel = await client.join(topic)
        assert [item["seq"] for item in channel.response["activities"]] == [r.seq for r in reversed(results)]
        assert channel.response["recovered"] is False
        assert channel.response["seq"] >= results[-1].seq
        assert channel.response["epoch"]
    science = await client.join("activity:subject:science")
    assert science.response["activities"] == []


@pytest.mark.req("RT-8")
async def test_a_feed_never_answers_more_than_fifty(make: Make, enter: Connect) -> None:
    ada = await make.person()
    for _ in range(52):
        last = await make.fact(ada)
    channel = await (await enter(ada)).join("activity:global")
    assert len(channel.response["activities"]) == 50
    assert channel.response["activities"][0]["seq"] == last.seq


@pytest.mark.req("RT-10", "RT-12")
async def test_a_fact_is_pushed_to_all_its_topics(make: Make, enter: Connect) -> None:
    ada = await make.person(cohort="blue")
    client = await enter(ada)
    topics = ("activity:global", "activity:feed", "activity:subject:math", f"cohort:{ada.cohort_id}")
    channels = [await client.join(topic) for topic in topics]
    result = await make.fact(ada)
    heard = [await channel.expect("new_activity") for channel in channels]
    assert {item["seq"] for item in heard} == {result.seq}
    assert len({item["id"] for item in heard}) == 1, "by its id a client knows that it is one and the same"
    first = heard[0]
    assert first["event_type"] == "practice_completed"
    assert first["data"] == {"score": 85}
    assert first["user_name"] == ada.username
    assert first["timestamp"]


@pytest.mark.req("RT-15", "BG-9")
async def test_one_join_hears_a_fact_once(make: Make, enter: Connect) -> None:
    ada = await make.person()
    client = await enter(ada)
    await client.join("activity:global")
    await client.join("activity:global")
    await make.fact(ada)
    await client.expect("activity:global", "new_activity")
    await client.heartbeat()
    assert [m for m in client.waiting if m.event == "new_activity"] == []


@pytest.mark.req("RT-16", "HUB-28")
async def test_facts_come_in_the_order_in_which_they_were_stated(make: Make, enter: Connect) -> None:
    ada = await make.person()
    channel = await (await enter(ada)).join("activity:global")
    stated = [(await make.fact(ada)).seq for _ in range(20)]
    assert [(await channel.expect("new_activity"))["seq"] for _ in stated] == stated


async def test_a_second_join_closes_the_first(make: Make, enter: Connect) -> None:
    ada = await make.person()
    client = await enter(ada)
    first = await client.join("activity:global")
    second = await client.join("activity:global")
    closed = await client.until(lambda m: m.event == "phx_close")
    assert closed.join_ref == first.join_ref
    assert (await first.push("anything", {})).response["reason"] == "unmatched topic"
    assert (await second.push("anything", {})).response["reason"] == "unknown_event"


@pytest.mark.req("HUB-28")
async def test_after_leaving_nothing_more_is_heard(app: App, make: Make, enter: Connect) -> None:
    ada = await make.person()
    client = await enter(ada)
    channel = await client.join("activity:global")
    left = await channel.leave()
    assert left.status == "ok"
    closed = await client.until(lambda m: m.event == "phx_close")
    assert closed.join_ref == channel.join_ref
    await make.fact(ada)
    await client.heartbeat()
    assert not client.waiting
    assert app.hub.subscribers().get("activity:global") == 1, "only the replica still listens"
    assert (await client.join("activity:global")).response["activities"]


async def test_leaving_an_older_join_leaves_the_newer_alone(make: Make, enter: Connect) -> None:
    ada = await make.person()
    client = await enter(ada)
    first = await client.join("activity:global")
    await client.join("activity:global")
    assert (await first.leave()).status == "ok"
    await make.fact(ada)
    assert await client.expect("activity:global", "new_activity")


@pytest.mark.req("RT-7")
async def test_a_cohort_is_for_its_members(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="red")
    nobody = await make.person()
    assert (await (await enter(ada)).join(f"cohort:{ada.cohort_id}")).response["activities"] == []
    for person in (leo, nobody):
        refused = await (await enter(person)).refused(f"cohort:{ada.cohort_id}")
        assert refused["reason"] == "not_in_cohort"


@pytest.mark.req("RT-7")
@pytest.mark.parametrize(
    "cohort", ["", "1", "null", "%00", "a" * 180, "1;DROP TABLE users", "{cohort_id}", "{me}", "😀"]
)
async def test_a_malformed_cohort_is_refused_cleanly(make: Make, enter: Connect, cohort: str) -> None:
    client = await enter(await make.person())
    refused = await client.refused(f"cohort:{cohort}")
    assert refused["reason"] in ("not_in_cohort", "unmatched topic")
    assert (await client.heartbeat()).status == "ok"


@pytest.mark.req("RT-7")
async def test_personal_topics_are_for_their_person(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    client = await enter(ada)
    for topic in (f"user:{ada.id}", "user:me", f"user:{str(ada.id).upper()}"):
        assert (await client.join(topic)).response == {}
    assert (await client.join(f"notifications:{ada.id}")).response["unread"] == 0
    for topic in (f"user:{leo.id}", f"notifications:{leo.id}", "user:x", "notifications:me", "user:{me}"):
        assert (await client.refused(topic))["reason"] == "not_yours"


async def test_the_alias_answers_on_the_name_that_was_joined(app: App, make: Make, enter: Connect) -> None:
    from core.live.hub import Message

    ada = await make.person()
    client = await enter(ada)
    me, named = await client.join("user:me"), await client.join(f"user:{ada.id}")
    app.hub.signal(Message(f"user:{ada.id}", "hello", {"n": 1}))
    assert await me.expect("hello") == await named.expect("hello") == {"n": 1}


@pytest.mark.req("RT-6")
@pytest.mark.parametrize(
    "topic",
    ["", "activity", "activity:", "activity:other", "presence:", "chat:1", "user:", "phoenix", "activity:global:x"],
)
async def test_a_topic_that_is_not_declared_is_refused(make: Make, enter: Connect, topic: str) -> None:
    client = await enter(await make.person())
    refused = await client.refused(topic) if topic else (await client.ask("", "phx_join", {})).response
    assert refused["reason"] in ("unmatched topic", "malformed")


@pytest.mark.parametrize("subject", ["Math", "a b", "../etc", "x" * 65, "{me}"])
async def test_a_subject_is_a_slug(make: Make, enter: Connect, subject: str) -> None:
    assert (await (await enter(await make.person())).refused(f"activity:subject:{subject}"))["reason"] == (
        "unknown_subject"
    )


@pytest.mark.req("RT-9")
async def test_what_is_unknown_or_malformed_gets_an_error_and_never_ends_the_connection(
    make: Make, enter: Connect
) -> None:
    client = await enter(await make.person())
    lobby = await client.join("presence:lobby")
    assert (await client.ask("activity:global", "update_status", {})).response["reason"] == "unmatched topic"
    assert (await lobby.push("dance", {})).response["reason"] == "unknown_event"
    assert (await lobby.push("update_status", [])).response["reason"] == "payload must be an object"
    assert (await lobby.push("update_status", {})).response["reason"] == "invalid_status"
    assert (await lobby.push("update_status", {"status": "online", "x": 1})).response["reason"] == "invalid_status"
    for frame in ("", "not json", "[]", "{}", "[1,2]", "[" * 1000):
        await client.websocket.send(frame)
        refusal = await client.until(lambda m: m.event == "phx_reply" and m.ref is None)
        assert refusal.response["reason"] == "malformed"
        assert refusal.response["temporary"] is False
    await client.websocket.send(bytes((0, 1, 1, 14, 13)) + b"17presence:lobbyupdate_status\x00")
    assert (await client.reply_to("7")).response["reason"] == "binary_not_supported"
    assert (await client.heartbeat()).status == "ok"


async def test_bytes_that_are_no_message_close_with_the_code_for_it(make: Make, enter: Connect) -> None:
    client = await enter(await make.person())
    await client.websocket.send(b"\xff\xfe")
    assert await client.closed() == 1003


def own_topics(person: User) -> list[str]:
    """Names of a person's own topics: an id may be written in either case, letter by letter."""
    spellings = ["".join(letters) for letters in product(*({c, c.upper()} for c in str(person.id)[-14:]))]
    start = str(person.id)[:-14]
    return [f"{name}:{start}{rest}" for name in ("user", "notifications") for rest in spellings]


async def test_one_connection_joins_only_so_many_topics(app: App, make: Make, enter: Connect) -> None:
    ada = await make.person()
    while len(own_topics(ada)) < TOPICS_EACH:
        ada = await make.person()
    client = await enter(ada)
    topics = own_topics(ada)[:TOPICS_EACH]
    for number, topic in enumerate(topics, 1):
        await client.join(topic)
        if number % (TOPICS_EACH // 2) == 0:
            # In two halves of a minute, so that it is not the messages that are too many.
            app.clock.advance(31)  # type: ignore[attr-defined]
    assert (await client.refused("presence:lobby"))["reason"] == "too_many_topics"
    await client.join(topics[-1])


@pytest.mark.req("RT-20")
async def test_a_hundred_messages_a_minute_and_no_more(app: App, make: Make, enter: Connect, clock: object) -> None:
    client = await enter(await make.person())
    lobby = await client.join("presence:lobby")
    for _ in range(99):
        assert (await lobby.push("update_activity", {"activity": "browsing"})).status == "ok"
    refused = await lobby.push("update_activity", {"activity": "browsing"})
    assert refused.response["reason"] == "rate_limited"
    assert 0 < refused.response["retry_after"] <= 60
    assert app.sockets.counters.limited == 1
    assert (await client.heartbeat()).status == "ok", "a heartbeat is free"
    app.clock.advance(refused.response["retry_after"])  # type: ignore[attr-defined]
    assert (await lobby.push("update_activity", {"activity": "browsing"})).status == "ok"


async def test_a_flood_after_many_refusals_ends_the_connection(app: App, make: Make, enter: Connect) -> None:
    client = await enter(await make.person())
    for _ in range(MESSAGES_A_MINUTE + REFUSALS_A_MINUTE):
        await client.websocket.send("garbage")
        assert (await client.receive()).status == "error"
    await client.websocket.send("garbage")
    assert await client.closed() == 1008


@pytest.mark.req("RT-6", "RT-7")
@pytest.mark.parametrize("role", [*ROLES, "stranger"])
@pytest.mark.parametrize("pattern", [spec.pattern for spec in TOPICS])
def test_every_role_at_every_topic(role: str, pattern: str) -> None:
    """The scope of the topic decides, and then the rule; own topics are open, others' never."""
    mine, cohort, blocked = uuid4(), uuid4(), uuid4()
    spec = next(spec for spec in TOPICS if spec.pattern == pattern)
    scopes = ROLES.get(role, frozenset())
    who = Principal(kind="person", id=mine, role=role, scopes=scopes, cohort_id=cohort, hidden=frozenset({blocked}))

    def allowed(**names: object) -> bool:
        try:
            authorize(who, pattern.format(**names))
        except TandemError:
            return False
        return True

    catalogue = dict.fromkeys(("subject_id", "board_id"), "math")
    unknown = dict.fromkeys(catalogue, "MATH")
    own = {"user_id": mine, "cohort_id": cohort, "workshop_id": uuid4(), "session_id": uuid4()} | catalogue
    others = {"user_id": blocked, "cohort_id": uuid4(), "workshop_id": uuid4(), "session_id": "x"} | unknown
    assert allowed(**own) is (spec.scope in who.scopes)
    assert allowed(**others) is (spec.scope in who.scopes and "{" not in pattern)


@pytest.mark.parametrize("kind", ["key", "system", "nobody"])
def test_only_people_are_on_topics(kind: str) -> None:
    everything = frozenset().union(*ROLES.values())
    who = Principal(kind=kind, id=uuid4(), scopes=everything)  # type: ignore[arg-type]
    for spec in TOPICS:
        with pytest.raises(TandemError):
            authorize(who, spec.pattern)


@pytest.mark.req("RT-6", "RT-11")
async def test_the_registry_describes_every_topic_and_message(app: App) -> None:
    described = describe()
    assert [item["topic"] for item in described] == [spec.pattern for spec in TOPICS]
    assert all(spec.rule in RULES and spec.title.endswith(".") for spec in TOPICS)
    for item in described:
        for message in (*item["client_messages"], *item["server_messages"]):
            assert message["version"] >= 1
            assert message["schema"]
    msgspec.json.encode(described)
    for spec in TOPICS:
        name = (spec.alias_of or spec.pattern).replace("{me}", "1").replace("{", "").replace("}", "")
        watched = app.topics.find(name) is not None
        # A name for a part of another topic may leave its history out.
        assert watched == spec.history or (spec.alias_of and watched), "what keeps history has a LiveView"


@pytest.mark.req("RT-6", "RT-11")
def test_every_message_has_an_example_that_fits_its_form() -> None:
    forms: dict[str, object] = {}
    for spec in TOPICS:
        declared: list[PushSpec | MessageSpec] = [*spec.pushes, *spec.messages]
        for said in declared:
            assert forms.setdefault(said.name, said.type) == said.type, "one name is one form, wherever it is said"
            msgspec.convert(EXAMPLES[said.name], said.type)
    assert set(forms) == set(EXAMPLES), "no example is of a message that nobody says"
    for item in describe():
        for message in (*item["client_messages"], *item["server_messages"]):
            frame = msgspec.json.encode(message["example"]).decode()
            assert protocol.parse(frame).event == message["name"]
            assert "{" not in message["example"][2], "examples name real topics"


@pytest.mark.req("RT-18")
def test_only_messages_that_replace_all_before_them_are_collapsed() -> None:
    for spec in TOPICS:
        assert spec.collapse <= {said.name for said in spec.messages}
        latest = {"snapshot"} if spec.history else set()
        # A cohort's room hears of boards subject by subject, so there the latest does not stand for all before it.
        replacing = {"timer_tick", "cohort_info", "desk_changed", "race"}
        replacing |= set() if spec.pattern.startswith("cohort:") else {"leaderboard_update"}
        latest |= replacing & {said.name for said in spec.messages}
        live = {"user:{user_id}:progress": {"progress_update"}, "session:{session_id}:competitors": {"competitors"}}
        latest |= live.get(spec.pattern, set())
        assert spec.collapse == latest | ({"presence_count"} if spec.presence else set()), spec.pattern


@pytest.mark.req("HUB-7")
async def test_badges_and_high_scores_have_feeds_of_their_own(make: Make, enter: Connect) -> None:
    ada = await make.person()
    client = await enter(ada)
    badges, scores = await client.join("activity:achievements"), await client.join("activity:high-scores")
    everything = await client.join("activity:feed")
    stated = [
        await make.fact(ada),
        await make.fact(ada, "achievement_unlocked", properties={"name": "Week Warrior"}),
        await make.fact(ada, "high_score", properties={"score": 99}),
        await make.fact(ada, "streak_milestone", properties={"days": 7}),
    ]
    assert [(await everything.expect("new_activity"))["seq"] for _ in stated] == [one.seq for one in stated]
    assert [(await badges.expect("new_activity"))["seq"] for _ in range(2)] == [stated[1].seq, stated[3].seq]
    assert (await scores.expect("new_activity"))["seq"] == stated[2].seq
    await client.heartbeat()
    assert not [m for m in client.waiting if m.event == "new_activity"]
    again = await enter(ada)
    seen = [item["seq"] for item in (await again.join("activity:achievements")).response["activities"]]
    assert seen == [stated[3].seq, stated[1].seq]


@pytest.mark.req("RT-6", "RT-7")
async def test_ones_cohorts_feed_goes_along_with_ones_cohort(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue")
    client, nobody = await enter(ada), await enter(await make.person())
    assert (await nobody.refused("activity_feed:cohort"))["reason"] == "not_in_cohort"
    feed = await client.join("activity_feed:cohort")
    result = await make.fact(leo)
    assert (await feed.expect("new_activity"))["seq"] == result.seq
    await make.person(external_id=ada.external_id, name="Ada", age_band="18_plus", cohort="red")
    await make.app.settle()
    assert (await client.until(lambda m: m.event == "phx_close")).topic == "activity_feed:cohort"
    await make.fact(leo)
    await client.heartbeat()
    assert not [m for m in client.waiting if m.event == "new_activity"], "the old cohort's doings are not heard"
    assert (await client.join("activity_feed:cohort")).response["activities"] == []


@pytest.mark.req("RT-6", "RT-7")
async def test_ones_cohorts_presence_and_boards_have_names_without_its_id(make: Make, enter: Connect) -> None:
    ada, leo, noa = await make.person(cohort="blue"), await make.person(cohort="blue"), await make.person(cohort="red")
    client, other, nobody = await enter(ada), await enter(noa), await enter(await make.person())
    for topic in ("presence:cohort", "leaderboard:math:cohort"):
        assert (await nobody.refused(topic))["reason"] == "not_in_cohort"
    assert (await client.refused("leaderboard:none:cohort"))["reason"] == "unknown_board"
    for one in (client, other):
        await one.join("presence:cohort")
    people = await (await client.join(f"cohort:{ada.cohort_id}")).expect("presence_state")
    assert set(people) == {str(ada.id)}
    board = await client.join("leaderboard:math:cohort")
    assert board.response["periods"]["weekly"] == []
    await make.fact(leo, properties={"score": 90}, subject="math")
    weekly = (await board.expect("leaderboard_update"))["periods"]["weekly"]
    assert [entry["user_id"] for entry in weekly] == [str(leo.id)]


@pytest.mark.req("RT-20", "BG-65")
async def test_a_topic_may_have_an_allowance_of_its_own(app: App, make: Make, enter: Connect) -> None:
    lobby = next(spec for spec in TOPICS if spec.pattern == "presence:lobby")
    app.sockets.joining._specs = (replace(lobby, allowance=150), *(s for s in TOPICS if s is not lobby))
    client = await enter(await make.person())
    channel = await client.join("presence:lobby")
    for _ in range(150):
        assert (await channel.push("update_activity", {"activity": "browsing"})).status == "ok"
    refused = await channel.push("update_activity", {"activity": "browsing"})
    assert refused.response["reason"] == "rate_limited"
    assert 0 < refused.response["retry_after"] <= 60
    channel = await client.join("presence:lobby")
    assert (await channel.push("update_activity", {"activity": "browsing"})).status == "error", (
        "joining again is no way"
    )
    for _ in range(98):
        assert (await client.ask("activity:global", "hello", {})).response["reason"] == "unmatched topic"
    assert (await client.ask("activity:global", "hello", {})).response["reason"] == "rate_limited"


@pytest.mark.req("RT-11")
async def test_what_is_sent_fits_the_declared_form(make: Make, enter: Connect) -> None:
    ada = await make.person(cohort="blue")
    client = await enter(ada)
    forms = {m.name: m.type for spec in TOPICS for m in spec.messages}
    topics = ["presence:lobby", "activity:global", f"cohort:{ada.cohort_id}"]
    for topic in topics:
        await client.join(topic)
    await make.fact(ada)
    await make.person(external_id=ada.external_id, name="Ada King", age_band="18_plus")
    await make.app.settle()
    await client.ask("presence:lobby", "update_status", {"status": "studying"}, "1")
    for name in ("new_activity", "person_updated", "presence_state", "presence_diff"):
        heard = await client.until(lambda m, name=name: m.event == name)  # type: ignore[misc]
        msgspec.convert(heard.payload, forms[name])


@pytest.mark.req("RT-7", "WS-41", "SEC-4")
def test_a_guest_is_on_the_topics_of_their_workshop_and_no_others() -> None:
    guest = Guest(uuid4(), uuid4(), "ABC234")
    mine = {
        "user_id": guest.participant_id,
        "cohort_id": uuid4(),
        "subject_id": "math",
        "board_id": "math",
        "workshop_id": guest.workshop_id,
        "session_id": guest.workshop_id,
    }
    open_to_guests = {"workshop:{workshop_id}", "session:{workshop_id}", "timer:{workshop_id}"}
    for spec in TOPICS:
        for given in (mine, {**mine, "workshop_id": uuid4()}):
            try:
                authorize(guest.principal(), spec.pattern.format(**given))
                allowed = True
            except TandemError:
                allowed = False
            assert allowed is (spec.pattern in open_to_guests and given is mine), spec.pattern
