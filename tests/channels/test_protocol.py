"""The codec: whatever comes in is a message or a refusal; whatever goes out is what a Phoenix client reads."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.web.channels import protocol
from core.web.channels.protocol import Incoming, ProtocolError, Unreadable, parse

REFS = st.none() | st.text(max_size=64) | st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PAYLOADS = st.dictionaries(st.text(max_size=10), VALUES, max_size=4)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max((depth(v) for v in inner if isinstance(v, dict | list)), default=0)


@pytest.mark.req("RT-11")
@given(REFS, REFS, st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=100), PAYLOADS)
def test_every_message_within_bounds_is_read_as_it_was_sent(
    join_ref: Any, ref: Any, topic: str, event: str, payload: dict[str, Any]
) -> None:
    text = json.dumps([join_ref, ref, topic, event, payload])
    if depth(payload) <= protocol.MAX_DEPTH:
        assert parse(text) == Incoming(join_ref, ref, topic, event, payload)


@pytest.mark.req("RT-9")
@given(st.text() | st.binary() | VALUES.map(json.dumps) | st.lists(VALUES, min_size=5, max_size=5).map(json.dumps))
def test_anything_else_is_refused_and_nothing_crashes(frame: str | bytes) -> None:
    try:
        message = parse(frame)
    except ProtocolError as error:
        answer = protocol.reply(error.join_ref, error.ref, error.topic, "error", {"reason": error.reason})
        assert json.loads(answer)[3] == "phx_reply"
    else:
        assert isinstance(message, Incoming)


@pytest.mark.req("RT-9")
@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "null", "[1,2,3,4]", '["1","1","t","e"]', '["1","1","t","e",{},{}]', '["1","1","","e",{}]',
        '["1","1","t","",{}]', '["1","1",5,"e",{}]', '["1","1","t",null,{}]', '["1","1","t","e",[]]',
        '["1","1","t","e",null]', '["1","1","t","e","x"]', '[true,"1","t","e",{}]', '["1",1.5,"t","e",{}]',
        '["1",{},"t","e",{}]', '["1","1","t","e",{"a":NaN}]', '["1","1","t","e",{"a":1e999}]',
        '["1","1","\\ud800","e",{}]',
        '["1","1","' + "t" * 201 + '","e",{}]', '["1","1","t","' + "e" * 101 + '",{}]',
        '["' + "1" * 65 + '","1","t","e",{}]',
        "[" * 60_000, '["1","1","t","e",' + '{"a":' * 17 + "1" + "}" * 17 + "]", "\ufeff[]", "x" * 70_000,
        '["1",90071992547409930,"t","e",{}]',
    ],
)  # fmt: skip
def test_malformed_messages_are_named_so(text: str) -> None:
    with pytest.raises(ProtocolError):
        parse(text)


def test_a_refusal_is_addressed_to_the_message_it_is_about() -> None:
    with pytest.raises(ProtocolError) as refused:
        parse('["3","7","activity:global","react",[1]]')
    assert (refused.value.join_ref, refused.value.ref, refused.value.topic) == ("3", "7", "activity:global")


def binary_push(*parts: bytes, payload: bytes = b"\x00\x01") -> bytes:
    return bytes((0, *(len(part) for part in parts))) + b"".join(parts) + payload


@pytest.mark.req("RT-11")
def test_a_binary_push_is_read_with_its_bytes_as_they_are() -> None:
    frame = binary_push(b"1", b"9", b"presence:lobby", b"photo", payload=b"\x00\xff{}")
    assert parse(frame) == Incoming("1", "9", "presence:lobby", "photo", b"\x00\xff{}")
    assert parse(binary_push(b"", b"", b"t", b"e", payload=b"")) == Incoming(None, None, "t", "e", b"")


@pytest.mark.parametrize("parts", [(b"1", b"1", b"", b"e"), (b"1", b"1", b"t", b""), (b"1" * 65, b"1", b"t", b"e")])
def test_a_binary_push_without_an_address_is_malformed(parts: tuple[bytes, ...]) -> None:
    with pytest.raises(ProtocolError) as refused:
        parse(binary_push(*parts))
    assert not isinstance(refused.value, Unreadable)


@pytest.mark.req("RT-11")
def test_bytes_go_out_in_the_serializers_forms() -> None:
    assert (
        protocol.reply_frame("1", "9", "room", "ok", b"\x00x")
        == b"\x82\x0f" + b"\x01\x01\x01\x04\x02" + b"19roomok\x00x"
    )
    assert protocol.broadcast_frame("room", "say", b"\x00x") == b"\x82\x0c" + b"\x02\x04\x03" + b"roomsay\x00x"
    assert protocol.push_frame("1", "room", "say", b"\x00x") == b"\x82\x0e" + b"\x00\x01\x04\x03" + b"1roomsay\x00x"


@pytest.mark.parametrize(
    "frame", [b"", b"\x00", b"\x02\x01\x01\x01\x01", b"\x00\xff\xff\xff\xffabc", b"\x00\x01\x00\x00\x00\xff"]
)
def test_bytes_that_are_no_message_are_unreadable(frame: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(frame)


@given(REFS, REFS, st.text(max_size=50), PAYLOADS)
def test_answers_are_what_phoenix_clients_read(join_ref: Any, ref: Any, topic: str, payload: dict[str, Any]) -> None:
    answer = json.loads(protocol.reply(join_ref, ref, topic, "ok", payload))
    assert answer == [join_ref, ref, topic, "phx_reply", {"status": "ok", "response": payload}]
    assert json.loads(protocol.broadcast(topic, "e", payload)) == [None, None, topic, "e", payload]
    assert json.loads(protocol.push(join_ref, topic, "e", payload)) == [join_ref, None, topic, "e", payload]
    assert json.loads(protocol.close(join_ref, topic)) == [join_ref, join_ref, topic, "phx_close", {}]


def test_a_response_that_is_encoded_already_is_put_in_as_it_is() -> None:
    answer = protocol.reply("1", "2", "t", "ok", msgspec.Raw(b'{"activities":[1]}'))
    assert json.loads(answer)[4]["response"] == {"activities": [1]}


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 200_000])
def test_frames_have_the_header_of_the_standard(size: int) -> None:
    frame = protocol.text_frame(b"x" * size)
    assert frame[0] == 0x81
    short = frame[1]
    skip = 2 if short < 126 else 4 if short == 126 else 10
    length = short if skip == 2 else int.from_bytes(frame[2:skip])
    assert length == size == len(frame) - skip


@pytest.mark.parametrize(
    ("vsn", "spoken"),
    [("2.0.0", True), ("2.1.0", True), ("2", True), ("1.0.0", False), ("", False), ("20.0.0", False), ("2.x", False)],
)
def test_only_the_second_version_is_spoken(vsn: str, spoken: bool) -> None:
    assert protocol.speaks_v2(vsn) is spoken
