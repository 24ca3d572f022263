"""Made-up facts of every type in the catalogue, read off the types themselves: a new event needs no line here."""

from __future__ import annotations

import dataclasses
import random
import re
from typing import Any
from uuid import UUID

import msgspec.inspect as inspect

from core.events.catalog import Event, from_properties

WORDS = ("algebra", "speed-run", "7_days", "first", "b")
TEXTS = ("Steady hand", "Été & Co. <b>", "“quoted”", "日本", "x", "a'b\\c")


def properties_of(cls: type[Any], chance: random.Random) -> dict[str, Any]:
    """Valid properties in JSON's own values; optional ones come and go."""
    fields = inspect.type_info(cls).fields  # type: ignore[attr-defined]
    values: dict[str, Any] = {}
    for field in fields:
        value = _value(field.type, chance)
        if field.required or (chance.random() < 0.6 and value is not None):
            values[field.name] = value
    return values


def event_of(cls: type[Event], chance: random.Random) -> Event:
    return from_properties(cls.type, cls.version, properties_of(cls, chance), None)


def _value(kind: inspect.Type, chance: random.Random) -> Any:
    match kind:
        case inspect.NoneType():
            return None
        case inspect.BoolType():
            return chance.random() < 0.5
        case inspect.IntType():
            least = kind.ge if kind.ge is not None else (kind.gt or 0) + 1
            return chance.randint(least, min(kind.le or least + 50, least + 200))
        case inspect.FloatType():
            lowest = kind.ge if kind.ge is not None else (kind.gt or 0.0) + 0.25
            return round(chance.uniform(lowest, kind.le or lowest + 50), 3)
        case inspect.UUIDType():
            return str(UUID(int=chance.getrandbits(128), version=4))
        case inspect.StrType():
            fitting = [text for text in (*WORDS, *TEXTS) if _fits(kind, text)]
            return chance.choice(fitting)
        case inspect.LiteralType():
            return chance.choice(list(kind.values))
    return _several(kind, chance)


def _several(kind: inspect.Type, chance: random.Random) -> Any:
    match kind:
        case inspect.ListType():
            return [_value(kind.item_type, chance) for _ in range(chance.randint(0, 3))]
        case inspect.DataclassType():
            return properties_of(kind.cls, chance)
        case inspect.DateTimeType():
            return f"2026-03-{chance.randint(1, 28):02}T{chance.randint(0, 23):02}:00:00Z"
        case inspect.DateType():
            return f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        case inspect.UnionType():
            return _value(chance.choice(kind.types), chance)
        case inspect.DictType():
            return {_value(kind.key_type, chance): _value(kind.value_type, chance) for _ in range(chance.randint(0, 3))}
        case inspect.ListType() | inspect.VarTupleType():
            return [_value(kind.item_type, chance) for _ in range(chance.randint(0, 3))]
        case inspect.DataclassType():
            return properties_of(kind.cls, chance)
        case inspect.TupleType():
            return [_value(item, chance) for item in kind.item_types]
    raise AssertionError(f"{kind!r} is new among the events: teach this function to make one up")


def _fits(kind: inspect.StrType, text: str) -> bool:
    return (kind.min_length or 0) <= len(text) <= (kind.max_length or 1000) and (
        kind.pattern is None or re.search(kind.pattern, text) is not None
    )


def optional_fields(cls: type[Event]) -> set[str]:
    return {f.name for f in dataclasses.fields(cls) if f.default is not dataclasses.MISSING}


def personal_fields(cls: type[Event]) -> set[str]:
    return {f.name for f in dataclasses.fields(cls) if f.metadata.get("personal")}
