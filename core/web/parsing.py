"""From bytes to values, and from what is wrong with them to a sentence per field.

Malformed input is 400, a type of content that is not JSON 415, well-formed input that does not fit 422 with
`details.fields`. Types are strict: no number is read from a text in a body. A NUL character is refused everywhere,
because no database text can hold it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from core.errors import BadRequest, Invalid, UnsupportedMedia

AT = re.compile(r" - at `(?:key in )?\$\.?(?P<path>[^`]*)`$")
MOST_PROBLEMS = 20
DEEPEST = 16
"""So many objects and lists may lie in each other; nothing that is kept needs more."""
UNSTORABLE = "holds a character that cannot be stored"


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a route that takes none: empty, or an empty object."""


def check_content(content_type: str, encoding: str) -> None:
    """Only plain JSON in UTF-8 is read."""
    kind, _, parameters = content_type.partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != "application/json" or charset not in ("", "utf-8"):
        raise UnsupportedMedia
    if encoding.strip().lower() not in ("", "identity"):
        raise UnsupportedMedia("Send the body uncompressed.")


def parse_body(body: bytes, type: Any, *, check_texts: bool = True) -> Any:
    """The body as the type wants it."""
    try:
        value = msgspec.json.decode(body, type=type)
    except msgspec.ValidationError as error:
        raise _invalid(error, body, type) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("The body is not well-formed JSON in UTF-8.") from None
    if check_texts and (b"\\u0000" in body or body.count(b"[") + body.count(b"{") > DEEPEST):
        _check_kept(value)
    return value


def _check_kept(value: Any) -> None:
    try:
        flaw = find_flaw(msgspec.to_builtins(value))
    except RecursionError:
        flaw = {"field": "", "message": "is nested too deeply"}
    if flaw is not None:
        raise Invalid(fields=[flaw])


def parse_query(given: Mapping[str, list[bytes]], type: Any) -> Any:
    """Query parameters, each at most once, numbers and truth values read from their texts."""
    values: dict[str, str] = {}
    for name, found in given.items():
        if len(found) > 1:
            raise Invalid(fields=[{"field": name[:64], "message": "may be given once"}])
        try:
            values[name] = found[0].decode()
        except UnicodeDecodeError:
            raise BadRequest("The query is not in UTF-8.") from None
        if "\0" in values[name]:
            raise Invalid(fields=[{"field": name[:64], "message": UNSTORABLE}])
    try:
        return msgspec.convert(values, type, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(fields=_problems(error, values, type, strict=False)) from None


def _invalid(error: msgspec.ValidationError, body: bytes, type: Any) -> Exception:
    try:
        plain = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # What is wrong further on is worse than what was found first.
        return BadRequest("The body is not well-formed JSON in UTF-8.")
    return Invalid(fields=_problems(error, plain, type, strict=True))


def _problems(error: msgspec.ValidationError, value: Any, type: Any, *, strict: bool) -> list[dict[str, str]]:
    """Every field that is wrong, not only the first, so that a form can show all at once."""
    if not isinstance(value, dict) or not hasattr(type, "__struct_fields__"):
        return [_problem(error)]
    known = {f.encode_name: f for f in msgspec.structs.fields(type)}
    found = [{"field": str(name)[:64], "message": "is not known here"} for name in value if name not in known]
    for name, f in known.items():
        if name not in value:
            if f.required:
                found.append({"field": name, "message": "is required"})
            continue
        try:
            msgspec.convert(value[name], f.type, strict=strict)
        except msgspec.ValidationError as inner:
            found.append(_problem(inner, name))
    return found[:MOST_PROBLEMS] or [_problem(error)]


def _problem(error: msgspec.ValidationError, name: str = "") -> dict[str, str]:
    text = str(error)
    at = AT.search(text)
    path = at["path"] if at else ""
    between = "." if name and path and not path.startswith("[") else ""
    message = text[: at.start()] if at else text
    return {"field": f"{name}{between}{path}"[:128], "message": message[:1].lower() + message[1:200]}


Place = tuple["Place", str] | None
"""Where something stands, innermost first; a text is made of it only when it is asked for."""


def find_flaw(value: Any) -> dict[str, str] | None:
    """The first place that cannot be kept: nested beyond reason, or a text with a NUL character in it."""
    waiting: list[tuple[Any, Place, int]] = [(value, None, 0)]
    while waiting:
        found, place, depth = waiting.pop()
        if isinstance(found, str):
            if "\0" in found:
                return _flaw(place, UNSTORABLE)
            continue
        if not isinstance(found, dict | list | tuple):
            continue
        if depth > DEEPEST:
            return _flaw(place, "is nested too deeply")
        inside: list[tuple[Any, Place, int]]
        if isinstance(found, dict):
            named = next((name for name in found if "\0" in str(name)), None)
            if named is not None:
                return _flaw(place or (None, str(named).replace("\0", "")), UNSTORABLE)
            inside = [(item, (place, f".{name}"), depth + 1) for name, item in found.items()]
        else:
            inside = [(item, (place, f"[{n}]"), depth + 1) for n, item in enumerate(found)]
        waiting += reversed(inside)
    return None


def _flaw(place: Place, message: str) -> dict[str, str]:
    parts: list[str] = []
    while place is not None:
        place, part = place
        parts.append(part)
    return {"field": "".join(reversed(parts)).removeprefix(".")[:128], "message": message}
