"""The switchboard: who subscribed hears it in order, and what is remembered is never claimed to be more than it is."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.live.hub import Hub, Message


def message(topic: str, seq: int, about: UUID | None = None, *, resumable: bool = True) -> Message:
    return Message(topic, "said", {"seq": seq}, seq, about, resumable=resumable)


def told(hub: Hub, *messages: Message) -> None:
    """As the relay does it: first the place in the log, then those who watch."""
    for m in messages:
        hub.seq = m.seq or 0
        hub.publish(m)


def seqs(found: list[Message] | None) -> list[int | None] | None:
    return None if found is None else [m.seq for m in found]


@pytest.mark.req("RT-12", "RT-15", "RT-16", "QA-3")
def test_everybody_on_a_topic_hears_it_once_and_in_order() -> None:
    hub = Hub()
    one: list[Message] = []
    two: list[Message] = []
    leave = hub.subscribe("a", one.append)
    hub.subscribe("a", two.append)
    hub.subscribe("b", two.append)
    first, second, third = message("a", 1), message("b", 2), message("a", 3)
    told(hub, first, second)
    leave()
    leave()
    told(hub, third)
    hub.signal(Message("a", "typing", {}))
    assert one == [first]
    assert [m.seq for m in two] == [1, 2, 3, None]
    assert hub.subscribers() == {"a": 1, "b": 1}


def test_one_function_may_subscribe_twice_and_leave_once() -> None:
    hub = Hub()
    heard: list[Message] = []
    leave = hub.subscribe("a", heard.append)
    hub.subscribe("b", heard.append)
    leave()
    leave()
    told(hub, message("a", 1), message("b", 2))
    assert [m.seq for m in heard] == [2]


def test_a_subscriber_that_fails_keeps_nobody_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    hub = Hub()
    heard: list[Message] = []

    def broken(_: Message) -> None:
        raise RuntimeError("broken")

    hub.subscribe("a", broken)
    hub.subscribe("a", heard.append)
    told(hub, message("a", 1))
    assert len(heard) == 1
    assert "a subscriber failed" in caplog.text


def test_who_comes_or_goes_while_a_message_is_told() -> None:
    hub = Hub()
    heard: list[str] = []

    def last(_: Message) -> None:
        heard.append("last")

    def first(_: Message) -> None:
        heard.append("first")
        leave()
        hub.subscribe("a", last)

    leave = hub.subscribe("a", first)
    told(hub, message("a", 1), message("a", 2))
    assert heard == ["first", "last"]
    assert hub.subscribers() == {"a": 1}


@pytest.mark.req("RT-17")
def test_what_was_missed_is_given_or_honestly_not() -> None:
    hub = Hub(ring=3)
    hub.floor = hub.seq = 10
    told(hub, *(message("a", seq) for seq in (11, 13, 14, 17)), message("b", 20))
    assert seqs(hub.since("a", 17)) == []
    assert seqs(hub.since("a", 13)) == [14, 17]
    assert seqs(hub.since("a", 11)) == [13, 14, 17], "the first was let go, and who has it misses nothing"
    assert hub.since("a", 10) is None, "too old: the ring holds three"
    assert hub.since("a", 21) is None, "from the future"
    assert seqs(hub.since("a", 20)) == []
    assert seqs(hub.since("b", 10)) == [20]
    assert hub.since("b", 9) is None, "before this node began"
    assert seqs(hub.since("never spoken of", 12)) == []


@pytest.mark.req("RT-17")
def test_a_topic_that_was_forgotten_says_so() -> None:
    hub = Hub()
    told(hub, message("a", 1), message("b", 2))
    hub.forget("a")
    assert hub.since("a", 1) is None
    assert seqs(hub.since("a", 2)) == []
    assert seqs(hub.since("b", 1)) == [2]
    told(hub, message("a", 3))
    assert seqs(hub.since("a", 2)) == [3]


@pytest.mark.req("RT-17")
def test_what_messages_cannot_carry_ends_the_memory() -> None:
    hub = Hub()
    heard: list[Message] = []
    hub.subscribe("a", heard.append)
    told(hub, message("a", 1), message("a", 2, resumable=False), message("b", 3))
    assert [m.seq for m in heard] == [1, 2], "those who are here hear it"
    assert hub.since("a", 1) is None
    assert hub.since("a", 2) is None, "whoever was cut off right after it may not have had the snapshot"
    assert seqs(hub.since("a", 3)) == []
    told(hub, message("a", 4))
    assert seqs(hub.since("a", 3)) == [4]
    assert seqs(hub.since("b", 1)) == [3]


@pytest.mark.req("RT-17")
def test_a_message_that_was_lost_ends_the_memory_too() -> None:
    hub = Hub()
    heard: list[Message] = []
    hub.subscribe("a", heard.append)
    told(hub, message("a", 1))
    hub.seq = 2
    hub.lose("a", 2)
    assert hub.since("a", 1) is None
    assert hub.since("a", 2) is None
    assert (heard[-1].name, heard[-1].seq, heard[-1].resumable) == ("", 2, False)


@pytest.mark.req("RT-17")
def test_topics_silent_for_long_are_let_go_and_it_shows() -> None:
    hub = Hub(rings=3)
    told(hub, *(message(f"topic {n}", n) for n in range(1, 8)))
    assert hub.since("topic 4", 3) is None
    assert hub.floor == 4
    assert seqs(hub.since("topic 5", 4)) == [5]
    assert seqs(hub.since("topic 7", 6)) == [7]


def test_memory_has_a_bound_whatever_the_topics_are() -> None:
    hub = Hub(ring=2, rings=50)
    for seq in range(1, 5_001):
        told(hub, message(f"topic {seq}", seq))
        hub.forget(f"room {seq}")
    assert len(hub._rings) <= 50
    assert len(hub._floors) <= 100
    assert hub.since("topic 1", 0) is None
    assert hub.since("room 1", 0) is None
    assert seqs(hub.since("room 5000", 5_000)) == []


@pytest.mark.req("CP-8")
def test_nothing_is_remembered_of_somebody_who_is_erased() -> None:
    hub = Hub()
    ada, leo = uuid4(), uuid4()
    told(hub, message("a", 1, ada), message("a", 2, leo), message("b", 3, leo), message("c", 4, ada))
    hub.forget_person(ada)
    assert hub.since("a", 0) is None
    assert hub.since("c", 3) is None
    assert seqs(hub.since("b", 0)) == [3]
    assert not [m for ring in hub._rings.values() for m in ring if m.about == ada]


def test_another_history_voids_everything() -> None:
    hub = Hub()
    told(hub, message("a", 90), message("b", 100))
    hub.begin_again(40)
    assert hub.since("a", 90) is None
    assert hub.since("a", 39) is None
    assert seqs(hub.since("a", 40)) == []
    told(hub, message("a", 41))
    assert seqs(hub.since("a", 40)) == [41]


class Model:
    """The hub without a bound on topics: every message for ever, what is remembered, and from where on it is whole."""

    def __init__(self, ring: int, floor: int) -> None:
        self.ring, self.floor, self.seq = ring, floor, floor
        self.messages: list[Message] = []
        self.remembered: dict[str, list[Message]] = {}
        self.floors: dict[str, int] = {}
        self.breaks: dict[str, int] = {}
        """The last place in each topic that messages cannot carry anybody across."""
        self.dropped: dict[str, int] = {}
        """Where each topic's memory was dropped last: nothing up to there is kept."""

    def after(self, topic: str, seq: int) -> list[Message]:
        return [m for m in self.messages if m.topic == topic and (m.seq or 0) > seq]

    def publish(self, said: Message) -> None:
        self.messages.append(said)
        if said.resumable:
            kept = [*self.remembered.get(said.topic, []), said]
            for gone in kept[: -self.ring]:
                self.floors[said.topic] = max(self.floors.get(said.topic, 0), gone.seq or 0)
            self.remembered[said.topic] = kept[-self.ring :]

    def break_at(self, topic: str, seq: int) -> None:
        self.breaks[topic] = self.dropped[topic] = seq
        self.floors[topic] = seq + 1
        self.remembered[topic] = []

    def forget(self, topic: str) -> None:
        self.floors[topic] = max(self.seq, self.floors.get(topic, 0))
        self.remembered[topic] = []

    def knows(self, topic: str, seq: int) -> bool:
        return max(self.floor, self.floors.get(topic, 0)) <= seq <= self.seq


