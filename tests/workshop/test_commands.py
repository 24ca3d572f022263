"""Workshops on a real database: at once, again after a restart, and refused without a trace."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from core.app import App
from core.clock import FakeClock
from core.errors import Forbidden, RateLimited, TandemError, Unauthorized
from core.events.log import read_since
from core.events.workshop import ScoresRevealed, ScoreSubmitted
from core.principal import SYSTEM, Principal
from core.settings import Settings as HouseSettings
from core.workshop import errors as x
from core.workshop.commands import (
    FINISHED,
    UNFINISHED,
    ask_reentry,
    create_workshop,
    join_workshop,
    mark_away,
    reenter_by_pin,
    return_to_workshop,
    set_team,
    touch,
)
from core.workshop.guests import ALPHABET, clean_code, guest_by_token
from core.workshop.live import WorkshopView
from core.workshop.queries import Porter, get_workshop, workshops_of_team
from core.workshop.rules import moves as m
from core.workshop.rules.state import Settings
from core.workshop.store import load
from core.workshop.teams import create_team, points_of, team_of
from core.workshop.templates import get_template
from core.workshop.trends import trends
from core.workshop.upkeep import delete_expired, give_feedback, sweep
from data.database import Database
from data.tables import (
    EventRow,
    FeedbackRow,
    ParticipantRow,
    QuestionRow,
    ScoreRow,
    TeamActionRow,
    TeamResultRow,
    TemplateRow,
    WorkshopRow,
)
from tests.accounts.people_kit import tables_that_hold
from tests.workshop.house import House, something


@pytest.fixture
def house(app: App) -> House:
    return House(app)


async def everything(database: Database) -> dict[str, list[Any]]:
    """Every row of a workshop's tables, and the log."""
    names = ("sessions", "participants", "scores", "notes", "actions", "timers", "reentries", "event_log")
    async with database.engine.connect() as connection:
        return {
            name: [tuple(row) for row in await connection.execute(text(f"SELECT t::text FROM {name} t ORDER BY 1"))]
            for name in names
        }


async def kinds(app: App) -> Counter[str]:
    async with app.transactions.read() as db:
        return Counter(fact.type for fact in await read_since(db, 0, 10_000))


# --- opening and coming in


@pytest.mark.req("WS-1", "WS-2", "WS-8", "WS-9", "SC-21", "SC-22", "SC-23", "SC-24", "BG-66", "BG-74", "BG-80")
async def test_a_workshop_is_opened(app: App, house: House, clock: FakeClock) -> None:
    await house.open(2, total_duration_minutes=120)
    state, entry = await house.state(), house.entries[0]
    assert set(state.code) <= set(ALPHABET) and len(state.code) == 6  # noqa: PT018
    assert clean_code(f" {state.code[:3].lower()}-{state.code[3:]} ") == state.code
    assert [(p.name, p.is_facilitator, p.is_observer) for p in state.people] == [
        ("Person 0", True, False),
        ("Person 1", False, False),
    ]
    async with app.transactions.read() as db:
        row = (await db.execute(select(WorkshopRow))).scalar_one()
        assert row.expires_at == clock.now() + UNFINISHED
        person = (await db.execute(select(ParticipantRow).order_by(ParticipantRow.place))).scalars().first()
        assert person is not None
        assert entry.token.encode() not in person.browser_token
        assert (await db.execute(select(TemplateRow.slug))).scalars().all() == ["six_criteria"]
        assert (await db.execute(select(func.count()).select_from(QuestionRow))).scalar_one() == 8
    assert len(entry.pin) == 4


@pytest.mark.req("WS-2", "WS-64")
@pytest.mark.parametrize(
    "wanted",
    [
        {"total_duration_minutes": 31},
        {"total_duration_minutes": 485},
        {"total_duration_minutes": 120.0},
        {"max_participants": 1},
        {"max_participants": 99},
        {"time_plan": "mine"},
        {"disclosure": "secret"},
    ],
)
async def test_settings_that_make_no_sense(app: App, database: Database, wanted: dict[str, Any]) -> None:
    before = await everything(database)
    with pytest.raises(x.ValidationFailed):
        await app.transactions.run(SYSTEM, create_workshop, get_template("six_criteria"), "Lena", Settings(**wanted))
    assert await everything(database) == before


