"""Boards over the socket: whole at the join, pushed at most twice a second, one's own ranks to oneself alone."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from core.activity.commands import take_in
from core.app import App
from core.leaderboards.pushes import APART
from core.principal import SYSTEM
from core.social.friendships import block_person
from core.web.channels.topics import TOPICS
from data.tables import User
from tests.channels.conftest import Connect
from tests.factories import Make

FORMS = {said.name: said.type for spec in TOPICS for said in spec.messages}


def people_in(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["user_id"] for entry in entries]


async def practise(make: Make, person: User, score: float = 100, **given: Any) -> None:
    await make.fact(person, properties={"score": score}, **given)


@pytest.mark.req("LB-5", "HUB-5", "HUB-12", "RT-6", "RT-10", "BG-1")
async def test_a_board_is_whole_at_the_join_and_in_every_push(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    await practise(make, ada, 50)
    channel = await (await enter(leo)).join("leaderboard:math")
    assert channel.response["recovered"] is False
    assert people_in(channel.response["periods"]["weekly"]) == [str(ada.id)]
    await practise(make, leo)
    told = await channel.expect("leaderboard_update")
    msgspec.convert(told, FORMS["leaderboard_update"])
    assert (told["board"], told["period"]) == ("math", "daily")
    first, second = told["entries"]
    assert (first["user_id"], first["rank"], first["score"]) == (str(leo.id), 1, 30)
    assert (second["user_id"], second["rank"], second["score"]) == (str(ada.id), 2, 15)
    assert told["periods"].keys() == {"daily", "weekly", "all_time"}
    assert first.keys() >= {"previous_rank", "rank_change", "velocity", "timestamp", "user_name"}


@pytest.mark.req("RT-17", "RT-18")
async def test_whoever_comes_back_gets_the_board_as_it_is(make: Make, enter: Connect) -> None:
    ada = await make.person()
    client = await enter(ada)
    first = await client.join("leaderboard:math")
    position = {"since": first.response["seq"], "epoch": first.response["epoch"]}
    assert (await client.join("leaderboard:math", position)).response["recovered"] is True
    await practise(make, ada)
    again = await client.join("leaderboard:math", position)
    assert again.response["recovered"] is False
    assert people_in(again.response["periods"]["daily"]) == [str(ada.id)]


@pytest.mark.req("RT-19", "HUB-24", "BG-25")
async def test_a_burst_is_two_pushes_a_second(app: App, make: Make, enter: Connect) -> None:
    people = [await make.person() for _ in range(8)]
    clients = [await (await enter(person)).join("leaderboard:math") for person in people[:3]]
    loop = asyncio.get_running_loop()
    began = loop.time()
    for _ in range(4):
        burst = [make.event(person, properties={"score": 100}) for person in people]
        await take_in(app.transactions, SYSTEM, burst)
    await app.settle()
    lasts = [
        await channel.expect("leaderboard_update", lambda told: [e["score"] for e in told["entries"]] == [120] * 8)
        for channel in clients
    ]
    assert lasts[0] == lasts[1] == lasts[2]
    assert app.board_pushes.pushes <= 2 + (loop.time() - began) / APART


@pytest.mark.req("LB-12", "CP-12", "RT-7", "BG-10")
async def test_who_is_on_which_board(make: Make, enter: Connect) -> None:
    adult = await make.person(cohort="7b")
    teen = await make.person(cohort="7b", age_band="13_17")
    child = await make.child("social_visibility", cohort="7b")
    hidden = await make.child(cohort="7b")
    for person in (adult, teen, child, hidden):
        await practise(make, person)
    stranger = await make.person(cohort="8a")
    outside, inside = await enter(stranger), await enter(hidden)
    everybody = await outside.join("leaderboard:math")
    assert people_in(everybody.response["periods"]["weekly"]) == [str(adult.id)]
    cohort = f"leaderboard:math:{adult.cohort_id}"
    assert (await outside.refused(cohort))["reason"] == "not_in_cohort"
    assert (await outside.refused("leaderboard:knitting"))["reason"] == "unknown_board"
    ours = await inside.join(cohort)
    assert set(people_in(ours.response["periods"]["weekly"])) == {str(p.id) for p in (adult, teen, child)}
    await make.consent(child, "social_visibility", given=False)
    await make.app.settle()
    assert (await ours.expect("person_removed"))["user_id"] == str(child.id)
    await make.listing(adult)
    await make.app.settle()
    assert (await everybody.expect("person_removed"))["user_id"] == str(adult.id)
    assert (await outside.join("leaderboard:math")).response["periods"]["weekly"] == []


@pytest.mark.req("LB-12", "PR-18")
async def test_a_block_hides_two_from_each_other_on_boards(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    for person in (ada, leo):
        await practise(make, person)
    await make.run(await make.principal(ada), block_person, make.app.gate, leo.id)
    channel = await (await enter(ada)).join("leaderboard:math")
    assert people_in(channel.response["periods"]["weekly"]) == [str(ada.id)]
    await practise(make, leo)
    told = await channel.expect("leaderboard_update")
    assert (people_in(told["entries"]), told["entries"][0]["rank"]) == ([str(ada.id)], 2)


@pytest.mark.req("HUB-6", "HUB-11", "HUB-12")
async def test_ones_own_ranks_are_told_to_oneself_alone(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(), await make.person()
    await practise(make, ada, 50)
    hers, his = await enter(ada), await enter(leo)
    mine = await hers.join(f"user:{ada.id}:rank-changes")
    assert (await his.refused(f"user:{ada.id}:rank-changes"))["reason"] == "not_yours"
    theirs = await his.join(f"user:{leo.id}:rank-changes")
    await practise(make, leo)

    def weekly(told: dict[str, Any]) -> bool:
        return (told["board"], told["period"]) == ("math", "weekly")

    told = await mine.expect("rank_changed", weekly)
    assert (told["rank"], told["previous_rank"], told["rank_change"]) == (2, 1, -1), "she was overtaken"
    told = await theirs.expect("rank_changed", weekly)
    assert (told["rank"], told["previous_rank"], told["rank_change"]) == (1, None, None), "his first rank"
    await practise(make, ada)
    told = await mine.expect("rank_changed", weekly)
    assert (told["rank"], told["previous_rank"], told["rank_change"]) == (1, 2, 1)
    assert "user_id" not in told


@pytest.mark.req("LB-8", "BG-25")
async def test_a_cohorts_room_hears_of_its_averages(make: Make, enter: Connect) -> None:
    ada, leo = await make.person(cohort="7b"), await make.person(cohort="7b")
    room = await (await enter(leo)).join(f"cohort:{leo.cohort_id}")
    for score in (90, 80, 85.5):
        await practise(make, ada, score)
    told = await room.expect("leaderboard_update", lambda said: bool(said["top_users"]))
    msgspec.convert(told, FORMS["leaderboard_update"])
    assert (told["subject"], told["trigger_user"]) == ("math", str(ada.id))
    assert told["updated_at"]
    assert [(one["user_id"], one["avg_score"]) for one in told["top_users"]] == [(str(ada.id), 85.16)]


async def test_nothing_is_read_for_boards_that_nobody_watches(app: App, make: Make) -> None:
    await practise(make, await make.person(cohort="7b"))
    assert app.board_pushes._pushed == {}
    assert not [topic for topic in app.hub.subscribers() if topic.startswith("leaderboard:")]
