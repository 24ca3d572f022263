"""Presence as pure data: state plus diffs is the later state, and it does not matter in which order nodes are heard."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.presence.entries import Diff, State, listed
from core.presence.tracker import Change, Tracker

CONNS = st.sampled_from(["c1", "c2", "c3", "c4", "c5"])
TOPICS = st.sampled_from(["presence:lobby", "cohort:1"])
USERS = {"c1": "ada", "c2": "ada", "c3": "leo", "c4": "mia", "c5": "mia"}
STEPS = st.lists(
    st.tuples(st.sampled_from(["join", "leave", "update", "flush"]), CONNS, TOPICS, st.integers(0, 3)), max_size=60
)


@dataclass(frozen=True)
class Read:
    """A diff as a client reads it."""

    joins: State
    leaves: State


def read(diff: Diff | None) -> Read:
    return Read(**(diff or Diff()).wire())


def told(tracker: Tracker, topic: str) -> State:
    return msgspec.json.decode(listed(tracker.told(topic).items()), type=State)


def sync_diff(state: State, diff: Read) -> None:
    """What the stock client does with a diff."""
    for user_id, came in diff.joins.items():
        refs = [m["phx_ref"] for m in came["metas"]]
        kept = [m for m in state.get(user_id, {"metas": []})["metas"] if m["phx_ref"] not in refs]
        state[user_id] = {"metas": kept + came["metas"]}
    for user_id, went in diff.leaves.items():
        refs = [m["phx_ref"] for m in went["metas"]]
        if user_id in state:
            state[user_id]["metas"] = [m for m in state[user_id]["metas"] if m["phx_ref"] not in refs]
            if not state[user_id]["metas"]:
                del state[user_id]


def ordered(state: State) -> dict[str, list[Any]]:
    return {user: sorted(found["metas"], key=lambda m: str(m["phx_ref"])) for user, found in state.items()}


def step(tracker: Tracker, what: str, conn: str, topic: str, value: int) -> None:
    if what == "join":
        tracker.join(conn, topic, USERS[conn], {"status": value})
    elif what == "leave":
        tracker.leave(conn, topic)
    elif what == "update" and conn in {entry.conn for entry in tracker.own() if entry.topic == topic}:
        tracker.join(conn, topic, USERS[conn], {"status": value, "more": True})


@pytest.mark.req("PR-8", "RT-8", "BG-14")
@given(STEPS)
def test_a_state_plus_the_diffs_that_follow_is_the_later_state(steps: list[tuple[str, str, str, int]]) -> None:
    tracker, topic = Tracker("n1"), "presence:lobby"
    held: list[State] = [{}]
    for what, conn, at, value in steps:
        step(tracker, what, conn, at, value)
        if what == "flush":
            diff = tracker.flush(topic)
            for state in held if diff else ():
                sync_diff(state, read(diff))
            # Somebody joins right after the flush, and follows from here on.
            assert told(tracker, topic) == tracker.state(topic)
            held.append(tracker.state(topic))
        else:
            # Somebody joins in between: what was told last is what the next diff builds on.
            held.append(told(tracker, topic))
    last = tracker.flush(topic)
    for state in held:
        sync_diff(state, read(last))
        assert ordered(state) == ordered(tracker.state(topic))
    assert tracker.count(topic) == len(tracker.state(topic))


@pytest.mark.req("PR-8")
def test_people_are_counted_not_connections() -> None:
    tracker = Tracker("n1")
    tracker.join("c1", "presence:lobby", "ada", {})
    tracker.join("c2", "presence:lobby", "ada", {})
    assert tracker.count("presence:lobby") == 1
    assert len(tracker.state("presence:lobby")["ada"]["metas"]) == 2
    tracker.leave("c1", "presence:lobby")
    assert tracker.count("presence:lobby") == 1
    tracker.leave("c2", "presence:lobby")
    assert tracker.count("presence:lobby") == 0


def test_a_change_is_one_that_came_and_one_that_went() -> None:
    tracker = Tracker("n1")
    tracker.join("c1", "t", "ada", {"status": "online"})
    tracker.flush("t")
    assert tracker.join("c1", "t", "ada", {"status": "away"})
    assert not tracker.join("c1", "t", "ada", {"status": "away"})
    found = tracker.flush("t")
    assert found is not None
    diff = Read(**found.wire())
    assert [m["status"] for m in diff.joins["ada"]["metas"]] == ["away"]
    assert [m["status"] for m in diff.leaves["ada"]["metas"]] == ["online"]
    assert diff.joins["ada"]["metas"][0]["phx_ref"] != diff.leaves["ada"]["metas"][0]["phx_ref"]


def test_who_came_and_went_between_two_flushes_is_not_spoken_of() -> None:
    tracker = Tracker("n1")
    tracker.join("c1", "t", "ada", {})
    tracker.leave("c1", "t")
    assert tracker.flush("t") is None
    assert tracker.topics() == []


Note = tuple[str, int, list[Change], bool]


def history(node: str, steps: list[tuple[str, str, str, int]]) -> tuple[Tracker, list[Note]]:
    """A node's life, and what it said: numbered changes, and now and then the whole."""
    tracker, said = Tracker(node), []
    for what, conn, topic, value in steps:
        step(tracker, what, f"{node}{conn}"[-2:], topic, value)
        if what == "flush":
            version, changes = tracker.outgoing()
            said.append((node, version, changes, False))
            said.append((node, version, [("+", entry) for entry in tracker.own()], True))
    version, _ = tracker.outgoing()
    said.append((node, version, [("+", entry) for entry in tracker.own()], True))
    return tracker, said