@pytest.mark.req("WS-1", "WS-24", "SEC-7", "BG-75")
async def test_wrong_expired_and_made_up_codes_look_the_same(app: App, house: House, clock: FakeClock) -> None:
    await house.open(2)
    code = (await house.state()).code
    porter = Porter(app.limiter, clock)
    async with app.transactions.read() as db:
        assert await porter.find(db, code.lower(), "192.0.2.1") == house.id
        answers = []
        clock.advance(UNFINISHED.total_seconds())
        for tried in (code, "ZZZZZZ", "'; --", None, "A" * 10_000):
            with pytest.raises(x.UnknownWorkshop) as refused:
                await porter.find(db, tried, "192.0.2.1")
            answers.append(refused.value.body())
        assert all(answer == answers[0] for answer in answers)
        for _ in range(5):
            with pytest.raises(x.UnknownWorkshop):
                await porter.find(db, "ZZZZZZ", "192.0.2.1")
        with pytest.raises(RateLimited):
            await porter.find(db, "ZZZZZZ", "192.0.2.1")
        with pytest.raises(x.UnknownWorkshop):
            await porter.find(db, "ZZZZZZ", "192.0.2.2")


@pytest.mark.req("WS-65")
async def test_opening_and_feedback_have_limits(app: App) -> None:
    for _ in range(10):
        await app.porter.may_create("192.0.2.1")
    with pytest.raises(RateLimited):
        await app.porter.may_create("192.0.2.1")
    for _ in range(5):
        await app.porter.may_give_feedback("192.0.2.1")
    with pytest.raises(RateLimited):
        await app.porter.may_give_feedback("192.0.2.1")


@pytest.mark.req("WS-6", "WS-7", "WS-11", "BG-68", "BG-69")
async def test_coming_back(app: App, house: House, clock: FakeClock) -> None:
    _, tom, mia = await house.open(3)
    run = app.transactions.run
    await house.to_question()
    await run(SYSTEM, mark_away, house.id, tom.guest.participant_id)
    await run(tom.guest.principal(), return_to_workshop, house.id)
    person = (await house.state()).person(tom.guest.participant_id)
    assert person is not None
    assert person.active
    # From another browser: a name alone does not open, the number does, and the first browser is out.
    assert await run(SYSTEM, reenter_by_pin, house.id, "Person 1", "nope") is None
    again = await run(SYSTEM, reenter_by_pin, house.id, "person 1", tom.pin)
    assert again is not None
    async with app.transactions.read() as db:
        assert (await guest_by_token(db, again.token, clock.now())).participant_id == tom.guest.participant_id
        with pytest.raises(Unauthorized):
            await guest_by_token(db, tom.token, clock.now())
    # Five wrong numbers, and even the right one needs somebody's word.
    for _ in range(5):
        assert await run(SYSTEM, reenter_by_pin, house.id, "Person 2", "x") is None
    assert await run(SYSTEM, reenter_by_pin, house.id, "Person 2", mia.pin) is None
    asked = await run(SYSTEM, ask_reentry, house.id, "Person 2")
    assert asked is not None
    async with app.transactions.read() as db:
        with pytest.raises(Unauthorized):
            await guest_by_token(db, asked.token, clock.now())
    await house.do(house.entries[0], m.AnswerKnock, knock_id=asked.knock_id, accepted=True)
    async with app.transactions.read() as db:
        assert (await guest_by_token(db, asked.token, clock.now())).participant_id == mia.guest.participant_id
    assert len((await house.state()).people) == 3


