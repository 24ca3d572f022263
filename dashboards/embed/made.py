"""Makes `/embed/tandem.js` from the modules in `static`: the same client, texts and drawings as in our own pages.

What is added here is what those modules read from a page: the colours of both themes, each of which a host may set by
a variable called `--tandem-…`, the few drawings that are used, and what subjects and boards are called. The same
sources always make the same bytes; it takes a tenth of a second, once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache

from core.content import boards, subjects
from dashboards import theme
from dashboards.embed.bundle import Statement, join, select
from dashboards.embed.drawing import one_path
from dashboards.embed.squeeze import rules_for, style
from dashboards.icons import STATIC, drawings

HEAD = "/* Tandem embeds. Drawings: Lucide, ISC licence. */\n"
ENTRY = "embed/main.js"
LIMIT = 40 * 1024
"""Bytes that the whole script may have, before anything packs it."""
SCRIPT = (
    "export const SCRIPT = document.currentScript?.src || document.querySelector('script[src*=\"/embed/tandem.js\"]')"
    "?.src || location.href;\n"
)
ASSETS = re.compile(r"^const ASSETS = .*$", re.M)
VARIABLE = re.compile(r"var\(--([\w-]+)")
WORDS = re.compile(r"[A-Za-z][\w-]*")
OF_OTHERS = frozenset({"chip", "table", "segments", "dot", "halo", "btn", "code", "more"})
"""Classes that the modules name in passing and the embeds do not draw."""

NOT_DRAWN = frozenset({"cohort", "down", "table"})
"""Words that are also the names of drawings."""
MEMBERS = frozenset(
    {
        "again", "arrived", "asked", "asking", "attempt", "become", "blank", "channels", "client", "dial",
        "dialling", "draw", "early", "farewell", "forget", "given", "handlers", "heading", "heard",
        "hurry", "joinRef", "later", "life", "lineChanged", "listen", "listening", "loaded", "looked",
        "missed", "model", "nodes", "offer", "onState", "opened", "paged", "pill", "presence", "problem",
        "reacted", "receive", "regions", "removePerson", "renew", "restart", "reveal", "seen", "shut",
        "socket", "soon", "synced", "tell", "timer", "timers", "told", "tries", "wake", "watchers",
        "withdraw", "without",
    }
)  # fmt: skip
"""Fields and methods of our own modules that nobody else names: neither a browser, nor a message, nor a host's page."""


@cache
def embed_script() -> str:
    """The script, as it is served."""
    found = sources()
    found |= {"icons.js": "const DRAWINGS = {};\n", "embed/made.js": _made("")}
    needed = select(ENTRY, found)
    styles = _style(_words(needed) - OF_OTHERS)
    found |= {"icons.js": _drawings(_meanings(needed)), "embed/made.js": _made(styles)}
    return f"{HEAD}(()=>{{{join(select(ENTRY, found), MEMBERS)}\n}})();\n"


def sources() -> dict[str, str]:
    """The modules by their path under `static`; where pictures are is told by the script's own address."""
    found = {
        path.relative_to(STATIC).as_posix(): path.read_text(encoding="utf-8")
        for folder in ("client", "elements", "embed")
        for path in sorted((STATIC / folder).glob("*.js"))
    }
    dom = ASSETS.sub('const ASSETS = new URL("../assets/", SCRIPT);', found["elements/dom.js"])
    found["elements/dom.js"] = 'import {SCRIPT} from "../embed/made.js";\n' + dom
    return found


def _words(statements: Iterable[Statement]) -> frozenset[str]:
    """What the statements may call a class by."""
    told = (token for one in statements for token in one.parts if token.kind in ("text", "template"))
    return frozenset(word for token in told for word in WORDS.findall(token.text))


def _meanings(statements: Iterable[Statement]) -> frozenset[str]:
    """The drawings that the statements name."""
    told = {token.text.strip("\"'`") for one in statements for token in one.parts if token.kind == "text"}
    return frozenset(told & drawings().keys()) - NOT_DRAWN


def _made(styles: str) -> str:
    names = {one.id: one.name for one in subjects().values() if one.name != one.id.capitalize()}
    known = {one.id: [one.name, one.metric] for one in boards().values()}
    constants = {"EMBED_CSS": styles, "CATALOGUE": names, "BOARDS": known}
    return SCRIPT + "".join(f"export const {name} = {_json(value)};\n" for name, value in constants.items())


def _drawings(meanings: Iterable[str]) -> str:
    """The drawings, each as one line to draw."""
    lines = {meaning: one_path(drawings()[meaning]) for meaning in sorted(meanings)}
    made = "Object.fromEntries(Object.entries(%s).map(([name, d]) => [name, [['path', {d}]]]))"
    return f"const DRAWINGS = {made % _json(lines)};\n"


def _style(words: frozenset[str]) -> str:
    """The shared parts that are drawn here, our own rules, and the colours that both name, in both themes."""
    shared = rules_for((STATIC / "css" / "parts.css").read_text(encoding="utf-8"), words)
    shared = shared.replace("var(--ground, var(--surface))", "var(--surface)")
    own = (STATIC / "css" / "embed.css").read_text(encoding="utf-8")
    rules = shared + own
    wanted = set(VARIABLE.findall(rules))
    rules += "".join(f".deep-{n} {{ background: {colour} }} " for n, colour in enumerate(theme.DEEP_GROUNDS, start=1))
    fixed = theme.FIXED | {name: _both(*pair) for name, pair in theme.COLOURS.items()}
    plain = "".join(f"--{name}: {_themable(name, fixed[name])};" for name in fixed if name in wanted)
    chosen = ":host([theme=light]) { color-scheme: light } :host([theme=dark]) { color-scheme: dark }"
    return style(f":host {{ color-scheme: light dark; {plain} }} {chosen} {rules}")


def _both(light: str, dark: str) -> str:
    """A colour as it is in either theme; of a shadow the colour alone differs."""
    if light.startswith("#"):
        return f"light-dark({light}, {dark})"
    shape, found, colour = light.partition("rgb(")
    return f"{shape}light-dark({found}{colour}, rgb({dark.partition('rgb(')[2]})" if found else light


def _themable(name: str, value: str) -> str:
    return f"var(--tandem-{name}, {value})"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
