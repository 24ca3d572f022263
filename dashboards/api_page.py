"""The readable page beside `openapi.json`: the same document, operation by operation, in plain words.

Whatever the document leaves out is left out here; nothing is guessed, and all of it is put in as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboards.escape import render

Json = Mapping[str, Any]

METHODS: Final = ("get", "post", "put", "patch", "delete")
DEEPEST: Final = 4


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: str
    text: str
    required: bool


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    text: str
    fields: list[Field]


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    description: list[str]
    access: str
    parameters: list[Field]
    body: list[Field]
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    operations: list[Operation]


def api_page(document: Json, *, source: str = "/api/v1/openapi.json") -> str:
    info = document.get("info", {})
    return render(
        "api.html",
        title="REST",
        name=info.get("title", "API"),
        version=info.get("version", ""),
        about=paragraphs(info.get("description", "")),
        source=source,
        groups=groups_of(document),
    )


def groups_of(document: Json) -> list[Group]:
    """The operations by their first tag, in the order in which the document names them."""
    groups: dict[str, list[Operation]] = {tag["name"]: [] for tag in document.get("tags", [])}
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                given = item[method]
                group = (given.get("tags") or ["Other"])[0]
                groups.setdefault(group, []).append(
                    _operation(document, path, method, given, item.get("parameters", []))
                )
    return [Group(name[:1].upper() + name[1:], operations) for name, operations in groups.items() if operations]


def _operation(document: Json, path: str, method: str, given: Json, shared: list[Json]) -> Operation:
    parameters = [_resolve(document, one) for one in [*shared, *given.get("parameters", [])]]
    body = _resolve(document, given.get("requestBody", {}))
    return Operation(
        id=anchor(method, path),
        method=method,
        path=path,
        summary=given.get("summary", ""),
        description=paragraphs(given.get("description", "")),
        access=_access(document, given),
        parameters=[_parameter(document, one) for one in parameters],
        body=fields_of(document, _schema(body)),
        answers=[_answer(document, status, answer) for status, answer in given.get("responses", {}).items()],
    )


def anchor(method: str, path: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in path).split()
    return "-".join((method, *words))


def paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _access(document: Json, given: Json) -> str:
    """Who may call, from the operation's security: scheme names and their scopes."""
    asked = given.get("security", document.get("security", []))
    names = [f"{name} ({', '.join(scopes)})" if scopes else name for one in asked for name, scopes in one.items()]
    return "Needs " + " or ".join(names) if names else ""


def _parameter(document: Json, one: Json) -> Field:
    text = one.get("description", "") or _resolve(document, one.get("schema", {})).get("description", "")
    where = "" if one.get("in") in ("query", None) else f" in {one['in']}"
    return Field(one.get("name", ""), type_of(document, one.get("schema", {})) + where, text, bool(one.get("required")))


def _answer(document: Json, status: str, given: Json) -> Answer:
    answer = _resolve(document, given)
    return Answer(str(status), answer.get("description", ""), fields_of(document, _schema(answer)))


def _schema(holder: Json) -> Json:
    """The JSON schema of a body or an answer."""
    for kind, media in holder.get("content", {}).items():
        if "json" in kind:
            schema: Json = media.get("schema", {})
            return schema
    return {}


def fields_of(document: Json, schema: Json, prefix: str = "", depth: int = 0) -> list[Field]:
    """An object's fields, those of objects inside it named by their path."""
    found = _resolve(document, schema)
    if found.get("type") == "array":
        # A fixed row of values has no fields of its own: its type says it all.
        items = found.get("items") or {}
        return fields_of(document, items, f"{prefix}[]", depth + 1) if depth < DEEPEST else []
    fields: list[Field] = []
    needed = found.get("required", ())
    for name, inner in found.get("properties", {}).items():
        path = f"{prefix}.{name}" if prefix else name
        resolved = _resolve(document, inner)
        text = inner.get("description") or resolved.get("description", "")
        fields.append(Field(path, type_of(document, inner), " ".join(text.split()), name in needed))
        if depth < DEEPEST:
            fields += fields_of(document, resolved, path, depth + 1)
    return fields


def type_of(document: Json, schema: Json) -> str:
    """A schema's type in a few words."""
    found = _resolve(document, schema)
    if "enum" in found:
        return " | ".join(str(one) for one in found["enum"])
    if "const" in found:
        return str(found["const"])
    for key in ("anyOf", "oneOf"):
        if key in found:
            return _any_of(type_of(document, one) for one in found[key])
    kind = found.get("type", "any")
    if isinstance(kind, list):
        return _any_of(kind)
    if kind == "array" and "prefixItems" in found:
        return f"[{', '.join(type_of(document, one) for one in found['prefixItems'])}]"
    if kind == "array":
        return f"list of {type_of(document, found.get('items', {}))}"
    return f"{kind} ({found['format']})" if "format" in found else str(kind)


def _any_of(kinds: Iterable[str]) -> str:
    names = list(dict.fromkeys(kinds))
    return " or ".join([name for name in names if name != "null"] + (["nothing"] if "null" in names else []))


def _resolve(document: Json, given: Json) -> Json:
    """Follow `#/…` references inside the document."""
    for _ in range(DEEPEST):
        reference = given.get("$ref", "")
        if not reference.startswith("#/"):
            return given
        found: Any = document
        for part in reference[2:].split("/"):
            found = found.get(part, {}) if isinstance(found, Mapping) else {}
        given = found
    return given