async def test_socket_tokens_reach_one_workshop_and_end_with_the_place(app: App, house: House) -> None:
    ada, tom = await house.open(2)
    other = House(app)
    await other.open(2)
    token, _ = app.guests.socket_token(tom.guest)
    assert await app.guests.from_token(token) == tom.guest.principal()
    with pytest.raises(Unauthorized):
        await app.principals.from_token(token, "socket")
    with pytest.raises(x.NotAllowed):
        await app.transactions.run(tom.guest.principal(), return_to_workshop, other.id)
    for actor in (SYSTEM, Principal(kind="person", id=tom.guest.participant_id)):
        with pytest.raises(Forbidden):
            await app.transactions.run(actor, return_to_workshop, house.id)
    await house.do(ada, m.Drop, participant_id=tom.guest.participant_id)
    with pytest.raises(Unauthorized):
        await app.guests.from_token(token)


# --- at once


@pytest.mark.req("WS-17", "WS-25", "WS-31", "WS-33", "WS-58", "SC-25")
async def test_twenty_submit_at_once(app: App, house: House) -> None:
    await house.open(20, skip_intro=True)
    await house.to_question()
    version = (await house.state()).version
    values = {entry.guest.participant_id: number % 11 - 5 for number, entry in enumerate(house.entries)}
    moves = [
        house.make(entry, m.Submit(version=version, question=1, value=values[entry.guest.participant_id]))
        for entry in house.entries
    ]
    await asyncio.gather(*moves)
    state = await house.state()
    assert (state.stage, dict(state.results[0].votes)) == ("revealed", values)
    told = await kinds(app)
    assert (told["score_submitted"], told["all_scored"], told["scores_revealed"]) == (20, 1, 1)


@pytest.mark.req("WS-25", "WS-31", "WS-33")
async def test_a_reveal_that_races_with_a_score(app: App, house: House) -> None:
    ada, tom, _ = await house.open(3, skip_intro=True)
    for number in range(1, 5):
        await house.to_question(number)
        version = (await house.state()).version
        await house.make(ada, m.Submit(version=version, question=number, value=1))
        reveal = house.make(ada, m.Advance(version=version, override=True))
        late = house.make(tom, m.Submit(version=version, question=number, value=2))
        again = house.make(ada, m.Advance(version=version, override=True))
        answers = await asyncio.gather(reveal, late, again, return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, BaseException)]
        assert all(isinstance(answer, x.InvalidState) for answer in refused), refused
        assert isinstance(answers[0], BaseException) != isinstance(answers[2], BaseException), "one step, once"
        result = (await house.state()).result(number)
        assert result is not None
        counted = {tom.guest.participant_id: 2} if not isinstance(answers[1], BaseException) else {}
        assert dict(result.votes) == {ada.guest.participant_id: 1} | counted
    assert (await kinds(app))["scores_revealed"] == 4


@pytest.mark.req("WS-4", "WS-3")
async def test_many_at_the_door_at_once(app: App, house: House) -> None:
    await house.open(1, max_participants=5)
    answers = await asyncio.gather(
        *(app.transactions.run(SYSTEM, join_workshop, house.id, f"N{n % 9}") for n in range(12)),
        return_exceptions=True,
    )
    state = await house.state()
    assert len(state.people) == len({p.name for p in state.people}) == 5
    assert {type(a) for a in answers if isinstance(a, BaseException)} <= {x.SessionFull, x.AlreadyExists}


# --- again


@pytest.mark.req("WS-23", "WS-32", "WS-62", "WS-75", "SC-26", "SC-27", "SC-28")
@pytest.mark.parametrize("disclosure", ["named", "anonymous", "turns"])
async def test_the_facts_and_the_tables_tell_the_same_after_every_move(
    app: App, house: House, clock: FakeClock, disclosure: Any, settings: HouseSettings, database: Database
) -> None:
    """A random workshop: what is folded from facts, what is read by another node, what was there before a restart."""
    await house.open(4, total_duration_minutes=30, disclosure=disclosure, template="team_health")
    replica = await app.replicas.get(f"workshop:{house.id}")
    replica.watch(lambda *_: None)
    other = App(settings, database, clock=clock)
    await other.start()
    chance = Random(7)
    try:
        for _ in range(70):
            clock.advance(chance.choice([0, 0.0015, 3, 40]))
            await something(app, house, chance)
            await app.settle()
            await other.settle()
            assert replica.state == await house.state()
            async with other.transactions.read() as db:
                assert await WorkshopView().snapshot(db, {"workshop_id": str(house.id)}) == replica.state
            json.dumps(replica.view.wire(replica.state))
    finally:
        await other.stop()


