"""Nodes whose lines lose, hold back and are cut: once they hear each other again, all hold the truth."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import FakeClock
from core.presence.peers import BEAT, SILENT, Peers
from core.presence.tracker import Tracker

NAMES = ("n1", "n2", "n3")
TOPIC = "presence:lobby"
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.sampled_from(NAMES), st.integers(0, 3)),
        st.tuples(st.just("leave"), st.sampled_from(NAMES), st.integers(0, 3)),
        st.tuples(st.just("flush"), st.sampled_from(NAMES), st.just(0)),
        st.tuples(st.just("hear"), st.sampled_from(NAMES), st.integers(1, 5)),
        st.tuples(st.just("lose"), st.sampled_from(NAMES), st.integers(1, 5)),
        st.tuples(st.just("cut"), st.sampled_from(NAMES), st.just(0)),
        st.tuples(st.just("heal"), st.sampled_from(NAMES), st.just(0)),
        st.tuples(st.just("wait"), st.just(""), st.integers(1, 15)),
        st.tuples(st.just("restart"), st.sampled_from(NAMES), st.just(0)),
    ),
    max_size=80,
)


class Net:
    """Three nodes on lines of their own: what was sent to each waits until it is heard or lost."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.waiting: dict[str, deque[bytes]] = {name: deque() for name in NAMES}
        self.cut: set[str] = set()
        self.lives = 0
        self.nodes: dict[str, tuple[Tracker, Peers]] = {}
        for name in NAMES:
            self.start(name)

    def start(self, name: str) -> None:
        self.lives += 1
        tracker = Tracker(f"{name}.{self.lives}")
        self.nodes[name] = tracker, Peers(tracker, lambda data: self.send(name, data), self.clock)
        self.nodes[name][1].hello()

    def send(self, sender: str, data: bytes) -> None:
        for name in NAMES:
            if name != sender and not {name, sender} & self.cut:
                self.waiting[name].append(data)

    def hear(self, name: str, number: int) -> None:
        for _ in range(min(number, len(self.waiting[name]))):
            self.nodes[name][1].receive(self.waiting[name].popleft())

    def step(self, what: str, name: str, value: int) -> None:
        if what == "wait":
            self.wait(value)
            return
        tracker, peers = self.nodes[name]
        if what == "join":
            tracker.join(f"{name}-{value}", TOPIC, f"person-{value}", {"online_at": tracker.version})
        elif what == "leave":
            tracker.leave(f"{name}-{value}", TOPIC)
        elif what == "flush":
            peers.flush()
        elif what == "hear":
            self.hear(name, value)
        elif what == "lose":
            for _ in range(min(value, len(self.waiting[name]))):
                self.waiting[name].popleft()
        elif what == "cut":
            self.cut.add(name)
        elif what == "heal":
            self.cut.discard(name)
        else:
            # As `kill -9` does: no goodbye, and another node in its place.
            self.start(name)

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.clock.advance(1)
            for _tracker, peers in self.nodes.values():
                peers.tick()

    def heal(self) -> None:
        self.cut.clear()
        for _ in range(int(SILENT + 3 * BEAT) + 1):
            self.wait(1)
            while any(self.waiting.values()):
                for name in NAMES:
                    self.hear(name, 1)

    def seen(self, name: str) -> dict[str, Any]:
        state = self.nodes[name][0].state(TOPIC)
        return {user: sorted(meta["phx_ref"] for meta in found["metas"]) for user, found in state.items()}

    def truth(self) -> dict[str, Any]:
        found: dict[str, list[str]] = {}
        for tracker, _peers in self.nodes.values():
            for entry in tracker.own():
                found.setdefault(entry.user_id, []).append(entry.ref)
        return {user: sorted(refs) for user, refs in found.items()}


@pytest.mark.req("PR-8", "PR-19", "RT-13", "RT-21")
@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_after_any_trouble_everybody_holds_the_truth(steps: list[tuple[str, str, int]]) -> None:
    net = Net()
    for step in steps:
        net.step(*step)
    net.heal()
    for name in NAMES:
        assert net.seen(name) == net.truth()


@pytest.mark.req("PR-19")
def test_a_node_that_hears_nobody_keeps_its_own_and_drops_the_others() -> None:
    net = Net()
    for n, name in enumerate(NAMES):
        net.step("join", name, n)
        net.step("flush", name, 0)
    net.heal()
    assert len(net.seen("n1")) == len(NAMES)
    net.step("cut", "n1", 0)
    for _ in range(int(SILENT) + 2):
        net.wait(1)
        for name in NAMES:
            net.hear(name, 1_000)
    assert list(net.seen("n1")) == ["person-0"]
    assert sorted(net.seen("n2")) == sorted(net.seen("n3")) == ["person-1", "person-2"]
    net.heal()
    assert all(net.seen(name) == net.truth() for name in NAMES)
