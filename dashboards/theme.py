"""The look's one source: colours in light and dark, type, space and the deep grounds of initials.

`css()` is what `static/css/tokens.css` holds; a test keeps the file and this module in step.
A page follows the system until its reader chooses: `data-theme` on the root element then decides.
"""

from __future__ import annotations

from typing import Final

COLOURS: Final[dict[str, tuple[str, str]]] = {
    "bg": ("#F7F7FA", "#0F1220"),
    "surface": ("#FFFFFF", "#171B2D"),
    "surface-2": ("#F0F2F8", "#1E2338"),
    "line": ("#E3E6F0", "#2B3150"),
    "line-strong": ("#7F87A3", "#6F779E"),
    "text": ("#1A1D2B", "#EEF0FA"),
    "muted": ("#5B6178", "#A7AEC8"),
    "accent": ("#4453C4", "#9AA8FF"),
    "accent-strong": ("#3744A8", "#B4BEFF"),
    "on-accent": ("#FFFFFF", "#12152B"),
    "accent-weak": ("#E8EAFB", "#262D52"),
    "good": ("#1F7A4D", "#6FD3A0"),
    "good-weak": ("#DFF3E8", "#17382A"),
    "warn": ("#8A5A00", "#F0BE5A"),
    "warn-weak": ("#FBEED3", "#3A2E14"),
    "bad": ("#B3261E", "#FF9A92"),
    "bad-weak": ("#FBE3E1", "#43201F"),
    "warm": ("#A04807", "#F5A968"),
    "warm-weak": ("#FDEBDD", "#3D2716"),
    "good-fill": ("#2A9160", "#6FD3A0"),
    "warn-fill": ("#B7791F", "#F0BE5A"),
    "bad-fill": ("#C8372D", "#FF9A92"),
    "sun": ("#F0A35E", "#F2B27A"),
    "raised": ("#FFFFFF", "#323A66"),
    "track": ("#DDE0EE", "#343B5E"),
    "d1": ("#4453C4", "#9AA8FF"),
    "d2": ("#0B7A75", "#4CCFC4"),
    "d3": ("#C2600C", "#F5A968"),
    "d4": ("#B04FA3", "#BC74BE"),
    "d5": ("#6B7289", "#98A0BD"),
    "hatch": ("#8A93D8", "#5A66B8"),
    "focus": ("#2F6BFF", "#8FB2FF"),
    "float": ("0 8px 28px rgb(26 29 43 / 16%)", "0 10px 30px rgb(0 0 0 / 50%)"),
    "dim": ("none", "brightness(0.92)"),
}
"""Name to (light, dark). Text on any of the three grounds keeps 4.5:1, edges of controls 3:1."""

DEEP_GROUNDS: Final[tuple[str, ...]] = (
    "#3F4BB0", "#0A6762", "#8A4B12", "#8B3A80", "#2E6430", "#8C2F45", "#29608A", "#5F4AA8",
)  # fmt: skip
"""Grounds for adults' initials, white on each at 4.5:1 or better; the same in both themes."""

GROUNDS: Final[tuple[str, ...]] = (
    "#FDE3CC", "#D3EEF4", "#E7DEFA", "#FBDDE5", "#EADCCD", "#DDF1E4", "#D8E6FB", "#FDEFBC",
)  # fmt: skip
"""Grounds of the animal avatars, numbered from 1 in file names: `fox-1.svg` to `whale-8.svg`."""

TINTS: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("#D5DCFF", "#2B3472", "#3D4A86", "#E4E8FF"),
    ("#FBD0C5", "#6B2413", "#7A3B2B", "#FFE2DA"),
    ("#C3E8CF", "#0C4A28", "#22593A", "#D8F5E2"),
    ("#EEDCB8", "#54390A", "#5F4713", "#F8E9CB"),
    ("#F8D0E6", "#661C4B", "#6D3858", "#FCDDEF"),
    ("#BAE6F8", "#0B435E", "#12546C", "#D2F0FC"),
    ("#DAE5BF", "#38480F", "#4A5620", "#E9F2D2"),
    ("#E9D6F9", "#4B2270", "#583A74", "#F1E3FC"),
)
"""A workshop's people: ground and letters in light, ground and letters in dark; letters keep 4.5:1 on their ground."""

FIXED: Final[dict[str, str]] = {
    "font": '"Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
    "radius-s": "8px",
    "radius": "12px",
    "radius-l": "16px",
    "space-1": "4px",
    "space-2": "8px",
    "space-3": "12px",
    "space-4": "16px",
    "space-5": "24px",
    "space-6": "32px",
    "space-7": "48px",
    "quick": "160ms",
    "glide": "320ms",
}


def css() -> str:
    """The whole of tokens.css."""
    light = _lines({name: pair[0] for name, pair in COLOURS.items()} | _tints(0))
    dark = _lines({name: pair[1] for name, pair in COLOURS.items()} | _tints(2))
    deep = _lines({f"deep-{index}": colour for index, colour in enumerate(DEEP_GROUNDS, start=1)})
    return "\n".join(
        (
            "/* Written by tools/assets.py from dashboards/theme.py: change it there. */",
            ":root {\n  color-scheme: light;\n" + _lines(FIXED) + deep + light + "}",
            "@media (prefers-color-scheme: dark) {",
            ':root:not([data-theme="light"]) {\n  color-scheme: dark;\n' + dark + "}",
            "}",
            ':root[data-theme="dark"] {\n  color-scheme: dark;\n' + dark + "}",
            "",
        )
    )


def _tints(first: int) -> dict[str, str]:
    """The workshop's people, from the two values of one theme."""
    named = enumerate(TINTS, start=1)
    return {key: tint[at] for n, tint in named for key, at in ((f"tint-{n}", first), (f"tint-{n}-ink", first + 1))}


def _lines(values: dict[str, str]) -> str:
    return "".join(f"  --{name}: {value};\n" for name, value in values.items())
