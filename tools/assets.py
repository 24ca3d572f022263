"""Writes the committed files under dashboards/static that are made, not written by hand.

    python -m tools.assets            tokens, shared parts and avatars: nothing is fetched
    python -m tools.assets --fetch    the icons and the typefaces too, from their npm packages, by `npm pack`

`made()` returns what the first form writes; a test compares it with the files, so that neither drifts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

from core.accounts.rules import ANIMALS
from dashboards import theme
from tools import avatar_set, print_fonts

STATIC = Path(__file__).parent.parent / "dashboards" / "static"
LUCIDE = "lucide-static@1.62.0"
INTER = "@fontsource-variable/inter@5.3.0"

ICONS = {
    # places
    "home": "house", "practice": "keyboard", "rooms": "shapes", "boards": "trophy", "cohort": "messages-square",
    "progress": "sprout", "nudges": "bell", "activity": "newspaper",
    "health": "activity", "jobs": "timer", "people-roles": "user-cog",
    "audit": "scroll-text", "growth": "trending-up", "safety": "shield-check", "api": "plug",
    "experiments": "flask-conical", "workshops": "presentation",
    # people
    "people": "users", "friend": "user-check", "person": "user", "writing": "pencil-line", "parent": "heart-handshake",
    "tutor": "graduation-cap", "facilitator": "presentation", "analyst": "chart-no-axes-column", "admin": "shield",
    # what happens
    "done": "circle-check", "badge": "award", "streak": "flame", "freeze": "snowflake", "challenge": "swords",
    "best": "medal", "quiz": "clipboard-check", "level": "rocket", "joined": "user-plus", "rank": "list-ordered",
    "started": "play", "diagnostic": "target", "event": "sparkles", "welcome": "handshake",
    # what people think of it
    "like": "thumbs-up", "celebrate": "party-popper", "wow": "sparkles", "support": "hand-heart",
    # badges
    "flame": "flame", "star": "star", "spark": "sparkle", "lamp": "lightbulb", "beacon": "tower-control",
    "flag": "flag", "medal": "medal", "summit": "mountain", "steps": "chevrons-up",
    "hand": "hand", "compass": "compass", "target": "target", "gear": "cog", "shoe": "footprints",
    "boots": "milestone", "pair": "users",
    # boards
    "equal": "equal", "gauge": "gauge", "hidden": "eye-off", "undo": "undo-2",
    # controls and states
    "moon": "moon", "sun": "sun", "sign-out": "log-out", "sign-in": "log-in", "down": "chevron-down",
    "next": "chevron-right",
    "up": "arrow-up", "fall": "arrow-down", "check": "check", "close": "x", "again": "refresh-cw",
    "warn": "triangle-alert",
    "error": "circle-alert", "info": "info", "offline": "wifi-off", "stop": "square", "slower": "minus",
    "faster": "plus",
    "idle": "circle-pause", "table": "table-2", "chart": "chart-no-axes-column", "quiet": "coffee",
    "database": "database",
    "filter": "sliders-horizontal", "everybody": "globe", "report": "flag",
    "simulated": "bot", "link": "external-link", "book": "book-open", "eye": "eye",
    # workshop
    "lock": "lock", "talk": "message-circle", "tasks": "list-checks", "history": "rotate-ccw-clock",
    "help": "circle-question-mark",
    "more": "ellipsis", "pause": "pause", "resume": "play", "skip": "skip-forward", "hand-over": "user-round-cog",
    "copy": "link", "share": "share-2", "qr": "qr-code", "clock": "clock", "note": "sticky-note",
    "apart": "move-horizontal",
    "arrow": "arrow-right", "handle": "grip-vertical", "date": "calendar", "care": "sprout", "download": "download",
    "worse": "chevron-down", "better": "chevron-up", "steady": "minus", "screen": "monitor", "remove": "trash",
    "feedback": "message-square-heart", "back": "arrow-left", "write": "pencil", "send": "send-horizontal",
    "leave": "door-open",
    # practice
    "maths": "square-function", "music": "keyboard-music", "science": "atom", "sound": "volume-2", "silent": "volume-x",
    "hint": "lightbulb", "once-more": "rotate-ccw", "enter": "corner-down-left",
}  # fmt: skip
"""Meaning to drawing: a meaning keeps its icon for good, so pages name the meaning only."""

ICONS_HEAD = "// Lucide, ISC licence (licences/lucide.txt). Written by tools/assets.py.\n"
FONTS = ("latin", "latin-ext")


def made() -> dict[str, str]:
    """Path under static to text, for everything that this project draws or derives itself."""
    files = {
        "css/tokens.css": theme.css(),
        "elements/parts.js": _parts((STATIC / "css" / "parts.css").read_text(encoding="utf-8")),
        "avatars/neutral.svg": avatar_set.neutral(),
    }
    for animal in ANIMALS:
        for number, ground in enumerate(theme.GROUNDS, start=1):
            files[f"avatars/{animal}-{number}.svg"] = avatar_set.avatar(animal, ground)
    return files


def _parts(css: str) -> str:
    """The parts' stylesheet as a module: shadow roots adopt it without a request and without a flash."""
    body = css.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return f"// Written by tools/assets.py from css/parts.css: change it there.\nexport const PARTS = `{body}`;\n"


def write(files: dict[str, str]) -> None:
    for name, text in files.items():
        path = STATIC / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def fetch() -> None:
    with tempfile.TemporaryDirectory() as folder:
        lucide = _unpack(LUCIDE, Path(folder) / "lucide")
        nodes = json.loads((lucide / "icon-nodes.json").read_text(encoding="utf-8"))
        drawings = {meaning: nodes[name] for meaning, name in sorted(ICONS.items())}
        body = json.dumps(drawings, separators=(",", ":"))
        write({"icons.js": f"{ICONS_HEAD}export default {body}\n"})
        inter = _unpack(INTER, Path(folder) / "inter")
        for subset in FONTS:
            source = inter / "files" / f"inter-{subset}-opsz-normal.woff2"
            (STATIC / "fonts" / f"inter-{subset}.woff2").write_bytes(source.read_bytes())
        (STATIC / "licences" / "inter.txt").write_text(
            (inter / "LICENSE").read_text(encoding="utf-8"), encoding="utf-8"
        )
        print_fonts.make(_unpack(print_fonts.PACKAGE, Path(folder) / "print"))


def _unpack(package: str, folder: Path) -> Path:
    folder.mkdir()
    subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(folder), package], check=True, stdout=subprocess.DEVNULL
    )
    (archive,) = folder.glob("*.tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fetch", action="store_true", help="also renew icons and fonts from their packages")
    options = parser.parse_args()
    write(made())
    if options.fetch:
        fetch()


if __name__ == "__main__":
    main()
