"""Takes the pictures of the docs: `python -m tools.screenshots [NAME …] [--into FOLDER]` writes docs/images/*.png.

A demo node of its own starts in a temporary folder on a free port, with the simulated community hurried and a week of
practice told by a host, so that the pictures show a living place. Nothing is kept afterwards but the pictures.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tools.programs import ROOT, chromium
from tools.screenshots_workshop import take_workshop

IMAGES = ROOT / "docs" / "images"
KEY = "key-for-pictures-0123456789abcdef"
READY = re.compile(r"Tandem is ready[^:]*: (http://\S+)")
SIZES = {1440: 900, 390: 844}
BOTH, LIGHT = ("light", "dark"), ("light",)
PATIENCE = 120_000
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage")
SUBJECTS = (("math", "algebra"), ("science", "biology"), ("reading", "comprehension"))
FIRST = ("Alba", "Bruno", "Carla", "David", "Elin", "Farid", "Greta", "Hugo")
LAST = ("Costa", "Duarte", "Engel", "Fontana", "Garcia")
NAMES = [f"{first} {last}" for first in FIRST for last in LAST]
WHERE = {
    "enter": ("", "/enter", LIGHT),
    "home": ("demo-student", "/", BOTH),
    "practice": ("demo-student", "/practice", BOTH),
    "subject": ("demo-student", "/subjects/math", BOTH),
    "boards": ("demo-student", "/boards", BOTH),
    "cohort": ("demo-student", "/cohort", BOTH),
    "me": ("demo-student", "/me", BOTH),
    "friends": ("demo-student", "/friends", BOTH),
    "nudges": ("demo-student", "/nudges", BOTH),
    "activity": ("demo-student", "/activity", BOTH),
    "admin": ("demo-admin", "/admin", BOTH),
    "api": ("demo-admin", "/api/v1/", LIGHT),
    "login": ("", "/login", LIGHT),
}
"""Each picture's name: who looks, at what, in which themes."""


STILL = """async () => {
    const feed = document.querySelector("tandem-feed").shadowRoot;
    await Promise.allSettled(feed.getAnimations().map((one) => one.finished));
}"""


