"""The one place where text becomes markup.

Everything people wrote (names, notes, chat, titles) is escaped: by the templates' own environment, or by `text` where
Python hands words to a Panel pane. Panes that would run markup are made here and nowhere else.
"""

from __future__ import annotations

from typing import Any, Final

import panel as pn
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from dashboards import icons

TEMPLATES: Final = Environment(
    loader=FileSystemLoader(__file__.removesuffix("escape.py") + "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""The templates' environment: whatever is put in is text unless a template of ours says otherwise."""

TEMPLATES.globals["icon"] = icons.svg
TEMPLATES.globals["mark"] = icons.mark
TEMPLATES.globals["face"] = icons.face


def text(value: object) -> str:
    """A value as it may stand in markup: what looks like a tag is seen as a tag's letters."""
    return str(escape("" if value is None else value))


def words(value: object, **params: Any) -> pn.pane.HTML:
    """A pane that shows a value as plain text."""
    return pn.pane.HTML(text(value), sanitize_html=True, **params)


def render(name: str, /, **values: Any) -> str:
    """A finished page or part from `dashboards/templates`."""
    return TEMPLATES.get_template(name).render(**values)


def part(name: str, /, **values: Any) -> Markup:
    """A part of a page from `dashboards/templates`, as the markup that it is: what was put in has been escaped."""
    return Markup(render(name, **values))  # noqa: S704
