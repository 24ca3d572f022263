"""The gate: nothing passes that it could not look up, every decision leaves a row, blocks and limits hold."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from core.app import App
from core.clock import FakeClock
from core.errors import Forbidden, NotFound, RateLimited, TandemError, Unavailable
from core.metrics import Metrics
from core.principal import NOBODY, SYSTEM, Principal
from core.safety.gate import ActionRequest, Gate
from core.safety.limiter import KEYS, Allowance, MemoryLimiter, Rate
from core.safety.rules import ACTIONS, REASONS, Decision, Looked, decide
from core.social.friendships import block_person, request_friendship, unblock_person
from core.transaction import Transaction, Transactions
from data.database import Database
from data.tables import AuditRow, Block, Friendship, User
from tests.factories import Make


async def admit(tx: Transaction, /, gate: Gate, action: str, target: UUID | None = None, **more: Any) -> None:
    await gate.admit(tx, ActionRequest(actor=tx.actor, action=action, target_id=target, **more))


async def check(app: App, actor: Principal, action: str, target: UUID | None = None) -> Decision:
    async with app.transactions(actor) as tx:
        return await app.gate.check_action(tx, ActionRequest(actor=actor, action=action, target_id=target))


async def audits(transactions: Transactions) -> list[tuple[str, bool, str, UUID | None]]:
    async with transactions.read() as db:
        rows = (await db.execute(select(AuditRow).order_by(AuditRow.id))).scalars()
        return [(row.action, row.allowed, row.reason, row.actor_id) for row in rows]


# --- who passes


@pytest.mark.req("TS-1")
async def test_every_refusal_has_a_reason_that_people_can_read(app: App, make: Make) -> None:
    person = await make.principal(await make.person())
    assert await check(app, person, "react") == Decision(True, "ok")
    assert await check(app, person, "fly") == Decision(False, "unknown_action")
    with pytest.raises(Forbidden) as refusal:
        await make.run(person, admit, app.gate, "fly")
    assert refusal.value.body()["error"] == {
        "type": "unknown_action",
        "message": REASONS["unknown_action"],
        "temporary": False,
        "details": {},
    }


@pytest.mark.req("TS-1", "TS-14")
async def test_who_is_nobody_does_nothing_social(app: App, make: Make) -> None:
    person = await make.person()
    gone = await make.principal(person)
    await make.erase(person)
    key = Principal(kind="key", id=uuid4(), scopes=frozenset({"events:write"}))
    for actor in (gone, key, NOBODY, SYSTEM):
        for action in ACTIONS:
            decision = await check(app, actor, action)
            assert not decision.allowed, (actor, action)
            assert decision.reason in REASONS


def test_the_first_refusal_is_the_one_that_is_told() -> None:
    everything = Looked("child", {}, listed="ip", blocked=True, limited=True, retry_after=3)
    assert decide("react", everything).reason == "listed_ip"
    assert decide("react", Looked("child", {}, blocked=True, limited=True)).reason == "coppa_no_consent"
    assert decide("react", Looked("adult", {}, blocked=True, limited=True)).reason == "blocked"
    assert decide("react", Looked("adult", {}, limited=True, retry_after=3)) == Decision(False, "rate_limited", 3)
    # A refusal that comes to the very end of its window is still one.
    assert decide("react", Looked("adult", {}, limited=True)).reason == "rate_limited"
    assert decide("fly", Looked("adult", {})).reason == "unknown_action"


# --- the audit


@pytest.mark.req("TS-1")
async def test_every_decision_leaves_a_row(app: App, make: Make, transactions: Transactions) -> None:
    adult, child = await make.person(), await make.child()
    await make.run(await make.principal(adult), admit, app.gate, "react", child.id, context={"loop": "buddy"})
    for actor, action in ((child, "react"), (adult, "fly")):
        with pytest.raises(Forbidden):
            await make.run(await make.principal(actor), admit, app.gate, action)
    assert await audits(transactions) == [
        ("react", True, "ok", adult.id),
        ("react", False, "coppa_no_consent", child.id),
        ("fly", False, "unknown_action", adult.id),
    ]
    async with transactions.read() as db:
        row = (await db.execute(select(AuditRow).where(AuditRow.reason == "ok"))).scalar_one()
    assert (row.target_id, row.details, row.at) == (child.id, {"loop": "buddy"}, app.clock.now())


async def react_and_fail(tx: Transaction, gate: Gate) -> None:
    await admit(tx, gate, "react")
    raise NotFound("the activity has gone")


async def write_then_ask(tx: Transaction, gate: Gate, action: str, other: UUID) -> None:
    tx.db.add(Block(blocker_id=tx.actor.id, blocked_id=other, created_at=tx.now))
    await tx.db.flush()
    await admit(tx, gate, action)


@pytest.mark.req("TS-1")
async def test_a_refusal_outlives_the_command_that_it_ended(app: App, make: Make, transactions: Transactions) -> None:
    child, other = await make.child(), await make.person()
    actor = await make.principal(child)
    with pytest.raises(Forbidden):
        await make.run(actor, write_then_ask, app.gate, "react", other.id)
    assert await audits(transactions) == [("react", False, "coppa_no_consent", child.id)]
    async with transactions.read() as db:
        assert (await db.execute(select(Block))).all() == []
    # What was allowed shares the fate of what was done.
    with pytest.raises(NotFound):
        await make.run(await make.principal(other), react_and_fail, app.gate)
    assert len(await audits(transactions)) == 1


async def test_many_refusals_at_once_do_not_wait_for_each_others_connections(
    app: App, make: Make, database_url: str, clock: FakeClock
) -> None:
    child = await make.principal(await make.child())
    narrow = Database(database_url, pool_size=2)
    transactions = Transactions(narrow, clock, lambda: None)
    gate = Gate(transactions, MemoryLimiter(clock), Metrics())
    async with asyncio.timeout(30):
        tries = [transactions.run(child, admit, gate, "react") for _ in range(12)]
        answers = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Forbidden] * 12
    assert len(await audits(transactions)) == 12
    await narrow.close()


async def test_names_of_actions_that_are_none_do_not_fill_the_metrics(app: App, make: Make) -> None:
    actor = await make.principal(await make.person())
    for number in range(3):
        with pytest.raises(Forbidden):
            await make.run(actor, admit, app.gate, f"made-up-{number}")
    told = {labels["action"] for metric in app.metrics.gate.collect() for s in metric.samples if (labels := s.labels)}
    assert told == {"unknown"}


# --- blocks


@pytest.mark.req("TS-1", "CO-11")
async def test_a_block_holds_both_ways_and_reads_like_nobody(app: App, make: Make, transactions: Transactions) -> None:
    one, other = await make.person(), await make.person()
    await make.run(await make.principal(one), block_person, app.gate, other.id)
    answers = []
    for actor, target in ((one, other.id), (other, one.id), (one, uuid4()), (other, other.id)):
        with pytest.raises(TandemError) as refusal:
            await make.run(await make.principal(actor), request_friendship, app.gate, target)
        answers.append((refusal.value.status, refusal.value.body()))
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)
    assert [row for row in await audits(transactions) if not row[1]] == [
        ("friend_request", False, "blocked", one.id),
        ("friend_request", False, "blocked", other.id),
    ]
    for action in set(ACTIONS) - {"block_person"}:
        for actor, target in ((one, other.id), (other, one.id)):
            decision = await check(app, await make.principal(actor), action, target)
            assert decision.reason == "blocked", action
    # Whoever is blocked can still block.
    assert (await check(app, await make.principal(other), "block_person", one.id)).allowed
    await make.run(await make.principal(one), unblock_person, other.id)
    assert (await check(app, await make.principal(other), "react", one.id)).allowed


# --- limits


@pytest.mark.req("TS-3")
async def test_each_action_has_its_rate_for_each_person(app: App, make: Make, clock: FakeClock) -> None:
    one, other = await make.principal(await make.person()), await make.principal(await make.person())
    for action, spec in ACTIONS.items():
        async with app.transactions(one) as tx:
            request = ActionRequest(actor=one, action=action)
            answers = [await app.gate.check_action(tx, request) for _ in range(spec.rate.count + 1)]
        assert all(answer.allowed for answer in answers[:-1]), action
        assert (answers[-1].reason, answers[-1].retry_after) == ("rate_limited", spec.rate.seconds), action
        assert (await check(app, other, action)).allowed
    clock.advance(59)
    assert (await check(app, one, "react")).reason == "rate_limited"
    clock.advance(1)
    assert (await check(app, one, "react")).allowed
    assert (await check(app, one, "challenge")).reason == "rate_limited"


@pytest.mark.req("TS-3")
async def test_a_limit_says_when_to_come_back(app: App, make: Make, clock: FakeClock) -> None:
    actor = await make.principal(await make.person())
    for _ in range(ACTIONS["send_message"].rate.count):
        await make.run(actor, admit, app.gate, "send_message")
    clock.advance(20)
    with pytest.raises(RateLimited) as refusal:
        await make.run(actor, admit, app.gate, "send_message")
    error = refusal.value.body()["error"]
    assert (error["type"], error["temporary"], error["details"]) == ("rate_limited", True, {"retry_after": 40.0})


@pytest.mark.req("TS-3")
async def test_who_is_refused_for_another_reason_does_not_use_up_their_rate(app: App, make: Make) -> None:
    child = await make.child()
    actor = await make.principal(child)
    for _ in range(ACTIONS["friend_request"].rate.count + 5):
        assert (await check(app, actor, "friend_request")).reason == "coppa_no_consent"
    await make.consent(child, "social_visibility")
    assert (await check(app, actor, "friend_request")).allowed


@pytest.mark.req("TS-3")
async def test_a_hundred_thousand_keys_leave_a_bounded_memory(clock: FakeClock) -> None:
    limiter = MemoryLimiter(clock)
    for number in range(100_000):
        await limiter.take(f"gate:react:{number}", Rate(60, 60))
    assert KEYS * 0.98 < len(limiter) <= KEYS < 100_000
    clock.advance(121)
    await limiter.take("gate:react:one-more", Rate(60, 60))
    assert len(limiter) == 1


# --- bad days


class Unreachable:
    """Where nothing listens."""

    url = "postgresql://postgres@127.0.0.1:1/nowhere"


@pytest.mark.req("TS-14")
async def test_nothing_passes_while_the_database_is_away(clock: FakeClock) -> None:
    database = Database(Unreachable.url)
    transactions = Transactions(database, clock, lambda: None)
    gate = Gate(transactions, MemoryLimiter(clock), Metrics())
    actor = Principal(kind="person", id=uuid4(), scopes=frozenset({"friends:write"}), minor=False, audience="public")
    for command in (transactions.run(actor, admit, gate, "react"),
                    transactions.run(actor, request_friendship, gate, uuid4())):  # fmt: skip
        with pytest.raises(Unavailable):
            await command
    await database.close()


async def cut(tx: Transaction, gate: Gate, other: UUID) -> str:
    """The connection dies between the beginning of the command and the gate."""
    pid = (await tx.db.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    async with gate._transactions(SYSTEM) as another:
        await another.db.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    return await request_friendship(tx, gate, other)


@pytest.mark.req("TS-14")
async def test_nothing_passes_when_the_database_goes_away_in_the_middle(
    app: App, make: Make, transactions: Transactions
) -> None:
    one, other = await make.person(), await make.person()
    with pytest.raises(Unavailable):
        await make.run(await make.principal(one), cut, app.gate, other.id)
    async with transactions.read() as db:
        assert (await db.execute(select(Friendship))).all() == []
    assert await audits(transactions) == []
    assert await make.run(await make.principal(one), request_friendship, app.gate, other.id) == "pending"


class Broken:
    """A limiter that breaks its promise never to raise."""

    healthy = False

    async def take(self, key: str, rate: Rate, cost: int = 1) -> Allowance:
        raise RuntimeError("the limiter is broken")

    def take_now(self, key: str, rate: Rate, cost: int = 1) -> Allowance:
        raise RuntimeError("the limiter is broken")


@pytest.mark.req("TS-14")
async def test_nothing_passes_when_a_part_of_the_gate_fails(app: App, make: Make, transactions: Transactions) -> None:
    one, other = await make.person(), await make.person()
    gate = Gate(transactions, Broken(), app.metrics)
    with pytest.raises(RuntimeError):
        await make.run(await make.principal(one), request_friendship, gate, other.id)
    async with transactions.read() as db:
        assert (await db.execute(select(Friendship))).all() == []
        assert len((await db.execute(select(User))).all()) == 2
