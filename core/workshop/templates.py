"""Reading templates: the files that ship in `data/content/workshops`, and anybody's text for a preview.

A mistake is never a stack trace: `TemplateError` holds every problem with its file, its place, what is wrong and what
would be right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from core.content import FOLDER
from core.errors import NotFound
from core.workshop.template import Template, problems

WORKSHOPS = FOLDER / "workshops"
LONGEST = 200_000
"""Characters of a template at most."""


@dataclass(frozen=True, slots=True)
class Problem:
    file: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}, {self.place}: {self.text}"


class TemplateError(ValueError):
    def __init__(self, found: tuple[Problem, ...]) -> None:
        self.problems = found
        super().__init__("\n".join(map(str, found)))


def parse_template(source: str, file: str = "template") -> Template:
    """The template in a YAML text; TemplateError with all that is wrong with it."""
    data = _read(source, file)
    try:
        template = msgspec.convert(data, Template, strict=True)
    except msgspec.ValidationError as error:
        raise TemplateError((_problem_of(error, file),)) from None
    found = tuple(Problem(file, place, text) for place, text in problems(template))
    if found:
        raise TemplateError(found)
    return template


def _read(source: str, file: str) -> dict[str, Any]:
    if len(source) > LONGEST:
        raise TemplateError((Problem(file, "the whole", f"at most {LONGEST} characters, not {len(source)}"),))
    try:
        data = yaml.safe_load(source)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the whole"
        said = getattr(error, "problem", None) or "cannot be read as YAML"
        raise TemplateError((Problem(file, place, f"{said}; check colons, quotes and indents there"),)) from None
    if not isinstance(data, Mapping):
        raise TemplateError((Problem(file, "the whole", "must be a mapping that begins with slug, version and name"),))
    return dict(data)


def _problem_of(error: msgspec.ValidationError, file: str) -> Problem:
    """`Expected int, got str - at $.questions[3].scale_min` in the words of people who write templates."""
    said, _, where = str(error).partition(" - at ")
    place = where.strip("`").removeprefix("$").removeprefix(".") or "the whole"
    said = re.sub(r"^Object (missing required|contains unknown) field `(.+)`$", _field, said)
    return Problem(file, place, said.replace("`", ""))


def _field(found: re.Match[str]) -> str:
    name = found.group(2)
    return f"{name} is missing" if found.group(1).startswith("missing") else f"{name!r} is not known here"


def read_template(path: Path) -> Template:
    template = parse_template(path.read_text(encoding="utf-8"), path.name)
    if template.slug != path.stem:
        raise TemplateError((Problem(path.name, "slug", f"must be {path.stem!r}, like the file's name"),))
    return template


@cache
def shipped() -> dict[str, Template]:
    """The templates that ship, by slug: the Six Criteria first."""
    found = [read_template(path) for path in sorted(WORKSHOPS.glob("*.yaml"))]
    return {template.slug: template for template in found}


def list_templates() -> list[Template]:
    """What a new workshop may be made from."""
    return [template for template in shipped().values() if template.active]


def get_template(slug: str) -> Template:
    found = shipped().get(slug)
    if found is None or not found.active:
        raise NotFound("There is no such workshop template.", reason="not_found")
    return found


def document(template: Template) -> dict[str, Any]:
    """A template as JSON-ready values; `from_document` is the way back."""
    values: dict[str, Any] = msgspec.to_builtins(template, str_keys=True)
    return values


def from_document(values: Mapping[str, Any]) -> Template:
    # Keys of `steps` are numbers, which JSON only knows as texts.
    return msgspec.convert(dict(values), Template, strict=False, str_keys=True)


def schema() -> dict[str, Any]:
    """The JSON schema of a template, for editors that check while one writes."""
    return msgspec.json.schema(Template)