@pytest.mark.req("WS-32", "WS-75", "BG-67")
async def test_before_the_reveal_only_one_s_own_score_is_to_be_had(app: App, house: House, database: Database) -> None:
    ada, tom, mia = await house.open(3, skip_intro=True)
    watcher = await house.join("W", observer=True)
    await house.to_question()
    await house.score(ada, 5)
    await house.score(tom, -4)
    assert (await house.view(ada))["me"]["my_score"] == 5
    assert (await house.view(tom))["me"]["my_score"] == -4
    for entry in (mia, watcher):
        assert (await house.view(entry))["me"]["my_score"] is None
    views = [(await house.view(entry))["workshop"] for entry in house.entries]
    assert all(view == views[0] for view in views)
    assert (views[0]["results"], views[0]["open_scores"]) == ([], [])
    assert len(views[0]["scored"]) == 2
    async with app.transactions.read() as db:
        loaded = await load(db, house.id)
        assert loaded is not None
        assert dict(loaded.sealed) == {}
        facts = [fact for fact in await read_since(db, 0) if isinstance(fact.event, ScoreSubmitted)]
        assert [fact.properties.keys() for fact in facts] == [{"workshop_id", "by", "participant_id", "question"}] * 2
        held = (await db.execute(select(EventRow).where(EventRow.type == "score_submitted"))).scalars().all()
        assert [row.personal for row in held] == [None, None]


@pytest.mark.req("WS-30", "WS-64", "BG-70")
async def test_what_is_refused_leaves_nothing(app: App, house: House, database: Database) -> None:
    ada, tom, _ = await house.open(3, skip_intro=True)
    watcher = await house.join("W", observer=True)
    stranger = House(app)
    await stranger.open(2)
    await house.to_question()
    await house.score(ada, 1)
    version = (await house.state()).version
    before = await everything(database)
    submit = {"version": version, "question": 1}
    tries: list[tuple[Any, m.Move, type[TandemError]]] = [
        (tom, m.Submit(**submit, value=6), x.InvalidScore),
        (tom, m.Submit(**submit, value="1"), x.InvalidScore),
        (tom, m.Submit(version=version, question=2, value=1), x.InvalidState),
        (tom, m.Submit(version=version - 1, question=1, value=1), x.InvalidState),
        (watcher, m.Submit(**submit, value=1), x.NotAllowed),
        (stranger.entries[0], m.Submit(**submit, value=1), x.NotAllowed),
        (tom, m.Advance(version=version, override=True), x.NotAllowed),
        (ada, m.Advance(version=version), x.InvalidState),
        (tom, m.AddNote(version=version, note_id=uuid4(), content="x" * 100_000), x.ValidationFailed),
        (tom, m.Pause(version=version), x.NotAllowed),
        (ada, m.Pause(version=version), x.InvalidState),
    ]
    for entry, move, kind in tries:
        with pytest.raises(kind) as refused:
            await house.make(entry, move)
        assert refused.value.body()["error"]["message"]
    for name, kind in (("Late", x.SessionStarted), ("person 1", x.AlreadyExists), (" ", x.ValidationFailed)):
        with pytest.raises(kind):
            await app.transactions.run(SYSTEM, join_workshop, house.id, name)
    with pytest.raises(x.UnknownWorkshop):
        await app.transactions.run(SYSTEM, join_workshop, uuid4(), "Lena")
    assert await everything(database) == before


# --- what time brings


