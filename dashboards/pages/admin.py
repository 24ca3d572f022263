"""The health page, wired: what the node measures becomes the page's model; the simulator's buttons become a command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import panel as pn
from panel.io.state import set_curdoc

from core.activity.items import Item
from core.app import App
from core.content import subjects
from core.errors import TandemError
from core.monitoring.commands import QUICKEST, SLOWEST, reset_simulator, set_simulator
from core.monitoring.queries import JobStatus, SimulatorState
from core.principal import Principal
from dashboards.health_feed import Health, HealthFeed
from dashboards.pages.health import HealthModel, health
from dashboards.pages.live_cards import LiveModel, live_cards, live_values
from dashboards.template import Shell
from dashboards.viewer import LiveViewer, apart

LATEST = 8
STEP = 2.0


def admin_page(app: App, feed: HealthFeed, viewer: Principal) -> Shell:
    model = HealthModel(zone=app.settings.timezone)
    live = LiveModel()
    document = pn.state.curdoc
    tasks: set[asyncio.Task[None]] = set()

    def show(state: Health) -> None:
        if document.session_context is None:
            return
        with set_curdoc(document), pn.io.unlocked():
            model.param.update(**values(state, app.settings.timezone))
            live.param.update(**sockets(app))

    unwatch: list[Any] = []
    pn.state.onload(lambda: unwatch.append(feed.watch(show)))
    pn.state.on_session_destroyed(lambda _: [stop() for stop in unwatch])
    LiveViewer(app.replicas, "activity:global", lambda items: model.param.update(latest=latest(items)))

    def on_simulator(action: str) -> None:
        task = apart(turn(app, feed, viewer, action))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    return health(
        model,
        viewer,
        on_simulator=on_simulator if app.settings.simulating and viewer.may("simulator:write") else None,
        simulated=app.settings.simulating,
        more=live_cards(live),
    )


def sockets(app: App) -> dict[str, Any]:
    """The sockets of all nodes as they told them last, and a question to the others for the next look."""
    app.overview.ask()
    pictures = app.overview.pictures()
    return live_values(pictures, missing=max(0, len(app.presence.peers.nodes) + 1 - len(pictures)))


async def turn(app: App, feed: HealthFeed, viewer: Principal, action: str) -> None:
    """One press of a simulator's button: it changes one thing, so that two presses at once both count."""
    state = feed.latest.simulator if feed.latest and feed.latest.simulator else SimulatorState(False, 1.0)
    what, _, number = action.partition(" ")
    match what:
        case "reset":
            await _try(app, viewer, reset_simulator)
        case "people" if number.isdecimal():
            await _try(app, viewer, set_simulator, people=int(number))
        case "start" | "stop":
            await _try(app, viewer, set_simulator, running=what == "start")
        case "slower" | "faster":
            factor = STEP if what == "faster" else 1 / STEP
            await _try(app, viewer, set_simulator, speed=min(QUICKEST, max(SLOWEST, state.speed * factor)))
    await feed.refresh()


async def _try(app: App, viewer: Principal, command: Callable[..., Any], **given: Any) -> None:
    """What may not be done is not done; the page shows how things stand."""
    with suppress(TandemError):
        await app.transactions.run(viewer, command, **given)


def values(state: Health, zone: str) -> dict[str, Any]:
    """The page's model, from what was measured."""
    return {
        "verdict": verdict(state),
        "figures": figures(state),
        "jobs": [job_row(job) for job in state.jobs],
        "parts": parts(state),
        "hours": [{"at": h.start, "value": h.people + h.simulated} for h in state.hours.hours] if state.hours else [],
        "simulator": simulator(state),
    }


def verdict(state: Health) -> dict[str, Any]:
    failing = [job.title for job in state.jobs if job.last and not job.last.ok]
    if state.database:
        return _verdict("bad", "The database is away.", "Writes wait; pages show what they last knew.")
    if failing:
        return _verdict("warn", "A job failed:", f"{', '.join(failing)}. It is tried again by itself.")
    if not state.bus_healthy:
        return _verdict("warn", "The link between nodes is down.", "Facts still arrive, within a second or two.")
    return _verdict("good", "All is well.", "Every part answers, and nothing waits.")


def _verdict(tone: str, word: str, sentence: str) -> dict[str, Any]:
    return {"tone": tone, "word": word, "sentence": sentence}


def figures(state: Health) -> list[dict[str, Any]]:
    return [
        {
            "label": "People connected",
            "value": state.people,
            "note": f"{counted(state.connections, 'socket')} on this node",
        },
        {"label": "Pages open", "value": state.viewers, "note": "on this node"},
        {
            "label": "Events a second",
            "value": f"{state.events_a_second:.1f}",
            "trend": state.trend,
            "note": "five minutes",
        },
        {
            "label": "Waiting to go out",
            "value": state.behind,
            "note": "facts in the log, not yet sent on",
            "chip": {"tone": "good", "text": "up to date"}
            if state.behind == 0
            else {"tone": "warn", "text": "catching up"},
        },
    ]


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def job_row(job: JobStatus) -> dict[str, Any]:
    last = job.last
    if last is None:
        return {"job": job.title, "when": job.schedule, "last": "not yet", "took": "", "state": "waiting"}
    tone, text = ("good", "went well") if last.ok else ("bad", last.error or "failed")
    return {
        "job": job.title,
        "when": job.schedule,
        "last": {"time": last.finished_at.isoformat()},
        "took": f"{last.milliseconds:,} ms",
        "state": {"text": text, "tone": tone, "title": last.error or ""},
    }


def parts(state: Health) -> list[dict[str, Any]]:
    well, ill = {"text": "answers", "tone": "good"}, {"text": "away", "tone": "bad"}
    return [
        {"part": "Database", "detail": "PostgreSQL", "state": ill if state.database else well},
        {"part": "Between nodes", "detail": state.bus, "state": well if state.bus_healthy else ill},
        {"part": "Socket", "detail": counted(state.connections, "connection"), "state": well},
    ]


def simulator(state: Health) -> dict[str, Any]:
    now = state.simulator
    if now is None:
        return {}
    return {
        "running": now.running,
        "speed": now.speed,
        "size": now.people,
        "leaving": now.leaving,
        "people": state.simulated_people,
        "rate": 60 * sum(state.trend) / max(1, len(state.trend)),
        "slowest": now.speed <= SLOWEST,
        "fastest": now.speed >= QUICKEST,
    }


def latest(items: tuple[Item, ...]) -> list[dict[str, Any]]:
    names = {subject.id: subject.name for subject in subjects().values()}
    return [
        {
            "who": item.user_name,
            "what": item.type.replace("_", " "),
            "where": names.get(item.subject or "", item.subject or ""),
            "when": {"time": item.timestamp.isoformat()},
        }
        for item in items[:LATEST]
    ]
