"""Lists of activities: newest first, page by page, nothing twice and nothing left out, whatever comes meanwhile."""

from __future__ import annotations

import base64
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from core.activity.commands import take_in
from core.activity.items import Item
from core.activity.queries import LIMIT, PUBLIC, Page, latest, make_cursor, page, read_cursor, visible_to
from core.app import App
from core.errors import BadRequest
from core.principal import NOBODY, SYSTEM
from data.database import Database
from data.tables import User
from tests.factories import Make


async def one_page(app: App, cursor: str | None = None, limit: int = 50, **more: Any) -> Page:
    async with app.transactions.read() as db:
        return await page(db, NOBODY, PUBLIC, cursor=cursor, limit=limit, **more)


async def many(app: App, make: Make, *people: User) -> list[int | None]:
    """Everybody did something, in this order."""
    results = await take_in(app.transactions, SYSTEM, [make.event(person) for person in people])
    return [result.seq for result in results]


@pytest.mark.req("AF-7", "AF-3")
async def test_the_newest_fifty_come_first_and_whole(app: App, make: Make) -> None:
    ada, leo = await make.person(), await make.person()
    await many(app, make, *((leo, ada)[number % 2 == 0] for number in range(55)))
    first = await one_page(app)
    seqs = [item.seq for item in first.items]
    assert len(seqs) == 50
    assert seqs == sorted(seqs, reverse=True)
    second = await one_page(app, first.next_cursor)
    assert (len(second.items), second.next_cursor) == (5, None)
    newest = first.items[0].wire()
    assert newest.keys() >= {
        "id",
        "type",
        "user_id",
        "user_name",
        "user_avatar",
        "subject",
        "skill",
        "properties",
        "visibility",
        "timestamp",
        "seq",
    }
    assert (newest["user_id"], newest["user_name"]) == (str(ada.id), ada.username)
    assert newest["user_avatar"].startswith("/assets/avatars/")


@pytest.mark.req("AF-3", "BG-2")
async def test_stored_and_live_activities_have_one_shape(app: App, make: Make) -> None:
    ada = await make.person()
    await app.settle()
    heard: list[dict[str, Any]] = []
    app.hub.subscribe("activity:global", lambda message: heard.append(message.payload))
    await make.fact(ada)
    (stored,) = (await one_page(app)).items
    # The live message also says two of its fields under their older names.
    assert heard == [stored.wire() | {"event_type": stored.type, "data": dict(stored.properties)}]


@pytest.mark.req("AF-7")
async def test_a_page_is_one_question(app: App, make: Make, database: Database) -> None:
    for _ in range(5):
        await make.fact(await make.person())
    await app.relay.stop()
    await app.reactions.stop()
    questions: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *given: questions.append(given[2]))
    async with app.transactions.read() as db:
        assert len(await latest(db, PUBLIC)) == 5
    assert sum("activity_events" in question or "users" in question for question in questions) == 1


@pytest.mark.req("AF-8")
@pytest.mark.parametrize("limit", [1, 3, 7])
async def test_pages_repeat_and_skip_nothing_while_new_ones_arrive(app: App, make: Make, limit: int) -> None:
    ada = await make.person()
    there = await many(app, make, *[ada] * 13)
    read: list[Item] = []
    cursor: str | None = None
    while True:
        found = await one_page(app, cursor, limit)
        read += found.items
        await make.fact(ada)
        cursor = found.next_cursor
        if cursor is None:
            break
    assert [item.seq for item in read] == there[::-1]


@pytest.mark.req("AF-8")
async def test_pages_go_on_when_what_they_stood_on_has_gone(app: App, make: Make) -> None:
    ada, leo = await make.person(), await make.person()
    seqs = await many(app, make, *[ada, leo] * 5)
    first = await one_page(app, limit=5)
    assert first.items[-1].user_id == leo.id, "the cursor stands on what will go"
    await make.erase(leo)
    rest = await one_page(app, first.next_cursor)
    kept = [item.seq for item in (*first.items, *rest.items) if item.user_id == ada.id]
    assert kept == seqs[-2::-2]


@pytest.mark.req("AF-8")
async def test_a_page_that_is_exactly_full_is_the_last(app: App, make: Make) -> None:
    ada = await make.person()
    for _ in range(4):
        await make.fact(ada)
    assert (await one_page(app, limit=4)).next_cursor is None
    first = await one_page(app, limit=2)
    assert first.next_cursor is not None
    assert (await one_page(app, first.next_cursor, limit=2)).next_cursor is None
    assert (await one_page(app, make_cursor(0))).items == []


async def test_a_page_has_its_bounds(app: App, make: Make) -> None:
    await many(app, make, *[await make.person()] * (LIMIT + 1))
    for asked, given_out in ((-5, 1), (0, 1), (1, 1), (LIMIT + 1, LIMIT), (10**9, LIMIT)):
        assert len((await one_page(app, limit=asked)).items) == given_out


async def test_lists_can_be_narrowed_by_type_and_subject(app: App, make: Make) -> None:
    ada = await make.person()
    await make.fact(ada, "level_up", subject="reading")
    await make.fact(ada, "level_up")
    await make.fact(ada, "quiz_completed")
    assert [item.type for item in (await one_page(app, types=("level_up",))).items] == ["level_up"] * 2
    assert [item.subject for item in (await one_page(app, subject="reading")).items] == ["reading"]
    both = await one_page(app, types=("level_up", "quiz_completed"), subject="math")
    assert [item.type for item in both.items] == ["quiz_completed", "level_up"]
    assert (await one_page(app, types=("challenge_won",))).items == []


async def test_names_are_those_of_today(app: App, make: Make) -> None:
    ada = await make.person(name="Ada Byron", cohort="blue")
    await make.fact(ada)
    await make.person(external_id=ada.external_id, name="Ada Byron", nickname="Countess")
    viewer = await make.principal(ada)
    async with app.transactions.read() as db:
        (item,) = (await page(db, viewer, visible_to(viewer))).items
    assert item.user_name == "Countess"


# --- cursors


@pytest.mark.req("AF-8")
@given(st.integers(0, 2**63 - 1))
def test_a_cursor_leads_back_to_its_place(seq: int) -> None:
    assert read_cursor(make_cursor(seq)) == seq


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


GARBAGE = (
    "x",
    "=",
    "....",
    "ä",
    "\0",
    "\ud800",
    "a" * 5000,
    packed("7"),
    packed("b7"),
    packed("a"),
    packed("a-1"),
    packed(f"a{2**63}"),
    packed("a1.5"),
    packed("a٣"),
    packed("a" + "9" * 40),
    packed("a1; DROP TABLE users"),
    "' OR 1=1 --",
)


@pytest.mark.req("AF-8")
@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_is_no_cursor(text: str) -> None:
    with pytest.raises(BadRequest):
        read_cursor(text)


@given(st.text(max_size=100))
@settings(deadline=None)
def test_no_text_is_a_crash(text: str) -> None:
    with suppress(BadRequest):
        assert 0 <= read_cursor(text) < 2**63
