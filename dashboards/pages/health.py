"""Health, for administrators: is it well, and if not, what do people notice. One sentence first, then the figures.

The page is fed: `HealthModel` holds what the core says, already as plain values, and `health` draws it. Changing a
field of the model redraws its region in place. The simulator's buttons call `on_simulator` with start, stop, slower or
faster.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import param

from core.principal import Principal
from dashboards.components import BarChart, Figures, SimulatorControls, StatusTable, Verdict
from dashboards.template import Card, Shell, page

JOB_COLUMNS: Final[list[dict[str, str]]] = [
    {"key": "job", "label": "Job"},
    {"key": "when", "label": "When"},
    {"key": "last", "label": "Last run"},
    {"key": "took", "label": "Took", "align": "right"},
    {"key": "state", "label": "State", "align": "right"},
]
LATEST_COLUMNS: Final[list[dict[str, str]]] = [
    {"key": "who", "label": "Who"},
    {"key": "what", "label": "What"},
    {"key": "where", "label": "Subject"},
    {"key": "when", "label": "When", "align": "right"},
]
PART_COLUMNS: Final[list[dict[str, str]]] = [
    {"key": "part", "label": "Part"},
    {"key": "detail", "label": "What it is"},
    {"key": "state", "label": "State", "align": "right"},
]


class HealthModel(param.Parameterized):
    """What the page shows. Lists of plain dictionaries, as the components take them."""

    verdict = param.Dict(default={}, doc="{tone: good | warn | bad, word, sentence, at: ISO text}")
    figures = param.List(default=[], item_type=dict, doc="see components.Figures")
    jobs = param.List(default=[], item_type=dict, doc="rows by JOB_COLUMNS")
    parts = param.List(default=[], item_type=dict, doc="rows by PART_COLUMNS: database, Redis, relay, socket")
    latest = param.List(default=[], item_type=dict, doc="rows by LATEST_COLUMNS: what just happened")
    hours = param.List(default=[], item_type=dict, doc="[{at, value}], oldest first, every hour present")
    zone = param.String(default="UTC")
    simulator = param.Dict(default={}, doc="see components.SimulatorControls; empty where there is none")


def health(
    model: HealthModel,
    who: Principal,
    *,
    on_simulator: Callable[[str], None] | None = None,
    simulated: bool = False,
    names: Mapping[str, str] | None = None,
    more: Sequence[Card] = (),
) -> Shell:
    return page(
        title="Health",
        who=who,
        current="health",
        cards=[*_cards(model, on_simulator), *more],
        simulated=simulated,
        names=names,
        staff=True,
        show_heading=False,
    )


def _cards(model: HealthModel, on_simulator: Callable[[str], None] | None) -> list[Card]:
    refs: Any = model.param
    chart = BarChart(label="Active people an hour, last seven days", points=refs.hours, zone=refs.zone)
    jobs = StatusTable(
        label="Jobs",
        columns=JOB_COLUMNS,
        rows=refs.jobs,
        blank="No job has run yet. The first one runs within a minute.",
    )
    parts = StatusTable(label="Parts", columns=PART_COLUMNS, rows=refs.parts, blank="The parts report within seconds.")
    latest = StatusTable(label="Just now", columns=LATEST_COLUMNS, rows=refs.latest, blank="Nothing has happened yet.")
    cards = [
        Card("verdict", "In one sentence", Verdict(verdict=refs.verdict), place="wide", heading="hidden", framed=False),
        Card("figures", "Key figures", Figures(figures=refs.figures), place="wide", heading="hidden", framed=False),
        Card("hours", "Active people an hour", chart, note="last seven days"),
        Card("jobs", "Jobs", jobs),
        Card("parts", "Parts", parts, place="side"),
        Card("latest", "Just now", latest, note="what everybody may see"),
    ]
    if on_simulator is not None:
        controls = SimulatorControls(state=refs.simulator)
        controls.on_action(on_simulator)
        cards.append(Card("simulator", "Simulated community", controls, place="side"))
    return cards
