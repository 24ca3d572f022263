"""Every wall and every lint of our own catches a planted breach, and leaves alone what is allowed.

The walls run with the project's real contracts on a tiny house of the same shape; the lints run on small trees.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import lint_habits, lint_panes
from tools.programs import ROOT

HOUSE = {
    "core/app.py": "import core.web.rest.people\nimport core.growth.commands\n",
    "core/web/rest/people.py": "import tornado.web\nimport core.accounts.commands\n",
    "core/web/channels/protocol.py": "import json\n",
    "core/growth/commands.py": "import core.presence.tracker\nimport core.safety.gate\n",
    "core/nudges/commands.py": "import core.events.catalog\n",
    "core/presence/tracker.py": "import dataclasses\n",
    "core/activity/commands.py": "import core.events.catalog\n",
    "core/experiments/statistics.py": "import numpy\n",
    "core/safety/gate.py": "import core.accounts.rules\n",
    "core/accounts/rules.py": "import datetime\nimport core.errors\n",
    "core/accounts/commands.py": "import sqlalchemy\nimport core.accounts.rules\nimport data.tables.people\n",
    "core/accounts/helper.py": "import core.accounts.commands\n",
    "core/live/hub.py": "import core.events.catalog\n",
    "core/transaction.py": "import core.events.catalog\nimport core.clock\n",
    "core/events/catalog.py": "import core.ids\n",
    "core/clock.py": "import time\n",
    "core/errors.py": "",
    "core/ids.py": "",
    "data/tables/people.py": "import sqlalchemy\n",
    "data/database.py": "import sqlalchemy\n",
    "jobs/scheduler.py": "import apscheduler\nimport core.app\n",
    "dashboards/home.py": "import panel\nimport core.app\n",
    "dashboards/auth.py": "import tornado.web\n",
    "dashboards/serve/pages.py": "import tornado.web\nimport panel\n",
}
FLOORS = "dashboards and jobs stand on core"
ROOMS = "the rooms of core keep their order"
PURE = "the codec and the tracker are pure"
REACH = "what is pure reaches no command"
ENTRY = "nobody imports the entry"
TORNADO = "Tornado only in"
PANEL = "Panel and Bokeh only in"
TABLES = "tables are touched by"
BREACHES = [
    ("data/database.py", "core.errors", FLOORS),
    ("data/tables/people.py", "core.ids", FLOORS),
    ("core/app.py", "dashboards.home", FLOORS),
    ("core/accounts/commands.py", "jobs.scheduler", FLOORS),
    ("jobs/scheduler.py", "dashboards.home", FLOORS),
    ("core/accounts/commands.py", "core.safety.gate", ROOMS),
    ("core/events/catalog.py", "core.live.hub", ROOMS),
    ("core/nudges/commands.py", "core.growth.commands", ROOMS),
    ("core/activity/commands.py", "core.presence.tracker", ROOMS),
    ("core/growth/commands.py", "core.web.rest.people", ROOMS),
    ("core/transaction.py", "core.accounts.rules", ROOMS),
    ("core/attic/commands.py", "core.ids", ROOMS),
    ("core/accounts/rules.py", "sqlalchemy", PURE),
    ("core/accounts/rules.py", "core.clock", PURE),
    ("core/accounts/rules.py", "core.accounts.commands", REACH),
    ("core/accounts/rules.py", "core.accounts.helper", REACH),
    ("core/accounts/rules.py", "data.database", REACH),
    ("core/presence/tracker.py", "core.transaction", REACH),
    ("core/accounts/rules.py", "time", PURE),
    ("core/workshop/deep/scoring.py", "redis", PURE),
    ("core/experiments/statistics.py", "duckdb", PURE),
    ("core/web/channels/protocol.py", "tornado.websocket", PURE),
    ("core/presence/tracker.py", "asyncio", PURE),
    ("core/app.py", "panel_app", ENTRY),
    ("dashboards/home.py", "panel_app", ENTRY),
    ("core/ids.py", "tests.factories", ENTRY),
    ("core/accounts/commands.py", "tornado.web", TORNADO),
    ("data/database.py", "tornado.ioloop", TORNADO),
    ("jobs/scheduler.py", "tornado.ioloop", TORNADO),
    ("dashboards/home.py", "tornado.web", TORNADO),
    ("core/app.py", "panel", PANEL),
    ("core/web/rest/people.py", "bokeh.server", PANEL),
    ("jobs/scheduler.py", "param", PANEL),
    ("dashboards/home.py", "data.tables.people", TABLES),
    ("jobs/scheduler.py", "data.tables.people", TABLES),
]


def build(root: Path, contents: dict[str, str]) -> Path:
    for name, text in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def house(root: Path) -> Path:
    build(root, HOUSE)
    furnish(root)
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def furnish(root: Path) -> None:
    for folder in [path.parent for path in root.rglob("*.py")]:
        while folder != root:
            (folder / "__init__.py").touch()
            folder = folder.parent


def broken_walls(root: Path) -> list[str]:
    command: list[str | Path] = [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    broken = [line for line in done.stdout.splitlines() if " BROKEN" in line]
    assert bool(broken) == bool(done.returncode), done.stdout + done.stderr
    return broken


def test_the_walls_allow_what_the_house_is_built_from(tmp_path: Path) -> None:
    assert broken_walls(house(tmp_path)) == []


@pytest.mark.parametrize(("module", "imported", "wall"), BREACHES, ids=lambda value: str(value)[:40])
def test_a_planted_breach_of_a_wall_is_caught(tmp_path: Path, module: str, imported: str, wall: str) -> None:
    root = house(tmp_path)
    before = (root / module).read_text() if (root / module).exists() else ""
    build(root, {module: f"{before}import {imported}\n"})
    furnish(root)
    assert any(wall in line for line in broken_walls(root))


HEAD = "import panel as pn\nfrom panel.layout import Row\nfrom bokeh import models\n"
RAW = [
    "pn.pane.Markdown(name)",
    "pn.pane.HTML(name, sanitize_html=True)",
    "pn.pane.Alert(name)",
    "pn.pane.Str(name)",
    "pn.widgets.StaticText(value=name)",
    "pn.Card(body, title=name)",
    "pn.layout.Accordion((name, body))",
    "pn.chat.ChatFeed()",
    "pn.chat.ChatMessage(name)",
    "pn.indicators.Number(name=name)",
    "pn.widgets.Tooltip(content=name)",
    "pn.panel(name)",
    "pn.state.notifications.error(name)",
    "models.Div(text=name)",
    "make = pn.pane.HTML",
    "class Note(pn.pane.Markdown): ...",
    'pn.Column("text")',
    'pn.Column(body, f"Hello {name}")',
    'Row("Hello " + name)',
    "Row(str(name))",
    'pn.FlexBox("{}".format(name))',
    'pn.Tabs(("Title", "text"))',
    'pn.Column(*["text"])',
    'pn.Column(objects=["text"])',
    'pn.Column(body if name else "nobody")',
    'pn.widgets.Tabulator(table, formatters={"name": {"type": "html"}})',
    '_esm = """\nexport function render({ el }) { el.innerHTML = name }\n"""',
    "from panel.pane import HTML",
    "from panel.chat import ChatFeed as Feed",
    "from panel.pane import *",
]
FINE = [
    "pn.Column(body, Row(body))",
    'pn.Column(sizing_mode="stretch_width")',
    'pn.Tabs(("Title", body))',
    'pn.widgets.TextInput(name="Name", placeholder="text")',
    "pn.pane.Bokeh(figure)",
    "names.append('text')",
    "' '.join(names)",
    '_esm = "el.textContent = name"',
    '"""Sets text as text, never through .innerHTML."""',
]


@pytest.mark.parametrize("line", RAW)
def test_a_raw_text_pane_is_caught(line: str) -> None:
    assert list(lint_panes.check_python("dashboards/home.py", f"{HEAD}{line}\n"))


@pytest.mark.parametrize("line", FINE)
def test_what_shows_text_as_text_is_left_alone(line: str) -> None:
    assert list(lint_panes.check_python("dashboards/home.py", f"{HEAD}{line}\n")) == []


@pytest.mark.parametrize(
    "line",
    [
        "el.innerHTML = name",
        "el.outerHTML += name",
        "el.insertAdjacentHTML('beforeend', name)",
        "document.write(name)",
        "frame.srcdoc = name",
        "eval(name)",
        "el.innerHTML = name // trusted:",
    ],
)
def test_raw_markup_in_a_component_is_caught(line: str) -> None:
    assert [found.line for found in lint_panes.check_markup("dashboards/a.js", f"const x = 1\n{line}\n")] == [2]


@pytest.mark.parametrize("line", ["el.textContent = name", "svg.innerHTML = icon // trusted: our own file of icons"])
def test_text_and_marked_markup_are_left_alone(line: str) -> None:
    assert list(lint_panes.check_markup("dashboards/a.js", line)) == []


def test_the_helper_alone_may_name_raw_panes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = f"{HEAD}pn.pane.HTML(name)\n"
    build(
        tmp_path, {"dashboards/escape.py": raw, "core/web/a.js": "el.textContent = 1", "tools/a.js": "el.innerHTML = 1"}
    )
    assert lint_panes.main(tmp_path) == 0
    build(tmp_path, {"dashboards/pages/home.py": raw, "core/web/a.js": "el.innerHTML = name", "panel_app.py": raw})
    assert lint_panes.main(tmp_path) == 1
    said = capsys.readouterr().out
    assert all(
        name in said for name in ("dashboards/pages/home.py:4:", "core/web/a.js:1:", "panel_app.py:4:", "3 found")
    )


SLEEP = "await asyncio.sleep" + "(0.5)"
HABITS = [
    ("README.md", "see https://py" + "pi.org/project/tandem"),
    ("package-lock.json", '"resolved": "https://registry.' + 'npmjs.org/a.tgz"'),
    ("core/settings.py", 'DATA = "/wor' + 'k/data"'),
    ("docs/a.md", "this is a guess for" + " now"),
    ("core/live/hub.py", "# TO" + "DO: more"),
    ("dashboards/page.html", '<script src="https:' + "//cdn." + 'jsdelivr.net/x.js">'),
    ("dashboards/look.css", "@imp" + 'ort url("https://example.org/a.css")'),
    ("data/tables/people.py", "created = mapped_column(default=func." + "now())"),
    ("tests/rest/test_a.py", SLEEP),
    ("tests/rest/test_a.py", "time.sleep" + "(1)"),
    ("tests/rest/test_a.py", "monkeypatch." + "setattr(core, 'x', 1)"),
    ("core/accounts/rules.py", "import datetime\nage = datetime.datetime.now(zone)"),
    ("core/workshop/scoring.py", "import random\nrandom.shuffle(scores)"),
]


@pytest.mark.parametrize(("path", "text"), HABITS)
def test_a_broken_habit_is_caught(tmp_path: Path, path: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint_habits.main(build(tmp_path, {path: text})) == 1
    assert path in capsys.readouterr().out


def test_good_habits_are_left_alone(tmp_path: Path) -> None:
    good = {
        "core/live/hub.py": "deadline = clock.now()",
        "core/accounts/rules.py": "import random\n\ndef pick(dice: random.Random) -> int:\n    return dice.random()\n",
        "tests/live/test_a.py": "await asyncio.sleep(0)",
        "docs/a.md": "It listens on /socket/websocket and keeps its files in var/.",
        "dashboards/look.css": '@font-face { src: url("fonts/inter.woff2") }',
    }
    assert lint_habits.main(build(tmp_path, good)) == 0


@pytest.mark.req("SEC-5")
def test_the_static_scan_finds_a_planted_weakness() -> None:
    """`make check` runs it over every room; the lists of known weaknesses are asked by `make audit`."""
    planted = "import subprocess\n\n\ndef run(text: str) -> int:\n    return subprocess.call(text, shell=True)\n"
    command = [sys.executable, "-m", "ruff", "check", "--output-format=concise", "--stdin-filename=core/x.py", "-"]
    found = subprocess.run(command, cwd=ROOT, input=planted, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "S602" in found.stdout