@pytest.mark.req("RT-13", "PR-8")
@settings(max_examples=60)
@given(STEPS, STEPS, st.randoms(use_true_random=False), st.integers(0, 3))
def test_nodes_agree_whatever_order_they_are_heard_in(
    first: list[tuple[str, str, str, int]],
    second: list[tuple[str, str, str, int]],
    chance: random.Random,
    lost: int,
) -> None:
    one, said_by_one = history("n1", first)
    two, said_by_two = history("n2", second)
    everything = said_by_one + said_by_two
    # Some notes are lost, some come twice, all come in any order; each node's last whole arrives some time.
    last = {said_by_one[-1][0]: said_by_one[-1], said_by_two[-1][0]: said_by_two[-1]}
    heard = [note for note in everything if chance.random() > lost / 4] + list(last.values())
    chance.shuffle(heard)
    listener = Tracker("n3")
    for node, version, changes, whole in heard + heard[:3]:
        if whole:
            listener.replace(node, version, [entry for _, entry in changes])
        else:
            listener.apply(node, version, changes)
    for topic in ("presence:lobby", "cohort:1"):
        expected = {**ordered(one.state(topic))}
        for user, metas in ordered(two.state(topic)).items():
            expected[user] = sorted(expected.get(user, []) + metas, key=lambda m: str(m["phx_ref"]))
        assert ordered(listener.state(topic)) == expected


@given(STEPS)
def test_changes_heard_in_order_need_no_whole(steps: list[tuple[str, str, str, int]]) -> None:
    speaker, listener = Tracker("n1"), Tracker("n2")
    listener.replace("n1", 0, [])
    for what, conn, topic, value in steps:
        step(speaker, what, conn, topic, value)
        if what == "flush":
            version, changes = speaker.outgoing()
            if changes:
                assert listener.apply("n1", version, changes)
    version, changes = speaker.outgoing()
    assert not changes or listener.apply("n1", version, changes)
    assert ordered(listener.state("presence:lobby")) == ordered(speaker.state("presence:lobby"))


@pytest.mark.req("PR-8")
def test_a_gap_is_noticed_and_a_silent_node_leaves_nobody_behind() -> None:
    speaker, listener = Tracker("n1"), Tracker("n2")
    listener.replace("n1", 0, [])
    speaker.join("c1", "t", "ada", {})
    speaker.outgoing()
    speaker.join("c3", "t", "leo", {})
    version, changes = speaker.outgoing()
    assert not listener.apply("n1", version, changes)
    assert listener.count("t") == 0
    listener.replace("n1", version, speaker.own())
    assert listener.count("t") == 2
    listener.flush("t")
    listener.forget("n1")
    diff = listener.flush("t")
    assert diff is not None
    assert sorted(diff.leaves) == ["ada", "leo"]
    assert listener.topics() == []


def test_nobody_speaks_for_another_node() -> None:
    mine, other = Tracker("n1"), Tracker("n2")
    mine.join("c1", "t", "ada", {})
    other.join("c3", "t", "leo", {})
    listener = Tracker("n3")
    assert listener.replace("n1", 1, [*mine.own(), *other.own()])
    assert list(listener.state("t")) == ["ada"]
    assert not mine.replace("n1", 9, other.own())
    assert list(mine.state("t")) == ["ada"]
