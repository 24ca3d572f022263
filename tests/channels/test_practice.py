"""Practice over the socket: a subject's room, one's own run, live progress, competitors, two together."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from core.app import App
from core.clock import FakeClock
from core.practice.catalogue import what_of
from core.practice.pairs import answer, invite
from core.practice.progress import GONE_AFTER
from core.presence.service import LOST
from data.database import Database
from data.tables import EventRow, PracticeRun
from tests.channel_kit import PATIENCE, Channel
from tests.channels.conftest import Connect
from tests.factories import Make


async def begin(room: Channel, skill: str = "algebra") -> str:
    reply = await room.push("practice_started", {"skill": skill})
    assert reply.status == "ok", reply
    return str(reply.response["practice_id"])


@pytest.mark.req("SB-1", "SB-2", "SB-3", "SB-7")
async def test_stats_follow_the_join_to_a_subject(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue")
    teen = await make.person(age_band="13_17", cohort="blue")
    other = await make.person()
    for skill in ("algebra", "algebra", "geometry"):
        await make.fact(leo, skill=skill)
    await make.fact(other)
    clients = [await enter(one) for one in (leo, other, teen)]
    rooms = [await client.join("subject:math") for client in clients]
    await clients[2].join(f"cohort:{ada.cohort_id}")
    for room, skill in zip(rooms, ("algebra", "algebra", "geometry"), strict=True):
        await begin(room, skill)
    mine = await enter(ada)
    room = await mine.join("subject:math")
    stats = await room.expect("subject_stats")
    assert stats["peers_online"] == 3
    assert stats["active_practicing"] == 3
    assert stats["peers_by_skill"] == {"algebra": 2, "geometry": 1}
    assert stats["popular_skills"] == [{"skill": "algebra", "count": 3}, {"skill": "geometry", "count": 1}]
    assert len([item for item in stats["cohort_activity"] if item["type"] == "practice_completed"]) == 3
    assert {item["user_id"] for item in stats["cohort_activity"]} == {str(leo.id), str(teen.id)}
    stranger = await (await enter(await make.person())).join("subject:math")
    seen = await stranger.expect("subject_stats")
    assert (seen["peers_online"], seen["peers_by_skill"]) == (3, {"algebra": 2}), "a minor counts for their cohort only"
    assert seen["cohort_activity"] == []


@pytest.mark.req("SB-4", "SB-5", "RT-9", "RT-10")
async def test_practising_is_seen_by_presence_by_the_cohort_and_by_friends(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue")
    await make.friends(ada, leo)
    his, hers = await enter(leo), await enter(ada)
    cohort = await his.join(f"cohort:{ada.cohort_id}")
    await begin(await his.join("subject:math"), "geometry")
    room = await hers.join("subject:math")
    await room.expect("presence_state")
    reply = await room.push("practice_started", {"skill": "Algebra"})
    assert reply.response["presence_updated"] is True
    friends = await room.expect("friends_online")
    assert friends["friends"] == [
        {"user_id": str(leo.id), "name": leo.username, "current_activity": "practicing_geometry"}
    ]
    assert leo.username in friends["suggestion"]
    told = await cohort.expect("new_activity", lambda p: p["user_id"] == str(ada.id))
    assert (told["type"], told["skill"]) == ("practice_started", "algebra")

    def practises(payload: Any, activity: str) -> bool:
        metas = payload["joins"].get(str(ada.id), {}).get("metas", [])
        return any(meta["current_activity"] == activity for meta in metas)

    await room.expect("presence_diff", lambda p: practises(p, "practicing_algebra"))
    done = await room.push("practice_completed", {"skill": "algebra", "score": 92})
    assert done.response["acknowledged"] is True
    completed = await cohort.expect("new_activity", lambda p: p["type"] == "practice_completed")
    assert completed["properties"]["score"] == 92
    await room.expect("presence_diff", lambda p: practises(p, ""))


@pytest.mark.req("SB-5", "SB-8", "RT-9")
async def test_everything_wrong_is_answered_clearly_and_the_line_stays(make: Make, enter: Connect) -> None:
    client = await enter(await make.person())
    room = await client.join("subject:math")
    assert (await client.refused("subject:knitting"))["reason"] == "unknown_subject"
    before: list[tuple[str, Any, str]] = [
        ("practice_started", {"skill": "rhythm"}, "unknown_skill"),
        ("practice_started", {"skill": "algebra", "app": "piano"}, "unknown_app"),
        ("practice_started", {"skill": 3}, "invalid_payload"),
        ("practice_started", {}, "invalid_payload"),
        ("practice_completed", {"skill": "algebra", "score": 80}, "not_started"),
    ]
    for name, payload, reason in before:
        assert (await room.push(name, payload)).response["reason"] == reason, (name, payload)
    run = await begin(room)
    for score in (-1, 100.5, "90", None, True):
        reply = await room.push("practice_completed", {"skill": "algebra", "score": score})
        assert reply.response["reason"] == "invalid_result", score
    strange = {"skill": "algebra", "score": 90, "practice_id": str(uuid4())}
    assert (await room.push("practice_completed", strange)).response["reason"] == "unknown_practice"
    assert (await room.push("practice_completed", {"skill": "algebra", "score": 90})).status == "ok"
    again = {"skill": "algebra", "score": 95, "practice_id": run}
    assert (await room.push("practice_completed", again)).response["reason"] == "already_completed"
    assert (await client.heartbeat()).status == "ok"


@pytest.mark.req("HUB-8", "RT-6", "RT-7")
async def test_a_practice_is_watched_by_those_in_it_alone(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    hers, his = await enter(ada), await enter(leo)
    run = await begin(await hers.join("subject:math"))
    for kind in ("live", "competitors"):
        assert (await his.refused(f"session:{run}:{kind}"))["reason"] == "not_yours"
        assert (await hers.refused(f"session:{uuid4()}:{kind}"))["reason"] == "not_yours"
        assert (await hers.refused(f"session:x:{kind}"))["reason"] == "not_yours"
    live = await hers.join(f"session:{run}:live")
    assert live.response["runs"][0]["status"] == "live"
    assert (await his.refused(f"user:{ada.id}:progress"))["reason"] == "not_yours"
    assert (await his.refused(f"user:{ada.id}:achievements"))["reason"] == "not_yours"


@pytest.mark.req("HUB-14", "HUB-15", "HUB-18", "RT-20", "BG-65")
async def test_progress_is_coalesced_and_heard_on_every_device(app: App, make: Make, enter: Connect) -> None:
    ada = await make.person()
    client, other = await enter(ada), await enter(ada)
    run = await begin(await client.join("subject:typing"), "speed")
    live = await client.join(f"session:{run}:live")
    everywhere = await other.join(f"user:{ada.id}:progress")
    for number in range(150):
        said = await live.push("practice_progress", {"practice_id": run, "wpm": number, "accuracy": 97})
        assert said.status == "ok", "progress has an allowance of its own"
    last = await live.expect("progress_update", lambda p: p["current_wpm"] == 149)
    assert (last["app"], last["current_accuracy"], last["current_score"], last["trend"]) == ("typing", 97, None, "up")
    heard = await everywhere.expect("progress_update", lambda p: p["current_wpm"] == 149)
    assert heard == last
    told = [m for m in client.waiting if m.event == "progress_update"]
    assert len(told) < 40, "a hundred and fifty words are a few updates"
    async with app.transactions.read() as db:
        assert not (await db.execute(select(EventRow.seq).where(EventRow.type.like("%progress%")))).all()


@pytest.mark.req("HUB-18")
@pytest.mark.parametrize(
    "payload", [{}, {"wpm": 3}, {"practice_id": "x"}, {"wpm": -1}, {"accuracy": 101}, {"score": "a"}, {"cheat": 1}]
)
async def test_progress_that_cannot_be(make: Make, enter: Connect, payload: dict[str, Any]) -> None:
    client = await enter(await make.person())
    run = await begin(await client.join("subject:typing"), "speed")
    live = await client.join(f"session:{run}:live")
    whole = not payload or "practice_id" in payload or payload == {"wpm": 3}
    given = payload if whole else payload | {"practice_id": run}
    assert (await live.push("practice_progress", given)).response["reason"] == "invalid_progress"


@pytest.mark.req("HUB-16", "HUB-18")
async def test_of_what_is_over_or_anothers_nothing_is_told(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    hers, his = await enter(ada), await enter(leo)
    run = await begin(await hers.join("subject:math"))
    live = await hers.join(f"session:{run}:live")
    own = await begin(await his.join("subject:math"))
    his_live = await his.join(f"session:{own}:live")
    assert (await his_live.push("practice_progress", {"practice_id": run})).response["reason"] == "unknown_practice"
    assert (await live.push("complete_practice", {"practice_id": run, "score": 88})).status == "ok"
    assert (await live.expect("practice_changed"))["score"] == 88
    assert (await live.push("practice_progress", {"practice_id": run})).response["reason"] == "not_live"
    assert (await live.push("give_up_practice", {"practice_id": run})).response["reason"] == "already_completed"


@pytest.mark.req("HUB-17")
async def test_competitors_see_each_others_live_ranks_as_far_as_they_may(make: Make, enter: Connect) -> None:
    ada, leo, foe = await make.person(), await make.person(), await make.person()
    teen = await make.person(age_band="13_17", cohort="green")
    await make.block(foe, ada)
    runs: dict[Any, tuple[str, Channel]] = {}
    for person in (leo, foe, teen, ada):
        client = await enter(person)
        run = await begin(await client.join("subject:typing"), "speed")
        runs[person.id] = (run, await client.join(f"session:{run}:live"))
    competitors = await runs[ada.id][1].client.join(f"session:{runs[ada.id][0]}:competitors")
    for person, wpm in ((leo, 60), (foe, 70), (teen, 80), (ada, 50)):
        run, live = runs[person.id]
        await live.push("practice_progress", {"practice_id": run, "wpm": wpm})

    def settled(payload: Any) -> bool:
        return all(row["metric_value"] is not None for row in payload["competitors"]) and payload["count"] == 2

    told = await competitors.expect("competitors", settled)
    assert [(row["rank"], row["user_id"], row["metric_value"]) for row in told["competitors"]] == [
        (1, str(leo.id), 60), (2, str(ada.id), 50),
    ]  # fmt: skip
    await runs[ada.id][1].push("practice_progress", {"practice_id": runs[ada.id][0], "wpm": 75})
    after = await competitors.expect("competitors", lambda p: p["competitors"][0]["user_id"] == str(ada.id))
    assert (after["competitors"][0]["rank"], after["competitors"][0]["previous_rank"]) == (1, 2)
    await runs[leo.id][1].push("complete_practice", {"practice_id": runs[leo.id][0], "score": 90})
    await competitors.expect("competitors", lambda p: p["count"] == 1)


@pytest.mark.req("SB-9")
async def test_two_together_watch_each_other(app: App, make: Make, enter: Connect) -> None:
    ada, leo = await make.person(cohort="blue"), await make.person(cohort="blue")
    hers, his = await enter(ada), await enter(leo)
    own = await his.join("user:me")
    me, him = await make.principal(ada), await make.principal(leo)
    pair = await make.run(me, invite, app.gate, leo.id, what_of("math", "algebra"))
    asked = await own.expect("co_practice")
    assert (asked["status"], asked["inviter_name"], asked["skill"]) == ("invited", ada.username, "algebra")
    await make.run(him, answer, app.gate, pair.id, True)
    assert (await own.expect("co_practice"))["status"] == "live"
    live = [await client.join(f"session:{pair.id}:live") for client in (hers, his)]
    runs = {run["seat"]: run["practice_id"] for run in live[0].response["runs"]}
    await live[0].push("practice_progress", {"practice_id": runs[0], "accuracy": 90})
    seen = await live[1].expect("progress_update")
    assert (seen["seat"], seen["current_accuracy"]) == (0, 90)
    for seat, score in enumerate((90, 70)):
        await live[seat].push("complete_practice", {"practice_id": runs[seat], "score": score})
    assert (await own.expect("co_practice", lambda p: p["status"] == "completed"))["score"] == 80


async def until_ended(database: Database) -> str | None:
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.snapshot() as db:
                run = (await db.execute(select(PracticeRun))).scalar_one()
            if run.status != "live":
                return str(run.reason)


@pytest.mark.req("HUB-16")
async def test_who_goes_away_has_ended_after_the_grace_time(
    app: App, make: Make, enter: Connect, clock: FakeClock, database: Database
) -> None:
    client = await enter(await make.person())
    await begin(await client.join("subject:math"))
    client.cut()
    async with asyncio.timeout(PATIENCE):
        while len(app.sockets):
            await asyncio.sleep(0)
    clock.advance(LOST + 1)
    app.presence.tick()
    await app.practice.tick()
    async with database.snapshot() as db:
        assert (await db.execute(select(PracticeRun.status))).scalar_one() == "live"
    clock.advance(GONE_AFTER + 1)
    await app.practice.tick()
    assert await until_ended(database) == "gone"
    await app.settle()
    await app.practice.settle()
    assert len(app.practice) == 0


@pytest.mark.req("HUB-17", "PR-18", "CP-12")
async def test_lanes_show_those_who_may_be_seen_where_they_may_be_seen(app: App, make: Make, enter: Connect) -> None:
    ada, leo, away = await make.person(cohort="blue"), await make.person(), await make.person()
    teen, child = await make.person(age_band="13_17", cohort="blue"), await make.child(cohort="blue")
    blocker, watcher = await make.person(), await make.person(cohort="blue")
    await make.block(blocker, leo)
    app.practice.pace = 0.05
    for one in (ada, leo, teen, child, away):
        client = await enter(one)
        room = await client.join("subject:math")
        if one is away:
            await room.push("appear_offline", {"offline": True})
        run = await begin(room)
        live = await client.join(f"session:{run}:live")
        await live.push(
            "practice_progress", {"practice_id": run, "accuracy": 90, "done": 4 if one is ada else 2, "of": 10}
        )
    eyes, blind = await enter(watcher), await enter(blocker)

    def lanes(payload: Any) -> list[tuple[str, Any, Any]]:
        return [(run["user_id"], run["done"], run["of"]) for run in payload["runs"]]

    def all_told(payload: Any) -> bool:
        return all(done is not None for _, done, _ in lanes(payload))

    seen = await (await eyes.join("race:math")).expect("race", lambda p: len(p["runs"]) == 2 and all_told(p))
    assert lanes(seen) == [(str(ada.id), 4, 10), (str(leo.id), 2, 10)]
    mates = await (await eyes.join(f"race:math:{ada.cohort_id}")).expect("race", all_told)
    assert lanes(mates) == [(str(teen.id), 2, 10)]
    other = await blind.join("race:math")
    hidden = await other.expect("race", all_told)
    assert str(leo.id) not in str(hidden)
    await live.push("give_up_practice", {"practice_id": run})
    assert (await blind.refused(f"race:math:{ada.cohort_id}"))["reason"] == "not_in_cohort"
    assert (await blind.refused("race:knitting"))["reason"] == "unknown_subject"
