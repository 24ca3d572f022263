"""The load tool's pure parts: frames, percentiles, schedules, and what is remembered of a chunk."""

from __future__ import annotations

import math
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from tools.load.client import Client, Member
from tools.load.frames import TEXT, masked, split
from tools.load.histogram import Histogram
from tools.load.machine import Sample, Usage, Watch
from tools.load.marks import Mark, Reader, Stream
from tools.load.tally import Tally


def read_by_others(data: bytes) -> Frame:
    """The frame as another implementation understands a client's bytes."""
    reader = StreamReader()
    reader.feed_data(data)
    parsing = Frame.parse(reader.read_exact, mask=True)
    try:
        while True:
            next(parsing)
    except StopIteration as end:
        found: Frame = end.value
        return found


@given(st.binary(max_size=70_000))
def test_others_read_our_frames(payload: bytes) -> None:
    frame = read_by_others(masked(payload))
    assert (frame.opcode, frame.fin, bytes(frame.data)) == (Opcode.TEXT, True, payload)


@given(st.lists(st.binary(max_size=300), max_size=6), st.integers(0, 400), st.booleans())
def test_a_servers_frames_come_out_however_they_are_cut(payloads: list[bytes], cut: int, parts: bool) -> None:
    frames = []
    for payload in payloads:
        half = len(payload) // 2 if parts else 0
        if half:
            frames.append(Frame(Opcode.TEXT, payload[:half], fin=False).serialize(mask=False))
            frames.append(Frame(Opcode.CONT, payload[half:]).serialize(mask=False))
        else:
            frames.append(Frame(Opcode.TEXT, payload).serialize(mask=False))
    data = b"".join(frames)
    first, taken = split(data[:cut])
    second, rest = split(data[:cut][taken:] + data[cut:])
    assert [payload for _, payload in first + second] == payloads
    assert {opcode for opcode, _ in first + second} <= {TEXT}
    assert taken + rest == len(data)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=200), st.sampled_from([50, 95, 99]))
def test_percentiles_are_nearest_rank_within_a_step(values: list[float], percent: int) -> None:
    histogram = Histogram()
    origin = 1000.0
    histogram.add_since(origin, sorted(origin + value for value in values))
    exact = sorted(values)[math.ceil(percent / 100 * len(values)) - 1]
    assert histogram.total == len(values)
    assert math.isclose(histogram.percentile(percent), exact, rel_tol=0.011, abs_tol=2e-6)
    assert math.isclose(histogram.max, max(values), abs_tol=1e-6)


def test_histograms_add_up() -> None:
    random, whole, parts = Random(1), Histogram(), [Histogram(), Histogram()]
    for _ in range(1000):
        value = random.expovariate(100)
        whole.add(value)
        parts[value > 0.01].add(value)
    parts[0].merge(parts[1])
    assert parts[0].counts == whole.counts
    assert parts[0].milliseconds() == whole.milliseconds()


def test_a_schedule_goes_round_the_rooms() -> None:
    stream = Stream("message", 50, 4, 2)
    assert (stream.numbers, stream.total) == (100, 400)
    assert [stream.place(index) for index in range(5)] == [(0, 0), (1, 0), (2, 0), (3, 0), (0, 1)]
    assert stream.due_of(0, 1) == stream.due(4) == 0.02


def test_only_marks_of_this_run_count() -> None:
    reader = Reader("abc")
    mine, other = Mark(0, 2, 7).text("abc"), Mark(0, 2, 8).text("abd")
    told = f'{{"mark":"{mine}"}} {{"skill": "{other}"}} {{"current_activity":"practicing_{mine}"}} {{"id":"{mine}"}}'
    assert reader.marks(told.encode()) == [Mark(0, 2, 7), Mark(0, 2, 7)]


def test_a_chunk_that_is_read_again_later_is_counted_once_more() -> None:
    stream = Stream("message", 10, 1, 1)
    clients = [Client(Member(n, "", ("t",))) for n in range(3)]
    tally = Tally((stream,), clients, began=100.0)
    chunk = tally.learn(b"a", [Mark(0, 0, 0), Mark(0, 0, 1)], True)
    tally.take(clients[0], chunk, 100.2)
    tally.turn(102.0)
    known = tally.known(b"a")
    assert known is chunk
    tally.take(clients[1], known, 102.0)
    tally.turn(104.0)
    tally.turn(106.0)
    assert tally.known(b"a") is None
    assert tally.delivered == 4
    tally.finish()
    assert tally.results[0].expected == 30
    assert tally.results[0].lost == 26
    assert tally.results[0].latency.total == 4


def watched(memory: list[float]) -> Watch:
    return Watch(1, [Sample(at * 0.25, Usage(round(value)), 0.0) for at, value in enumerate(memory)])


def test_a_leak_is_seen_and_a_step_is_none() -> None:
    steady = [100e6 + 1000 * at for at in range(240)]
    step = [100e6 + (80e6 if at > 130 else 0) for at in range(240)]
    assert math.isclose(watched(steady).slope(), 4000)
    assert watched(step).slope() == 0
