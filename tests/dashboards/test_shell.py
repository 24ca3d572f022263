"""The shell: what a page's first bytes hold, for whom, and that whatever people wrote stays text."""

from __future__ import annotations

import re
from datetime import datetime
from html.parser import HTMLParser
from uuid import UUID

import pytest
from msgspec.structs import replace

from core.accounts.access import ROLES, scopes_of
from core.principal import Principal
from dashboards.escape import TEMPLATES, text, words
from dashboards.icons import drawings, face, ground, svg
from dashboards.nav import ITEMS, NavItem, nav_for
from dashboards.pages.health import HealthModel, health
from dashboards.pages.home import HomeModel, home
from dashboards.static_pages import PROBLEMS, Persona, Way, enter_page, error_page, login_page, logout_page
from dashboards.template import Card, Element, Shell, page

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</script><script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "javascript:alert(1)",
    "</h2></section><b>",
)
MAYA = Principal(
    kind="person",
    id=UUID(int=1),
    name="Maya",
    avatar="fox-1",
    role="student",
    scopes=scopes_of("student"),
    cohort_id=UUID(int=7),
)
ADMIN = Principal(
    kind="person", id=UUID(int=2), name="Tomas", avatar="initial", role="admin", scopes=scopes_of("admin")
)


class Tags(HTMLParser):
    """What a browser would make elements of, and the text it would show."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shown = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.shown += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def source_of(shell: Shell) -> str:
    """The page as Panel would write it, without its scripts."""
    parts = {"roots": [], "bokeh_css": "", "bokeh_js": "", "plot_script": ""}
    return str(shell.template.render({**shell._render_variables, **parts}))


def home_of(who: Principal = MAYA, cohort: str = "blue") -> str:
    model = HomeModel(
        who=who, now=datetime(2025, 11, 21, 15, 4), cohort_name=cohort, names={"math": HOSTILE[4]}, simulated=True
    )
    return source_of(home(model))


def inert(source: str, harmless: str) -> None:
    """The hostile text changed nothing but text: the same elements with the same attributes as with a harmless one."""
    tags, wanted = Tags(source), Tags(harmless)
    assert [(tag, sorted(attributes)) for tag, attributes in tags.tags] == [(tag, sorted(a)) for tag, a in wanted.tags]
    addresses = [attributes.get(key) or "" for _, attributes in tags.tags for key in ("href", "src", "action")]
    assert not [address for address in addresses if address.startswith("javascript:") or "alert" in address]


def pages_with(words: str) -> list[str]:
    """Pages behind a sign-in with these words wherever people's own could stand."""
    who = replace(MAYA, name=words, avatar=words)
    card = Card("x", words, Element("tandem-people", {"me": words, "views": [words]}), note=words)
    return [
        home_of(who, cohort=words),
        source_of(health(HealthModel(), replace(ADMIN, name=words), on_simulator=lambda _: None)),
        source_of(page(title=words, heading=words, lead=words, who=who, current="home", cards=[card])),
    ]


def plain_pages_with(words: str) -> list[str]:
    persona = Persona("mia", words, "student", words, words)
    return [
        enter_page([persona], xsrf=words, next=words),
        login_page(xsrf=words, error=words, username=words, next=words, oidc_url="/login/oidc", oidc_name=words),
        error_page(404, ways=(Way("/", words),), code=words),
        logout_page(Way("/enter", words)),
    ]


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize("hostile", HOSTILE)
def test_names_and_cohorts_are_text_in_every_page(hostile: str) -> None:
    for source, harmless in zip(pages_with(hostile), pages_with("zz"), strict=True):
        inert(source, harmless)
        assert hostile in Tags(source).shown
    assert Tags(pages_with(hostile)[2]).named("tandem-people")[0]["me"] == hostile


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize("hostile", HOSTILE)
def test_pages_without_a_sign_in_show_text_as_text_and_run_nothing_inline(hostile: str) -> None:
    for source, harmless in zip(plain_pages_with(hostile), plain_pages_with("zz"), strict=True):
        inert(source, harmless)
        assert hostile in Tags(source).shown
        assert not re.search(r"<script(?![^>]* src=)", source)
        assert "style=" not in source
        assert "<style" not in source


@pytest.mark.req("SEC-3")
def test_text_that_python_hands_on_is_escaped() -> None:
    assert text("<b>&") == "&lt;b&gt;&amp;"
    assert text(None) == ""
    assert words("<img src=x onerror=alert(1)>").object == "&lt;img src=x onerror=alert(1)&gt;"
    assert TEMPLATES.from_string("{{ name }}").render(name="<b>") == "&lt;b&gt;"


