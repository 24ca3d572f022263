"""Plays a whole workshop on a running demo and takes a picture of every step: laptop and phone, light and dark.

Seven people take part over REST; the eighth is a browser, whose screen is what the pictures show.
"""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from playwright.sync_api import Browser, Page, expect

PATIENCE = 30_000
SIZES = {1440: 900, 390: 844}
NAMES = ("Lena", "Tom", "Ida", "Omar", "Paula", "Ravi", "Nils")
MINE = "Mia"
TRIES = 5
SCORES = (
    (-1, 0, 0, 1, -2, 0, 3, 1),
    (-3, -2, -2, -1, -3, 0, -2, -1),
    (4, -4, 3, -3, 4, -5, 3, -4),
    (0, 1, 0, 0, -1, 0, 1, 0),
    (8, 9, 7, 8, 9, 8, 10, 8),
    (3, 2, 4, 3, 1, 2, 5, 3),
    (6, 7, 5, 8, 6, 7, 6, 7),
    (9, 8, 9, 10, 9, 7, 9, 9),
)
HEALTH = ((4, 3, 4, 3, 4, 4, 3), (4, 4, 4, 5, 4, 4, 5))
NOTE = "Three signatures for one letter: nobody remembers why."
ACTIONS = (("One signature is enough, for a month", "Tom"), ("Ask two customers every Friday", "Paula"))


class Table:
    """The seven at the table, each with the token that coming in gave them."""

    def __init__(self, base: str, team: str = "", template: str = "six_criteria") -> None:
        self.base = base
        self.team = team or self._ask("POST", "/teams", {"name": "Support crew"})["team"]
        opened = {"name": NAMES[0], "total_duration_minutes": 120, "team": self.team, "template": template}
        first = self._ask("POST", "/workshops", opened)
        self.code = first["code"]
        self.tokens = [first["token"]]
        for name in NAMES[1:]:
            self.tokens.append(self._ask("POST", f"/workshops/{self.code}/participants", {"name": name})["token"])

    def _ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = msgspec.json.encode(body) if body is not None else None
        request = urllib.request.Request(f"{self.base}/api/v1{path}", data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return msgspec.json.decode(answer.read() or b"null")

    def now(self) -> Any:
        return self._ask("GET", f"/workshops/{self.code}/screen", token=self.tokens[0])["workshop"]

    def move(self, token: str, kind: str, **given: Any) -> None:
        for _ in range(TRIES):
            body = {"move": kind, "version": self.now()["version"], **given}
            try:
                self._ask("POST", f"/workshops/{self.code}/moves", body, token)
            except urllib.error.HTTPError as refused:
                if refused.code != 409:
                    raise
                continue  # the workshop moved on meanwhile: look again
            return
        raise RuntimeError(f"{kind} does not fit where the workshop stands: {self.now()['stage']}")

    def everybody(self, kind: str) -> None:
        for token in self.tokens:
            self.move(token, kind)

    def score(self, values: tuple[int, ...]) -> None:
        question = self.now()["current_question"]
        for token, value in zip(self.tokens, values, strict=False):
            self.move(token, "submit", question=question, value=value)

    def play(self, scores: Sequence[tuple[int, ...]]) -> None:
        """A whole workshop without any screen: an earlier one of the same team."""
        while (now := self.now())["state"] != "completed":
            if now["state"] == "actions":
                self.move(self.tokens[0], "add_action", action_id=str(uuid4()), content="Ask before we promise")
                self.move(self.tokens[0], "advance", override=True)
            elif now["stage"] == "awaiting":
                self.score(scores[now["current_question"] - 1])
            else:
                self.everybody("ready")


def take_workshop(browser: Browser, base: str, folder: Path, smaller: Callable[[bytes], bytes]) -> Iterator[Path]:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce").new_page()
    page.goto(f"{base}/workshop")
    yield from shots(page, folder, "start", smaller)
    table = Table(base)
    page.goto(f"{base}/workshop/{table.code}")
    page.get_by_label("Your first name").fill(MINE)
    page.get_by_role("button", name=re.compile("Join")).click()
    expect(page.get_by_text(MINE, exact=True).first).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="I have it").click()
    table.everybody("ready")
    yield from shots(page, folder, "lobby", smaller)
    go_on(page, table)
    expect(page.get_by_text("1 of 4")).to_be_visible(timeout=PATIENCE)
    yield from shots(page, folder, "intro", smaller)
    table.everybody("ready")
    go_on(page, table)
    for number, values in enumerate(SCORES, start=1):
        yield from question(page, folder, table, number, values, smaller)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    yield from shots(page, folder, "summary", smaller)
    table.everybody("ready")
    go_on(page, table)
    for content, owner in ACTIONS:
        table.move(table.tokens[0], "add_action", action_id=str(uuid4()), content=content, owner=owner)
    expect(page.get_by_text(ACTIONS[1][0]).first).to_be_visible(timeout=PATIENCE)
    yield from shots(page, folder, "actions", smaller)
    table.move(table.tokens[0], "advance", override=True)
    expect(page.get_by_text("This is what you take with you")).to_be_visible(timeout=PATIENCE)
    yield from shots(page, folder, "completed", smaller)
    page.goto(f"{base}/workshop/new")
    page.get_by_label("2 hours").check()
    yield from shots(page, folder, "new", smaller)
    Table(base, table.team).play([tuple(value - (value > 0) for value in values) for values in SCORES])
    for health in HEALTH:
        Table(base, table.team, "team_health").play([health] * 4 + [(1, 0, 1, 1, -1, 0, 2)])
    page.goto(f"{base}/team#{table.team}")
    expect(page.get_by_role("heading", name="How our work has changed")).to_be_visible(timeout=PATIENCE)
    yield from shots(page, folder, "team", smaller)
    page.context.close()


