"""Reads docs/requirements.yaml: what Tandem promises, in sections of one-line promises with ids.

Promised to readers: every id stands once, in the section it is named after, and nothing in the file is silently
ignored.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Literal

import msgspec
import yaml

PROMISES = Path("docs/requirements.yaml")

Kind = Literal["requirement", "table", "correction"]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Promises that belong together, all of one kind."""

    section: str
    title: str
    kind: Kind
    lines: dict[str, str]


class PromisesError(Exception):
    """The file of promises is not what it should be."""


class _NoRepeats(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error, not a line that vanishes."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        keys = Counter(str(key.value) for key, _ in node.value)
        repeated = [key for key, count in keys.items() if count > 1]
        if repeated:
            raise PromisesError(f"{PROMISES}:{node.start_mark.line + 1}: more than once: {', '.join(repeated)}")
        return dict(super().construct_mapping(node, deep))


def read_promises(root: Path) -> list[Section]:
    """All sections in the order of the file."""
    text = (root / PROMISES).read_text(encoding="utf-8")
    try:
        sections = msgspec.convert(yaml.load(text, _NoRepeats), list[Section])  # noqa: S506 - it is a SafeLoader
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise PromisesError(f"{PROMISES}: {error}") from error
    names = Counter(section.section for section in sections)
    wrong = [name for name, count in names.items() if count > 1]
    for section in sections:
        wrong += [id for id in section.lines if not re.fullmatch(rf"{section.section}-[1-9]\d*", id)]
    if wrong:
        raise PromisesError(f"{PROMISES}: each section once, with its own ids inside; look at {', '.join(wrong)}")
    return sections
