"""Bodies: whatever bytes come, the answer is a value or one of our own refusals that names its fields."""

from __future__ import annotations

import json
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadRequest, Invalid, UnsupportedMedia
from core.web.parsing import DEEPEST, check_content, find_flaw, parse_body, parse_query
from core.web.rest.fields import Input


class Part(Input, frozen=True, kw_only=True):
    """One of several."""

    size: Annotated[int, msgspec.Meta(ge=0, le=9)]


class Whole(Input, frozen=True, kw_only=True):
    """All kinds of fields."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    parts: tuple[Part, ...] = ()
    flag: bool = False
    extra: dict[str, Any] = msgspec.field(default_factory=dict)


texts = st.text(st.characters(codec="utf-8"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(["name", "parts", "flag", "extra", "size", "other"])


def outcome(raw: bytes) -> Whole | BadRequest | Invalid:
    try:
        found = parse_body(raw, Whole)
        assert isinstance(found, Whole)
        return found
    except (BadRequest, Invalid) as error:
        return error


@given(st.binary(max_size=200))
def test_no_bytes_break_it(raw: bytes) -> None:
    outcome(raw)


@given(values | st.dictionaries(names, values, max_size=5))
def test_no_json_breaks_it_and_every_refusal_names_fields(value: Any) -> None:
    result = outcome(json.dumps(value).encode())
    assert not isinstance(result, BadRequest)
    if isinstance(result, Invalid):
        assert result.details["fields"]
        assert all(set(problem) == {"field", "message"} for problem in result.details["fields"])


@given(st.lists(st.integers(-5, 15), max_size=5), st.booleans(), texts)
def test_what_is_valid_is_taken_as_it_is(sizes: list[int], flag: bool, name: str) -> None:
    body = {"name": name, "parts": [{"size": n} for n in sizes], "flag": flag}
    result = outcome(json.dumps(body).encode())
    fine = bool(name) and "\0" not in name and all(0 <= n <= 9 for n in sizes)
    assert isinstance(result, Whole) == fine
    if isinstance(result, Whole):
        assert (result.name, [p.size for p in result.parts], result.flag) == (name, sizes, flag)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["name"]),
        ({"name": ""}, ["name"]),
        ({"name": 1, "flag": "yes", "x": 1}, ["flag", "name", "x"]),
        ({"name": "a", "parts": [{"size": 1}, {"size": 10}]}, ["parts[1].size"]),
        ({"name": "a", "parts": [{}]}, ["parts[0]"]),
        ({"name": "a", "parts": {}}, ["parts"]),
        ({"name": "a", "extra": {"deep": [{"er": "a\0"}]}}, ["extra.deep[0].er"]),
        ({"name": "a", "extra": {"ke\0y": 1}}, ["extra"]),
        ([], [""]),
    ],
)
def test_which_field_is_wrong(body: Any, fields: list[str]) -> None:
    with pytest.raises(Invalid) as caught:
        parse_body(json.dumps(body).encode(), Whole)
    assert sorted(problem["field"] for problem in caught.value.details["fields"]) == fields


def test_a_thousand_wrong_fields_make_a_short_answer() -> None:
    with pytest.raises(Invalid) as caught:
        parse_body(json.dumps({f"x{n}" * 50: n for n in range(1000)}).encode(), Whole)
    assert len(caught.value.details["fields"]) == 20
    assert all(len(problem["field"]) <= 128 for problem in caught.value.details["fields"])


@given(values)
def test_a_nul_is_found_wherever_it_is(value: Any) -> None:
    assert (find_flaw(value) is not None) == ("\\u0000" in json.dumps(value).replace("\\\\", ""))


def nested(depth: int) -> Any:
    value: Any = "x"
    for n in range(depth):
        value = [value] if n % 2 else {"a": value}
    return value


@pytest.mark.req("SEC-3")
def test_what_is_nested_beyond_reason_is_refused_and_breaks_nothing() -> None:
    assert find_flaw(nested(DEEPEST + 1)) is None
    for depth in (DEEPEST + 2, 480, 5_000, 100_000):
        flaw = find_flaw(nested(depth))
        assert flaw is not None
        assert flaw["message"] == "is nested too deeply"
        assert len(flaw["field"]) <= 128
    for depth in range(100, 3_000, 50):
        deep = b'{"a":' * depth + b"1" + b"}" * depth
        with pytest.raises((Invalid, BadRequest)):
            parse_body(b'{"name": "a", "extra": ' + deep + b"}", Whole)


def test_queries_are_read_from_texts() -> None:
    class Query(Input, frozen=True, kw_only=True):
        """A query."""

        limit: int = 5
        all: bool = False

    assert parse_query({"limit": [b"7"], "all": [b"true"]}, Query) == Query(limit=7, all=True)
    with pytest.raises(BadRequest):
        parse_query({"limit": [b"\xff"]}, Query)


@pytest.mark.parametrize("kind", ["application/json", "APPLICATION/JSON", 'application/json; charset="utf-8"'])
def test_json_is_json(kind: str) -> None:
    check_content(kind, "")
    check_content(kind, "identity")
    with pytest.raises(UnsupportedMedia):
        check_content(kind, "br")


@pytest.mark.parametrize(
    "kind", ["", "text/json", "application/jsonp", "application/json;charset=utf-16", "x,application/json"]
)
def test_anything_else_is_not(kind: str) -> None:
    with pytest.raises(UnsupportedMedia):
        check_content(kind, "")