TOPICS = [f"topic {n}" for n in range(5)]
PEOPLE = [UUID(int=n) for n in range(3)]
KINDS = ["publish", "publish", "publish", "quiet", "forget", "break", "lose", "erase"]
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(TOPICS), st.sampled_from(PEOPLE), st.integers(1, 3)), max_size=50
)


def act(hub: Hub, model: Model, kind: str, topic: str, person: UUID) -> None:
    if kind in ("publish", "break"):
        said = message(topic, model.seq, person, resumable=kind == "publish")
        hub.publish(said)
        model.publish(said)
    elif kind == "lose":
        hub.lose(topic, model.seq)
    elif kind == "forget":
        hub.forget(topic)
        model.forget(topic)
    elif kind == "erase":
        hub.forget_person(person)
        for spoken, kept in model.remembered.items():
            if any(m.about == person for m in kept):
                model.forget(spoken)
    if kind in ("break", "lose"):
        model.break_at(topic, model.seq)


@pytest.mark.req("RT-17")
@settings(max_examples=250)
@given(steps=STEPS, ring=st.integers(1, 4), rings=st.sampled_from([2, 3, 100]), floor=st.integers(0, 5))
def test_against_a_model_without_bounds(
    steps: list[tuple[str, str, UUID, int]], ring: int, rings: int, floor: int
) -> None:
    hub, model = Hub(ring=ring, rings=rings), Model(ring, floor)
    hub.floor = hub.seq = floor
    for kind, topic, person, gap in steps:
        if kind not in ("forget", "erase"):
            hub.seq = model.seq = model.seq + gap
        act(hub, model, kind, topic, person)
        for asked in TOPICS:
            for seq in range(model.seq + 2):
                found = hub.since(asked, seq)
                if found is None:
                    assert rings < len(TOPICS) or not model.knows(asked, seq), "what is known is said"
                else:
                    assert found == model.after(asked, seq), "what is said is the whole truth"
                    assert floor <= seq <= model.seq
                    assert seq > model.breaks.get(asked, -1)
                    assert kind != "erase" or person not in {m.about for m in found}
