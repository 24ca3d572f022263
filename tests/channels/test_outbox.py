"""What waits for one connection stays bounded, and what is dropped is known to be missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.web.channels.limits import SlidingLimit
from core.web.channels.outbox import CHUNK, Outbox

FRAMES = st.lists(
    st.tuples(st.binary(min_size=1, max_size=30), st.sampled_from([None, "a", "b"]), st.sampled_from(["", "x"])),
    max_size=120,
)


def everything(outbox: Outbox) -> bytes:
    return b"".join(iter(outbox.take, b""))


@pytest.mark.req("RT-18")
@given(FRAMES, st.integers(1, 20), st.integers(10, 300))
def test_it_is_bounded_and_loses_nothing_unseen(
    frames: list[tuple[bytes, str | None, str]], limit: int, limit_bytes: int
) -> None:
    outbox = Outbox(limit, limit_bytes)
    for frame, topic, latest in frames:
        outbox.add(frame, topic, latest if topic else "")
        answers = sum(t is None for _, t, _ in frames)
        assert outbox.full or len(outbox) <= limit
        assert outbox.full or outbox.size <= limit_bytes or len(outbox) == 1
        assert not outbox.full or answers > 1
    sent = everything(outbox)
    replies = b"".join(frame for frame, topic, _ in frames if topic is None)
    assert len(sent) >= len(replies), "replies are never dropped"
    if not outbox.stale and not any(latest for _, topic, latest in frames if topic):
        assert sent == b"".join(frame for frame, _, _ in frames)


@pytest.mark.req("RT-18")
def test_of_collapsible_messages_only_the_latest_stays() -> None:
    outbox = Outbox(limit=3)
    for number in range(10):
        outbox.add(b"%d" % number, "board", "leaderboard_update")
    assert not outbox.stale
    assert everything(outbox).endswith(b"9")


@pytest.mark.req("RT-18")
def test_what_cannot_collapse_makes_its_topic_stale_until_it_is_caught_up() -> None:
    outbox = Outbox(limit=3)
    outbox.add(b"reply")
    for number in range(3):
        outbox.add(b"%d" % number, "feed")
    assert outbox.stale == {"feed"}
    outbox.add(b"late", "feed")
    assert everything(outbox) == b"reply"
    outbox.stale = frozenset()
    outbox.add(b"snapshot", "feed")
    assert everything(outbox) == b"snapshot"


def test_one_large_message_alone_is_no_sign_of_a_slow_reader() -> None:
    outbox = Outbox(limit_bytes=10)
    outbox.add(b"x" * 100, "feed")
    assert not outbox.stale
    assert len(outbox.take()) == 100


def test_replies_that_do_not_fit_fill_it() -> None:
    outbox = Outbox(limit=2)
    for _ in range(3):
        outbox.add(b"reply")
    assert outbox.full


def test_what_waits_for_a_topic_that_was_left_is_dropped() -> None:
    outbox = Outbox()
    outbox.add(b"a", "feed")
    outbox.add(b"b", "board")
    outbox.forget("feed")
    assert everything(outbox) == b"b"


def test_frames_are_joined_but_never_cut() -> None:
    outbox = Outbox()
    frames = [bytes([i]) * 30_000 for i in range(1, 6)]
    for frame in frames:
        outbox.add(frame, "feed")
    first = outbox.take()
    assert first == b"".join(frames[:2])
    assert CHUNK - 30_000 < len(first) <= CHUNK
    assert everything(outbox) == b"".join(frames[2:])
    assert outbox.size == 0


def test_a_large_frame_is_the_same_for_all_who_wait_for_it() -> None:
    """A copy for each of a thousand readers would be a thousand states."""
    large = bytes(CHUNK + 1)
    for before in ([], [b"reply"]):
        outbox = Outbox()
        for frame in (*before, large):
            outbox.add(frame, "room")
        assert [outbox.take() for _ in before] == before
        assert outbox.take() is large


@pytest.mark.req("RT-20")
@given(st.lists(st.floats(0, 5), max_size=300))
def test_no_minute_lets_more_through_than_allowed(gaps: list[float]) -> None:
    limit, now, passed = SlidingLimit(10, 60.0), 0.0, []
    for gap in gaps:
        now += gap
        wait = limit.take(now)
        if wait == 0:
            passed.append(now)
        else:
            assert 0 < wait <= 60
    assert all(sum(at <= other < at + 60 for other in passed) <= 10 for at in passed)


@pytest.mark.req("RT-20")
def test_after_the_wait_one_is_let_through() -> None:
    limit = SlidingLimit(2, 60.0)
    assert limit.take(0.0) == limit.take(10.0) == 0
    wait = limit.take(20.0)
    assert wait == 40.0
    assert limit.take(20.0 + wait) == 0