@pytest.mark.req("WS-9", "WS-11", "WS-21")
async def test_who_goes_without_a_word_is_found(app: App, house: House, clock: FakeClock) -> None:
    ada, tom, mia = await house.open(3, skip_intro=True, total_duration_minutes=120)
    await house.to_question()
    clock.advance(31)
    await app.transactions.run(SYSTEM, touch, [tom.guest.participant_id, mia.guest.participant_id])
    assert await sweep(app.transactions, clock.now(), clock.now()) == {"away": 1, "leads": 0}
    clock.advance(119)
    await app.transactions.run(SYSTEM, touch, [tom.guest.participant_id, mia.guest.participant_id])
    assert (await sweep(app.transactions, clock.now(), clock.now()))["leads"] == 0
    clock.advance(1)
    assert (await sweep(app.transactions, clock.now(), clock.now()))["leads"] == 1
    state = await house.state()
    assert state.facilitator is not None
    assert state.facilitator.id == tom.guest.participant_id
    assert not next(p for p in state.people if p.id == ada.guest.participant_id).active
    clock.advance(60)
    assert (await sweep(app.transactions, clock.now(), clock.now()))["away"] == 2
    assert (await house.state()).paused == "empty"


@pytest.mark.req("WS-24", "WS-41", "WS-64")
async def test_a_workshop_s_time_runs_out(app: App, house: House, clock: FakeClock, database: Database) -> None:
    ada, tom = await house.open(2, skip_intro=True)
    lena = await house.join("Lena Q-Unmistakable", observer=True)
    await house.to_question()
    await house.do(tom, m.AddNote, note_id=uuid4(), content="Unmistakable words")
    await house.score(ada, 1)
    clock.advance(timedelta(days=13).total_seconds())
    await house.score(tom, 2)
    clock.advance(timedelta(days=13).total_seconds())
    assert (await house.state()).result(1) is not None
    await house.to_end()
    clock.advance((FINISHED - timedelta(seconds=1)).total_seconds())
    async with app.transactions.read() as db:
        assert (await get_workshop(db, house.id, clock.now())).phase == "completed"
    clock.advance(1)
    async with app.transactions.read() as db:
        with pytest.raises(x.SessionExpired):
            await get_workshop(db, house.id, clock.now())
        with pytest.raises(Unauthorized):
            await guest_by_token(db, lena.token, clock.now())
    with pytest.raises(x.SessionExpired):
        await house.do(ada, m.Ready)
    replica = await app.replicas.get(f"workshop:{house.id}")
    assert replica.state is not None
    assert await app.transactions.run(SYSTEM, delete_expired) == 1
    await app.settle()
    assert replica.state is None
    assert app.hub.since(f"workshop:{house.id}", 0) is None
    for words in ("unmistakable",):
        assert await tables_that_hold(database, words) == set()
    async with app.transactions.read() as db:
        revealed = [f.event for f in await read_since(db, 0) if isinstance(f.event, ScoresRevealed)]
        assert [event.votes for event in revealed] == [None] * len(revealed)
        assert (await db.execute(select(func.count()).select_from(ScoreRow))).scalar_one() == 0


@pytest.mark.req("WS-54", "SC-29")
async def test_feedback_is_kept_apart(app: App, house: House) -> None:
    await house.open(1)
    run = app.transactions.run
    await run(
        SYSTEM, give_feedback, " Good ", "working_well", section="lobby", email="a@b.example", workshop_id=house.id
    )
    wrong: list[tuple[str, Any, str | None]] = [("", "bug", None), ("x", "praise", None), ("x", "bug", "nobody")]
    for content, category, email in wrong:
        with pytest.raises(x.ValidationFailed):
            await run(SYSTEM, give_feedback, content, category, email=email)
    async with app.transactions.read() as db:
        row = (await db.execute(select(FeedbackRow))).scalar_one()
        (stated,) = [f for f in await read_since(db, 0) if f.type == "feedback_given"]
    assert (row.section, row.category, row.email) == ("lobby", "working_well", "a@b.example")
    assert "Good" not in str(stated.properties)


# --- teams


