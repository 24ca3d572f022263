"""The generated references: settings, events, topics, scopes and REST, and `.env.example`.

`python -m tools.references` writes them; with `--check` it says which differ from what the code would give. A test runs
the same comparison, so that a reference cannot fall behind.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from core.accounts.access import KEY_SCOPES, PAGES, ROLES
from core.events.catalog import ALIASES, CATALOG, Event
from core.settings import described

ROOT = Path(__file__).parent.parent
HEAD = "<!-- Made by `make docs` from the code: change the code, not this page. -->\n\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    rows = [(f"`{n}`", f"`{d}`" if d else "", m + (" *Secret.*" if s else "")) for n, d, m, s in described()]
    return HEAD + "# Settings\n\nAll from the environment.\n\n" + table(("name", "default", "meaning"), rows)


def env_example() -> str:
    lines = ["# Every setting of Tandem. Copy what you change; what is commented out has this default.", ""]
    for name, default, meaning, _ in described():
        lines += [f"# {meaning}", f"#{name}={default}", ""]
    return "\n".join(lines)


def events_page() -> str:
    parts = [
        HEAD + "# Events\n",
        "Every fact that the log can hold. *Inbound* ones may be sent by the host platform through "
        "`POST /api/v1/events`; *activity* ones show in feeds. A *personal* field is kept with its row, set to null on "
        "erasure, never exported and never logged.\n",
    ]
    for name, cls in CATALOG.items():
        marks = [w for w, on in (("inbound", cls.inbound), ("activity", cls.activity)) if on]
        parts.append(f"## `{name}` (version {cls.version}{''.join(', ' + m for m in marks)})\n")
        parts.append((cls.__doc__ or "").strip().splitlines()[0] + "\n")
        rows = event_fields(cls)
        parts.append(table(("field", "type", ""), rows) if rows else "No fields of its own.\n")
    aliases = [(f"`{a}`", f"`{b}`") for a, b in sorted(ALIASES.items())]
    parts.append("## Aliases\n\nNames that are taken in as well.\n\n" + table(("name", "means"), aliases))
    return "\n".join(parts)


def event_fields(cls: type[Event]) -> list[tuple[str, str, str]]:
    hints = get_type_hints(cls, include_extras=True)
    rows = []
    for f in dataclasses.fields(cls):
        schema = msgspec.json.schema(hints[f.name])
        optional = f.default is not dataclasses.MISSING
        notes = [w for w, on in (("optional", optional), ("personal", bool(f.metadata.get("personal")))) if on]
        rows.append((f"`{f.name}`", plain(schema), ", ".join(notes)))
    return rows


def plain(schema: dict[str, Any]) -> str:
    """A JSON schema in a few words."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(plain(s) for s in schema["anyOf"] if s.get("type") != "null"))
    words = [str(schema.get("format") or schema.get("type", "any"))]
    if "minimum" in schema or "maximum" in schema:
        words.append(f"{schema.get('minimum', '')} to {schema.get('maximum', '')}")
    if "pattern" in schema:
        words.append(f"`{schema['pattern']}`")
    if "maxLength" in schema:
        words.append(f"at most {schema['maxLength']} characters")
    return " ".join(words)


def scopes_page() -> str:
    scopes = sorted(set().union(*ROLES.values(), KEY_SCOPES))
    roles = sorted(ROLES)
    rows = [
        (f"`{s}`", *("yes" if s in ROLES[r] else "" for r in roles), "yes" if s in KEY_SCOPES else "") for s in scopes
    ]
    pages = [(f"`{path}`", f"`{scope}`") for path, scope in PAGES.items()]
    return (
        HEAD
        + "# Roles, scopes and doors\n\nWhat is not listed is shut.\n\n"
        + table(("scope", *roles, "API keys"), rows)
        + "\n## Pages\n\n"
        + table(("page", "scope"), pages)
    )


