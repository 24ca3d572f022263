"""The shell: a Panel template of our own, with cards that hold elements, Panel regions or parts of templates.

    page(title="Home", who=principal, current="home", cards=[Card("feed", "What is happening", Element("tandem-feed"))])

The shell's markup, its cards and their headings come with the page's first bytes; Panel's scripts load after them, so
that the page is readable and its live elements work before any Panel region. A page without one loads no Panel script
and opens no line of its own: its elements share the one socket.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bokeh.document import Document
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from panel.template.base import BaseTemplate
from panel.viewable import Viewable

from core.principal import Principal
from dashboards.escape import TEMPLATES
from dashboards.nav import NavItem, nav_for, role_name

Place = Literal["wide", "main", "side"]
BOTTOM_BAR = 5


@dataclass(frozen=True, slots=True)
class Element:
    """One of our custom elements with its attributes; values that are not text go in as JSON."""

    tag: str
    attributes: Mapping[str, object] = field(default_factory=dict)

    def open_tag(self) -> Markup:
        return Markup("<{}{}>").format(self.tag, attributes_of(self.attributes))

    def close_tag(self) -> Markup:
        return Markup("</{}>").format(self.tag)


@dataclass(frozen=True, slots=True)
class Card:
    """One region with its heading. `place` says where it stands when there is room for two columns."""

    key: str
    title: str
    body: Element | Viewable | Markup
    place: Place = "main"
    note: str = ""
    count: bool = False
    """The heading keeps room for a number that the element fills in."""
    heading: Literal["shown", "hidden", "own"] = "shown"
    """Shown above the body, for readers of screens only, or by the element itself beside its controls."""
    framed: bool = True


class Shell(BaseTemplate):
    """A page's document. Panel's own design, notifications and layouts stay out of it."""

    def __init__(self, regions: Mapping[str, Viewable], variables: Mapping[str, Any]) -> None:
        super().__init__(template=TEMPLATES.get_template("shell.html"))
        for name, region in regions.items():
            self._render_items[name] = (region, [])
        self._render_variables.update(variables)

    def document(self) -> str:
        """The whole page, for one that holds no region of Panel's."""
        return TEMPLATES.get_template("shell.html").render(self._render_variables)

    def _build_layout(self) -> Any:
        return None  # only notebooks would show it

    def _init_doc(self, doc: Document | None = None, *args: Any, **kwargs: Any) -> Document:
        document = super()._init_doc(doc, *args, **kwargs)
        document.title = self._render_variables["document_title"]
        return document


def page(
    *,
    title: str,
    who: Principal,
    current: str,
    cards: Sequence[Card],
    heading: str = "",
    lead: str = "",
    nav: Sequence[NavItem] | None = None,
    faces: Sequence[str] = (),
    names: Mapping[str, str] | None = None,
    simulated: bool = False,
    staff: bool = False,
    show_heading: bool = True,
    scripts: Sequence[str] = (),
    main_first: bool = False,
) -> Shell:
    """A finished page.

    `faces` are the presence topics of the bar's stack of faces; `names` what subjects, skills and badges are called;
    `simulated` labels the community; `staff` asks for the closer spacing of staff pages. Without `show_heading`
    the heading is there for readers of screens; the bar shows the title anyway. `scripts` are modules under our own
    assets that only this page needs; `main_first` puts the main column above the other where there is room for one.
    """
    items = nav_for(who) if nav is None else tuple(nav)
    columns = {place: [card for card in cards if card.place == place] for place in ("wide", "main", "side")}
    variables: dict[str, Any] = {
        "document_title": f"{title} · Tandem",
        "page_title": title,
        "heading": heading or title,
        "lead": lead,
        "who": who,
        "role": role_name(who),
        "nav": items,
        "bottom": BOTTOM_BAR,
        "current": current,
        "columns": columns,
        "faces": " ".join(faces),
        "names": htmlsafe_json_dumps(dict(names or {})),
        "simulated": simulated,
        "staff": staff,
        "show_heading": show_heading,
        "main_first": main_first,
        "scripts": tuple(scripts),
        "page_line": any(isinstance(card.body, Viewable) for card in cards),
    }
    return Shell({card.key: card.body for card in cards if isinstance(card.body, Viewable)}, variables)


def attributes_of(values: Mapping[str, object]) -> Markup:
    """Attributes of an element, each value escaped. True is the bare name; None and False leave it out."""
    parts = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        text = "" if value is True else value if isinstance(value, str) else json.dumps(value)
        parts.append(Markup(' {}="{}"').format(name, text) if text else Markup(" {}").format(name))
    return Markup().join(parts)


TEMPLATES.tests["element"] = lambda value: isinstance(value, Element)
TEMPLATES.tests["markup"] = lambda value: isinstance(value, Markup)
