"""The embeds' one script: small, always the same, and served so that it costs a host's page nothing twice."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import fields

from core.web.channels.examples import EXAMPLES
from core.web.made import Made
from core.web.rest.boards import EntryOut, OwnOut, TableOut
from dashboards.embed.bundle import BundleError, join, select
from dashboards.embed.drawing import one_path
from dashboards.embed.made import ENTRY, LIMIT, MEMBERS, embed_script, sources
from dashboards.embed.shorten import Script, shorten
from dashboards.embed.squeeze import script, style, tokens
from tests.node_kit import Browser

PRINTS = "import sys; from dashboards.embed.made import embed_script; sys.stdout.write(embed_script())"
NODE = Path(sys.executable).parent / "node"


def squeezed(text: str) -> str:
    return script(tokens(text))


@pytest.mark.req("UI-5")
def test_it_is_small_and_the_same_sources_make_the_same_bytes() -> None:
    made = embed_script()
    assert len(made.encode()) < LIMIT, f"{len(made.encode()):,} bytes; packed {len(gzip.compress(made.encode())):,}"
    again = subprocess.run(
        [sys.executable, "-c", PRINTS],
        capture_output=True, check=True, text=True, encoding="utf-8", env={"PYTHONHASHSEED": "7", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert again.stdout == made


def test_it_is_sound_and_names_no_address() -> None:
    made = embed_script()
    subprocess.run([NODE, "--check", "-"], input=made.encode(), check=True)
    assert "http://" not in made.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in made
    assert "innerHTML" not in made


SAMES = [
    "const wide = 1, all = {wide, other: wide + 1, get deep() { return wide; }};\n"
    "export_(all.wide + all.other + all.deep);",
    "function apart({one = 2, two: {three} = {three: 3}} = {}, ...rest) { return one + three + rest.length; }\n"
    "export_(apart({}, 1, 2));",
    "class Kept { static first = 4; second = 5; third() { return this.second + Kept.first; } }\n"
    "export_(new Kept().third());",
    'const text = `a${[1, 2].map((number) => `<${number / 2}>`).join("")}b`; export_(text);',
    'const found = /[/"]+\\//g.test("a/\\"/"), half = 8 / 2 / 2; export_(String(found) + half);',
    "let sum = 0; for (const [key, value] of Object.entries({a: 1, b: 2})) { if (key) sum += value; } export_(sum);",
    "const later = async (value) => { try { return await value; } catch { return null; } }; later(6).then(export_);",
    "const outer = 1; { const outer = 2; export_(outer); } export_(outer);",
    "const many = {call(number) { return number - -1; }, async wait() {}}; export_(many.call(1) + typeof many.wait);",
]


@pytest.mark.parametrize("source", SAMES)
def test_a_shorter_script_does_the_same(source: str) -> None:
    short = script(shorten(list(tokens(source)), frozenset({"export_", "Object", "String"})))
    assert len(short) < len(source)
    assert ran(short) == ran(source)


def ran(source: str) -> str:
    whole = f"const export_ = (value) => console.log(value);\n{source}"
    return subprocess.run([NODE, "-e", whole], capture_output=True, check=True, text=True).stdout


def test_only_what_is_needed_is_taken_and_two_of_a_name_are_refused() -> None:
    modules = {
        "a.js": 'import {used} from "./b.js";\nused();\n',
        "b.js": "const far = 1;\nexport function used() { return far; }\nexport const spare = 2;\n",
    }
    made = join(select("a.js", modules))
    assert "spare" not in made
    assert "2" not in made
    modules["c.js"] = "export const far = 3;\n"
    modules["a.js"] = 'import {used} from "./b.js";\nimport {far} from "./c.js";\nused(far);\n'
    with pytest.raises(BundleError, match="far"):
        select("a.js", modules)
    with pytest.raises(BundleError, match="no module"):
        select("a.js", {"a.js": 'import {x} from "./gone.js";\nx();\n'})


def test_members_that_are_called_shorter_are_nobody_elses() -> None:
    """A browser's own names are looked at in the browser, where they are; here, that all of them are ours."""
    parts = [token for one in select(ENTRY, sources() | {"icons.js": "", "embed/made.js": ""}) for token in one.parts]
    walked = Script(parts)
    own = {token.text for place, token in enumerate(walked.parts) if token.kind == "word" and not walked.is_free(place)}
    assert own >= MEMBERS


def test_no_message_that_embeds_hear_has_a_key_that_was_made_short() -> None:
    heard = ("presence_state", "presence_diff", "presence_count", "new_activity", "person_updated", "person_removed",
             "leaderboard_update", "rank_changed", "snapshot")  # fmt: skip
    keys = set(re.findall(r'"(\w+)":', msgspec.json.encode([EXAMPLES[name] for name in heard]).decode()))
    assert not MEMBERS & (keys | {field.name for form in (TableOut, OwnOut, EntryOut) for field in fields(form)})


def test_styles_keep_what_hosts_and_scripts_name() -> None:
    made = style("a { --deep : 1px; color: var(--deep); --x: var(--tandem-accent, red); width: var(--face) }")
    assert "--tandem-accent" in made
    assert "--face" in made
    assert "deep" not in made


def test_a_drawing_is_one_path() -> None:
    parts = [
        ("path", {"d": "m1 2 3 4"}),
        ("circle", {"cx": "12", "cy": "12", "r": "10"}),
        ("line", {"x1": "1", "y1": "2", "x2": "3", "y2": "4"}),
    ]
    assert one_path(parts) == "M0 0m1 2 3 4M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0M1 2L3 4"


def test_a_made_file_is_made_once() -> None:
    times: Iterator[int] = iter(range(9))
    made = Made(lambda: f"text {next(times)}", "text/plain")
    assert made.plain == b"text 0"
    assert gzip.decompress(made.packed) == b"text 0"
    assert made.etag == Made(lambda: "text 0", "text/plain").etag


async def test_the_script_is_kept_compared_and_packed(browser: Browser) -> None:
    first = await browser.get("/embed/tandem.js")
    assert first.code == 200
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=600" in first.headers["Cache-Control"]
    assert first.body.decode() == embed_script()
    same = await browser.get("/embed/tandem.js", **{"If-None-Match": first.headers["Etag"]})
    assert same.code == 304
    assert not same.body
    packed = await browser.get("/embed/tandem.js", **{"Accept-Encoding": "gzip"})
    assert packed.headers.get("X-Consumed-Content-Encoding", packed.headers.get("Content-Encoding")) == "gzip"