def topics_page() -> str:
    from core.web.channels.topics import describe

    described = describe()
    parts = [
        HEAD + "# Topics and messages of the socket\n",
        "What is not listed is refused. The same, for machines: `GET /api/v1/topics.json`; for reading, served by "
        "every node: `/api/v1/topics`. Examples are whole messages: `[join_ref, ref, topic, event, payload]`.\n",
    ]
    parts += [_topic(spec) for spec in described]
    for title, key in (("What clients say", "client_messages"), ("What they hear", "server_messages")):
        parts.append(f"# {title}\n")
        messages = {said["name"]: said for spec in described for said in spec[key]}
        parts += [_message(said) for said in messages.values()]
    return "\n".join(parts)


def _topic(spec: dict[str, Any]) -> str:
    facts = [
        ("join asks for", f"scope `{spec['scope']}`; {spec['who'][0].lower()}{spec['who'][1:]}"),
        ("presence", "tracked" if spec["presence"] else "no"),
        ("history", "yes: join with `since` and `epoch`" if spec["history"] else "no"),
    ]
    if spec["alias_of"]:
        facts.append(("alias of", f"`{spec['alias_of']}`"))
    if spec["client_messages"]:
        whose = "of its own" if spec["own_allowance"] else "with all else that the connection says"
        facts.append(("rate", f"{spec['messages_a_minute']} messages a minute, {whose}"))
    if spec["collapse"]:
        latest = ", ".join(f"`{name}`" for name in spec["collapse"])
        facts.append(("a slow reader", f"gets only the latest {latest}, and the present state for the rest it missed"))
    for title, key in (("say", "client_messages"), ("hear", "server_messages")):
        if spec[key]:
            facts.append((title, ", ".join(f"[`{said['name']}`](#{said['name']})" for said in spec[key])))
    return f"## `{spec['topic']}`\n\n{spec['title']}\n\n" + table(("", ""), facts)


def _message(said: dict[str, Any]) -> str:
    schema = said["schema"]
    name = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
    body = schema.get("$defs", {}).get(name, schema)
    needed = set(body.get("required", ()))
    fields = [(f"`{k}`", plain(v), "" if k in needed else "optional") for k, v in body.get("properties", {}).items()]
    asks = f", asks for `{said['scope']}`" if "scope" in said else ""
    parts = [f"## `{said['name']}`\n", f"Version {said['version']}{asks}. {body.get('description', '')}\n"]
    parts.append(table(("field", "type", ""), fields) if fields else "An object keyed by user id.\n")
    parts.append(f"```json\n{json.dumps(said['example'])}\n```\n")
    return "\n".join(parts)


def rest_page() -> str:
    from core.web.openapi import document
    from core.web.rest import ROUTES

    parts = [HEAD + "# REST\n\nThe same, for machines: `GET /api/v1/openapi.json`.\n"]
    for path, methods in document(ROUTES)["paths"].items():
        for method, about in methods.items():
            parts.append(f"## `{method.upper()} {path}`\n\n{about['summary']}\n")
            if about.get("description"):
                parts.append(about["description"] + "\n")
            answers = [(code, answer["description"]) for code, answer in about["responses"].items()]
            parts.append(table(("answer", "meaning"), answers))
    return "\n".join(parts)


PAGES_MADE: dict[str, Callable[[], str]] = {
    ".env.example": env_example,
    "docs/reference/settings.md": settings_page,
    "docs/reference/events.md": events_page,
    "docs/reference/scopes.md": scopes_page,
    "docs/reference/topics.md": topics_page,
    "docs/reference/rest.md": rest_page,
}


def behind(root: Path = ROOT) -> list[str]:
    """The references that are not what the code would give."""
    found = []
    for name, make in PAGES_MADE.items():
        path = root / name
        if not path.exists() or path.read_text() != make():
            found.append(name)
    return found


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        stale = behind()
        for name in stale:
            print(f"{name} is not up to date: run `make docs`.")
        return 1 if stale else 0
    for name, make in PAGES_MADE.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make())
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