def test_a_page_has_its_landmarks_one_heading_and_a_way_past_the_navigation() -> None:
    tags = Tags(home_of())
    assert [len(tags.named(tag)) for tag in ("h1", "main", "nav", "header")] == [1, 1, 1, 1]
    assert tags.named("a")[0]["href"] == "#main"
    assert tags.named("html")[0]["lang"] == "en-GB"
    headings = {attributes.get("id") for attributes in tags.named("h2")}
    assert {attributes["aria-labelledby"] for attributes in tags.named("section")} <= headings
    assert "Good afternoon, Maya" in tags.shown
    assert "Blue cohort" in tags.shown
    assert "Simulated community" in tags.shown


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [(5, "Good morning"), (11, "Good morning"), (12, "Good afternoon"), (18, "Good evening"), (2, "Hello")],
)
def test_the_greeting_knows_the_persons_own_hour(hour: int, greeting: str) -> None:
    assert HomeModel(who=MAYA, now=datetime(2025, 11, 21, hour)).greeting == f"{greeting}, Maya"


def test_home_watches_the_own_cohort_and_shows_no_panel_to_somebody_without_one() -> None:
    feed = Tags(home_of()).named("tandem-feed")[0]
    assert f"cohort:{MAYA.cohort_id}" in (feed["views"] or "")
    alone = Tags(home_of(replace(MAYA, cohort_id=None), cohort=""))
    assert "cohort:" not in (alone.named("tandem-feed")[0]["views"] or "")
    assert [friends["topics"] for friends in alone.named("tandem-friends")] == ["presence:lobby"]


def test_a_page_without_panel_regions_loads_no_panel_script_and_keeps_no_line() -> None:
    assert "data-page-line" not in home_of()
    shell = health(HealthModel(), ADMIN, on_simulator=lambda _: None)
    assert "data-page-line" in source_of(shell)
    assert set(shell._render_items) == {"verdict", "figures", "hours", "jobs", "parts", "latest", "simulator"}


def test_staff_without_a_place_in_the_community_are_asked_for_no_socket() -> None:
    staff = replace(ADMIN, id=None, kind="staff")
    source = source_of(health(HealthModel(), staff))
    assert "data-no-socket" in source
    assert Tags(source).named("tandem-connection") == [{"only-page": None}]
    assert "data-no-socket" not in home_of()


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_navigation_lists_what_a_role_may_open_and_nothing_else(role: str) -> None:
    who = Principal(kind="person", role=role, scopes=scopes_of(role))
    shown = nav_for(who)
    assert [item for item in ITEMS if who.may(item.scope)] == list(shown)
    assert ("health" in {item.key for item in shown}) == (role == "admin")
    assert nav_for(Principal(kind="nobody")) == ()


def test_on_phones_five_items_stand_in_the_bar_and_the_rest_in_the_menu() -> None:
    items = [NavItem(f"k{n}", f"Item {n}", "home", f"/{n}", "home:read") for n in range(7)]
    tags = Tags(source_of(page(title="Home", who=MAYA, current="k3", cards=[], nav=items)))
    assert [li.get("class") for li in tags.named("li")] == [None] * 5 + ["rest"] * 2
    assert [a["href"] for a in tags.named("a") if "menu-item" in (a.get("class") or "")] == ["/5", "/6"]
    assert [a["href"] for a in tags.named("a") if a.get("aria-current") == "page"] == ["/3"]


@pytest.mark.parametrize("status", [*PROBLEMS, 418, 502])
def test_every_error_page_has_a_way_on(status: int) -> None:
    tags = Tags(error_page(status))
    assert str(status) in tags.shown
    assert "/" in [a["href"] for a in tags.named("a") if "btn" in (a.get("class") or "")]


@pytest.mark.req("SEC-6")
def test_faces_come_from_our_own_set_only() -> None:
    outside = replace(MAYA, avatar="http://elsewhere.test/me.png")
    assert 'src="/assets/avatars/neutral.svg"' in face(outside)
    assert 'src="/assets/avatars/fox-1.svg"' in face(MAYA)
    assert 'src="/assets/avatars/owl-8.svg"' in face(replace(MAYA, avatar="/assets/avatars/owl-8.svg"))
    assert "<img" not in face(ADMIN)
    assert ">&lt;<" in face(replace(ADMIN, name="<b>"))
    assert {ground(str(n)) for n in range(200)} == set(range(1, 9))


def test_every_icon_that_is_named_is_drawn() -> None:
    for meaning in [item.icon for item in ITEMS] + [problem.symbol for problem in PROBLEMS.values()]:
        assert meaning in drawings()
    for role in ROLES:
        assert Persona("x", "X", role, "", "").icon in drawings()
    assert 'data-when="&lt;"' in svg("home", data_when="<")