@pytest.mark.req("WS-14", "WS-51", "WS-56", "WS-76")
async def test_a_team_comes_back(app: App, house: House, clock: FakeClock) -> None:
    team_id, secret = await app.transactions.run(SYSTEM, create_team, "The Owls")
    ada, tom, _ = await house.open(3, skip_intro=True, team_id=team_id)
    await house.to_question()
    for entry, value in zip(house.entries, (-4, -3, -3), strict=True):
        await house.score(entry, value)
    kept, done = uuid4(), uuid4()
    await house.do(tom, m.AddAction, action_id=kept, content="Ask Mia", owner="Tom")
    await house.do(tom, m.AddAction, action_id=done, content="Done already")
    await house.do(tom, m.UpdateAction, action_id=done, done=True)
    await house.do(ada, m.End)
    first = house.id
    clock.advance(86_400)
    second = House(app)
    await second.open(2, skip_intro=True, team_id=team_id)
    state = await second.state()
    assert state.previous_id == first
    assert [(a.content, a.owner, a.carried) for a in state.actions] == [("Ask Mia", "Tom", True)]
    await second.to_question(2)
    await second.to_end()
    async with app.transactions.read() as db:
        assert (await team_of(db, secret)).id == team_id
        with pytest.raises(x.UnknownWorkshop):
            await team_of(db, "team_guessed")
        rooms = await workshops_of_team(db, team_id, clock.now())
        assert [(room.id, room.state) for room in rooms] == [(second.id, "completed"), (first, "completed")]
        found = trends(state.template, await points_of(db, team_id, "six_criteria"))
    assert [(p.average, p.count) for p in found[0].points] == [(-3.3, 3), (0.0, 2)]
    assert found[0].verdict == "better"
    # Figures and open actions outlive the workshops, without names.
    clock.advance(timedelta(days=200).total_seconds())
    await app.transactions.run(SYSTEM, delete_expired)
    third = House(app)
    await third.open(2, team_id=team_id)
    assert [(a.content, a.owner) for a in (await third.state()).actions] == [("Ask Mia", None)]
    async with app.transactions.read() as db:
        assert len(await points_of(db, team_id, "six_criteria")) > 2
    clock.advance(timedelta(days=731).total_seconds())
    await app.transactions.run(SYSTEM, delete_expired)
    async with app.transactions.read() as db:
        for table in (TeamResultRow, TeamActionRow):
            assert (await db.execute(select(func.count()).select_from(table))).scalar_one() == 0


@pytest.mark.req("WS-76")
async def test_a_team_can_be_chosen_at_the_summary(app: App, house: House) -> None:
    ada, tom = await house.open(2, skip_intro=True)
    team_id, _ = await app.transactions.run(SYSTEM, create_team, "The Owls")
    await house.to_question()
    await house.score(ada, 0)
    await house.score(tom, 0)
    await house.do(ada, m.End)
    with pytest.raises(x.ValidationFailed):
        await app.transactions.run(tom.guest.principal(), set_team, house.id, team_id)
    await app.transactions.run(ada.guest.principal(), set_team, house.id, team_id)
    async with app.transactions.read() as db:
        assert [(p.question, p.average) for p in await points_of(db, team_id, "six_criteria")] == [(1, 0.0)]


@pytest.mark.req("WS-11", "WS-23")
async def test_nobody_is_away_because_the_house_was(app: App, house: House, clock: FakeClock) -> None:
    """The server was down for minutes with a question half scored: it is not revealed to an empty room."""
    ada, tom, mia = await house.open(3, skip_intro=True)
    await house.to_question()
    await house.score(tom, 2)
    looked = clock.now()
    clock.advance(300)
    assert (await sweep(app.transactions, clock.now(), looked))["away"] == 0
    looked = clock.now()
    clock.advance(30)
    here = [ada.guest.participant_id, tom.guest.participant_id]
    await app.transactions.run(SYSTEM, touch, here)
    assert (await sweep(app.transactions, clock.now(), looked))["away"] == 1
    state = await house.state()
    assert [p.active for p in state.people] == [True, True, False]
    assert state.stage == "awaiting"
    assert set(state.scored) == {tom.guest.participant_id}
    await house.do(mia, m.Submit, question=1, value=1)
    assert (await house.state()).people[2].active, "whoever moves is here"
