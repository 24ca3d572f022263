"""What is served beside the pages: made files in step with their sources, readable colours, nothing from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.accounts.rules import ANIMALS, GROUNDS
from dashboards import theme
from dashboards.icons import STATIC, drawings
from tools import assets

TEXT_ON_GROUND = [
    (ink, ground) for ink in ("text", "muted", "accent") for ground in ("bg", "surface", "surface-2", "accent-weak")
] + [("good", "good-weak"), ("warn", "warn-weak"), ("bad", "bad-weak"), ("warm", "warm-weak"), ("on-accent", "accent")]


def luminance(colour: str) -> float:
    channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_made_files_are_what_their_sources_say() -> None:
    for name, wanted in assets.made().items():
        assert (STATIC / name).read_text(encoding="utf-8") == wanted, f"{name}: run python -m tools.assets"
    pictures = {path.name for path in (STATIC / "avatars").iterdir()}
    assert pictures == {f"{animal}-{n}.svg" for animal in ANIMALS for n in range(1, GROUNDS + 1)} | {"neutral.svg"}
    assert set(drawings()) == set(assets.ICONS)


@pytest.mark.req("UI-4")
@pytest.mark.parametrize("number", [0, 1], ids=["light", "dark"])
def test_colours_can_be_read_on_every_ground_they_stand_on(number: int) -> None:
    for ink, ground in TEXT_ON_GROUND:
        assert contrast(theme.COLOURS[ink][number], theme.COLOURS[ground][number]) >= 4.5, (ink, ground)
    for ground in ("bg", "surface", "surface-2"):
        assert contrast(theme.COLOURS["line-strong"][number], theme.COLOURS[ground][number]) >= 3
        assert contrast(theme.COLOURS["focus"][number], theme.COLOURS[ground][number]) >= 3
    for fill in ("good-fill", "warn-fill", "bad-fill"):
        assert contrast(theme.COLOURS[fill][number], theme.COLOURS["surface"][number]) >= 3
    for tint in theme.TINTS:
        assert contrast(tint[2 * number], tint[2 * number + 1]) >= 4.5
    for deep in theme.DEEP_GROUNDS:
        assert contrast(deep, "#FFFFFF") >= 4.5


def sources() -> list[Path]:
    return [path for path in STATIC.rglob("*") if path.suffix in (".js", ".css")]


@pytest.mark.req("UI-5")
def test_our_own_files_name_no_address_outside() -> None:
    for path in sources():
        found = re.findall(r"""["'(](?:https?:)?//[^\s"')]+""", path.read_text(encoding="utf-8"))
        assert [one for one in found if "www.w3.org/2000/svg" not in one] == [], path


@pytest.mark.req("SEC-3")
def test_elements_write_text_as_text() -> None:
    for path in sources():
        written = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", path.read_text(encoding="utf-8")
        )
        assert written == [], path


@pytest.mark.req("UI-4")
def test_reduced_motion_is_respected_wherever_something_moves() -> None:
    parts = (STATIC / "css" / "parts.css").read_text(encoding="utf-8")
    rule = parts[parts.index("prefers-reduced-motion") :]
    assert "transition: opacity 100ms" in rule
    assert "animation-duration: 100ms" in rule
    for path in sources():
        source = path.read_text(encoding="utf-8")
        # The styles of elements stand in shadow roots, which adopt that rule; what a script moves asks by itself.
        elements = path.parent.name in ("elements", "practice")
        moves = r"\.animate\(" if elements else r"@keyframes|\.animate\(|transition:"
        if re.search(moves, source) and path.name != "parts.js":
            shared = path.name in ("base.css", "plain.css") or "sheet(PARTS)" in source
            assert "prefers-reduced-motion" in source or "calm()" in source or shared, path