WHOLE = """async () => {
    const under = (one) => [one, ...(one.shadowRoot ? parts(one.shadowRoot) : [])];
    const parts = (root) => [...root.querySelectorAll("*")].flatMap(under);
    const unready = (one) => one.matches('[aria-busy="true"]') || (one.matches("img") && !one.complete);
    const loading = () => parts(document).some((one) => unready(one) && one.checkVisibility());
    const end = performance.now() + 30000;
    while (loading() && performance.now() < end) await new Promise((done) => requestAnimationFrame(done));
}"""
"""Waits until nothing on the page is loading any more."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"workshop, {', '.join(WHERE)}; all if none is named")
    parser.add_argument("--into", type=Path, default=IMAGES)
    options = parser.parse_args(arguments)
    wanted, folder = options.names or ["workshop", *WHERE], options.into
    program = chromium()
    if program is None:
        print("No Chromium starts here: `apt-get install chromium` gives one.", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with demo() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        tell_a_week(base)
        hurry(browser, base)
        workshop = take_workshop(browser, base, folder, smaller) if "workshop" in wanted else ()
        written = [*workshop, *take_all(browser, base, folder, wanted)]
        browser.close()
    print(f"{len(written)} pictures, {sum(path.stat().st_size for path in written) / 1e6:.1f} MB, in {folder}")
    return 0


@contextmanager
def demo() -> Iterator[str]:
    """A running demo, stopped and forgotten afterwards."""
    place = Path(tempfile.mkdtemp(prefix="tandem-pictures-"))
    told = {"TANDEM_MODE": "demo", "TANDEM_SIMULATOR": "on", "TANDEM_DATA": str(place), "TANDEM_PORT": "0"}
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    command = [sys.executable, str(ROOT / "panel_app.py")]
    quiet = {"TANDEM_API_KEY": KEY, "TANDEM_LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=kept | told | quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield address(process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        shutil.rmtree(place, ignore_errors=True)


def address(process: subprocess.Popen[str]) -> str:
    """Where the demo answers, once it says so."""
    said = []
    for line in process.stdout or ():
        found = READY.search(line)
        if found:
            return found[1]
        said.append(line)
    raise RuntimeError("Tandem did not start:\n" + "".join(said))


def tell_a_week(base: str) -> None:
    """What a host would have told over the last seven days: more in the afternoons, less at the weekend."""
    for number, name in enumerate(NAMES):
        person = {"name": name, "role": "student", "age_band": "18_plus"}
        send(base, "PUT", f"/api/v1/people/learner-{number}", person)
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    events = [event(now - timedelta(hours=ago), number) for ago in range(1, 168) for number in busy(now, ago)]
    # The student's own first: everything about them is counted before the pictures are taken.
    events = [own(now - timedelta(hours=24 * days), days) for days in range(5, 0, -1)] + events
    for start in range(0, len(events), 500):
        send(base, "POST", "/api/v1/events", {"events": events[start : start + 500]})


def busy(now: datetime, ago: int) -> range:
    """Who practised in the hour that began so long ago."""
    hour = now - timedelta(hours=ago)
    most = max(0, 16 - 2 * abs(hour.hour - 16)) + (3 if 8 <= hour.hour <= 20 else 0)
    count = most // 2 if hour.weekday() >= 5 else most
    start = (hour.day * 7 + hour.hour * 3) % (len(NAMES) - 20)
    return range(start, start + count)


def event(hour: datetime, number: int) -> dict[str, object]:
    subject, skill = SUBJECTS[number % len(SUBJECTS)]
    at = hour + timedelta(minutes=(number * 7) % 60)
    return {
        "id": f"week-{at.isoformat()}-{number}",
        "type": "practice_completed",
        "external_id": f"learner-{number}",
        "at": at.isoformat(),
        "subject": subject,
        "skill": skill,
        "properties": {"score": 60 + (number * 11 + hour.hour) % 40},
    }


def own(at: datetime, number: int) -> dict[str, object]:
    """What the student of the pictures did on a day: there is something to see of theirs, too."""
    subject, skill = SUBJECTS[number % len(SUBJECTS)]
    told = {"type": "practice_completed", "external_id": "demo-student", "subject": subject, "skill": skill}
    return told | {"id": f"own-{number}", "at": at.isoformat(), "properties": {"score": 70 + 4 * number}}


def send(base: str, method: str, path: str, body: object) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    request = urllib.request.Request(base + path, msgspec.json.encode(body), headers, method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        answer.read()


def hurry(browser: Browser, base: str) -> None:
    """Speed the community up until there is something to see, and wait until the week is counted."""
    page = look(browser, base, "demo-admin", "/admin", 1440, "light")
    faster = page.get_by_role("button", name="Faster")
    for speed in (2, 4, 8, 16):
        faster.click(timeout=PATIENCE)
        expect(page.locator("tandem-simulator")).to_contain_text(f"Running at {speed}×", timeout=PATIENCE)
    page.goto(base + "/")
    expect(page.locator('tandem-feed .item [aria-label="Simulated"]').nth(20)).to_be_attached(timeout=PATIENCE)
    expect(page.locator("header tandem-presence button.open")).to_be_visible(timeout=PATIENCE)
    page.goto(base + "/admin")
    for speed in (8, 4, 2, 1):
        page.get_by_role("button", name="Slower").click(timeout=PATIENCE)
        expect(page.locator("tandem-simulator")).to_contain_text(f"Running at {speed}×", timeout=PATIENCE)
    counted(page)
    page.context.close()


def counted(page: Page) -> None:
    """Wait until every job on the page has run, and the week stands in the chart."""
    jobs = page.locator("tandem-table").filter(has_text="Last run")
    expect(jobs).to_contain_text("went well", timeout=PATIENCE)
    expect(jobs).not_to_contain_text("waiting", timeout=PATIENCE)
    expect(page.locator("tandem-bars")).to_contain_text("Highest", timeout=PATIENCE)
    expect(page.locator("tandem-figures li").nth(1)).not_to_contain_text(re.compile(r"open0"), timeout=PATIENCE)


def take_all(browser: Browser, base: str, folder: Path, wanted: Collection[str]) -> Iterator[Path]:
    for name, (persona, path, themes) in WHERE.items():
        if name not in wanted:
            continue
        for width in SIZES:
            for theme in themes:
                page = look(browser, base, persona, path, width, theme)
                settle(page, path, persona)
                target = folder / f"{name}-{width}-{theme}.png"
                target.write_bytes(smaller(page.screenshot(animations="disabled")))
                page.context.close()
                yield target


def look(browser: Browser, base: str, persona: str, path: str, width: int, theme: str) -> Page:
    """A page as somebody sees it in a window of its own."""
    window = {"width": width, "height": SIZES[width]}
    page = browser.new_context(viewport=window, color_scheme=theme, reduced_motion="reduce").new_page()  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE)
    if persona:
        page.goto(f"{base}/enter?next={path}")
        page.locator(f'form:has(input[value="{persona}"]) button').click()
        page.wait_for_url(base + path)
    else:
        page.goto(base + path)
    return page


def settle(page: Page, path: str, persona: str = "") -> None:
    """Wait until fonts and everything that comes live are there."""
    page.evaluate("document.fonts.ready.then(() => true)")
    if persona and not path.startswith("/api"):
        expect(page.locator("tandem-connection")).to_have_attribute("data-state", "live", timeout=PATIENCE)
    page.evaluate(WHOLE)
    if path == "/":
        expect(page.locator("tandem-connection")).to_have_attribute("data-state", "live", timeout=PATIENCE)
        expect(page.locator("tandem-feed .item").nth(10)).to_be_attached(timeout=PATIENCE)
        expect(page.locator("tandem-around li").first).to_be_attached(timeout=PATIENCE)
        page.evaluate(STILL)
    if path == "/admin":
        counted(page)
        expect(page.locator("tandem-figures").first).to_contain_text("five minutes", timeout=PATIENCE)


def smaller(picture: bytes) -> bytes:
    """The same picture with 256 colours, which is all that flat pages need."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
