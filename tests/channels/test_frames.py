"""The websocket's frames as the standard has them, in any pieces, and every breach with its own code."""

from __future__ import annotations

import struct
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.web.channels.protocol import MAX_FRAME
from core.web.channels.wire import asking, frames
from core.web.channels.wire.frames import Violation, frame_at
from tests.wire_kit import masked


@given(st.sampled_from(sorted(frames.KNOWN)), st.binary(max_size=70_000), st.binary(min_size=4, max_size=4))
def test_what_a_client_masks_is_read_as_it_was(opcode: int, payload: bytes, mask: bytes) -> None:
    if opcode >= frames.CLOSE:
        payload = payload[:125]
    data = b"junk" + masked(opcode, payload, mask=mask) + b"more"
    if len(payload) > MAX_FRAME:
        with pytest.raises(Violation):
            frame_at(data, 4, MAX_FRAME)
        return
    assert frame_at(data, 4, MAX_FRAME) == (opcode, True, payload, len(data) - 4)


@given(st.binary(max_size=300), st.data())
def test_a_part_of_a_frame_is_no_frame_yet(payload: bytes, data: st.DataObject) -> None:
    whole = masked(frames.TEXT, payload)
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert frame_at(whole[:cut], 0, MAX_FRAME) is None


@given(st.binary(max_size=400))
def test_any_bytes_are_a_frame_or_a_part_or_a_breach(data: bytes) -> None:
    try:
        found = frame_at(data, 0, MAX_FRAME)
    except Violation:
        return
    assert found is None or 6 <= found[3] <= len(data)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (b"\x81\x05", 1002),  # not masked
        (b"\xc1\x85", 1002),  # a bit of an extension that nobody agreed to
        (b"\x83\x85", 1002),  # a kind of data that is reserved
        (b"\x8b\x80", 1002),  # a kind of control that is reserved
        (b"\x09\x80", 1002),  # a ping in parts
        (b"\x89\xfe\x00\x80", 1002),  # a ping that is long
        (b"\x81\xfe\x00\x7d", 1002),  # a length that would fit into less
        (b"\x81\xff" + struct.pack("!Q", 1 << 63), 1002),  # a length below nothing
        (b"\x81\xff" + struct.pack("!Q", MAX_FRAME + 1), 1009),
        (b"\x81\xff" + struct.pack("!Q", (1 << 63) - 1), 1009),
    ],
)
def test_a_breach_is_named_as_soon_as_its_header_is_there(header: bytes, code: int) -> None:
    with pytest.raises(Violation) as wrong:
        frame_at(header, 0, MAX_FRAME)
    assert wrong.value.code == code


@pytest.mark.parametrize("code", [1000, 1001, 1011, 3000, 4999])
def test_a_goodbye_names_a_code(code: int) -> None:
    assert frames.read_close(struct.pack("!H", code) + "adé".encode()) == code
    assert frames.read_close(b"") == frames.NO_CODE


@pytest.mark.parametrize(
    ("payload", "code"), [(b"\x03", 1002), (b"\x03\xed", 1002), (b"\x13\x88", 1002), (b"\x03\xe8\xff", 1007)]
)
def test_a_goodbye_that_breaks_the_rules_is_a_breach(payload: bytes, code: int) -> None:
    with pytest.raises(Violation) as wrong:
        frames.read_close(payload)
    assert wrong.value.code == code


@given(st.text("&=%+2a;\x00é", max_size=60) | st.integers(17, 23).map(lambda n: "&".join("ab" * n)))
def test_a_plain_query_is_read_as_any_other_is(query: str) -> None:
    """Where nothing is encoded nothing is decoded; what comes out is the same."""
    try:
        fields = parse_qsl(query, keep_blank_values=True, encoding="ascii", errors="replace", max_num_fields=20)
    except ValueError:
        fields = []
    assert asking._parameters(query) == dict(fields)