def question(
    page: Page, folder: Path, table: Table, number: int, values: tuple[int, ...], smaller: Callable[[bytes], bytes]
) -> Iterator[Path]:
    """One question, with pictures where it shows something new."""
    if table.now()["stage"] == "transition":
        expect(page.get_by_text("the higher, the better").first).to_be_visible(timeout=PATIENCE)
        yield from shots(page, folder, "half-way", smaller)
        table.everybody("ready")
        go_on(page, table)
    expect(page.get_by_role("radiogroup")).to_be_visible(timeout=PATIENCE)
    table.score(values)
    page.get_by_role("radio").nth(values[-1] - (-5 if number < 5 else 0)).click()
    if number in (1, 5):
        yield from shots(page, folder, "balance" if number == 1 else "rising", smaller)
    press(page, "Give my score")
    expect(page.get_by_text("Team value").first).to_be_visible(timeout=PATIENCE)
    if number == 1:
        table.move(table.tokens[1], "add_note", note_id=str(uuid4()), content=NOTE, question=1)
        expect(page.get_by_text(NOTE)).to_be_visible(timeout=PATIENCE)
    if number in (1, 3):
        yield from shots(page, folder, "reveal" if number == 1 else "split", smaller)
    table.everybody("ready")
    go_on(page, table)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).last.click(timeout=PATIENCE)


def go_on(page: Page, table: Table) -> None:
    """Press the one main button, and wait until the workshop has taken the step."""
    before = table.now()["version"]
    page.get_by_role("contentinfo").get_by_role("button").last.click(timeout=PATIENCE)
    deadline = time.monotonic() + PATIENCE / 1000
    while table.now()["version"] == before:
        if time.monotonic() > deadline:
            raise TimeoutError("the workshop does not go on")
        page.wait_for_timeout(50)


def shots(page: Page, folder: Path, step: str, smaller: Callable[[bytes], bytes]) -> Iterator[Path]:
    """The present screen in both sizes and both themes."""
    page.evaluate("document.fonts.ready.then(() => true)")
    for width, height in SIZES.items():
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(250)
            target = folder / f"workshop-{step}-{width}-{theme}.png"
            target.write_bytes(smaller(page.screenshot(animations="disabled")))
            yield target
    page.set_viewport_size({"width": 1440, "height": 900})
