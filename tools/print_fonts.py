"""Makes the typeface of printed exports: Inter as TrueType, with what European names and our own signs need.

Part of `python -m tools.assets --fetch`. A PDF can hold neither a web font nor a variable one, and the subsets that the
pages load have no Greek, no Cyrillic and few arrows; so these are cut from Inter's own full static fonts.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = "inter-ui@4.1.1"
FOLDER = Path(__file__).parent.parent / "data" / "fonts"
WEIGHTS = ("Regular", "SemiBold")
CHARACTERS = (
    "0020-007E,00A0-024F,0259,02B0-02FF,0300-036F,0370-03FF,0400-052F,1E00-1FFF,2000-206F,2070-209F,20A0-20CF,"
    "2100-214F,2190-21FF,2200-22FF,25A0-25FF,2713"
)
"""Latin, Greek and Cyrillic with their extensions; punctuation, currencies, arrows, mathematics and shapes."""


def make(package: Path) -> None:
    """Writes the fonts from the unpacked package, with their licence."""
    FOLDER.mkdir(exist_ok=True)
    for weight in WEIGHTS:
        cut(package / "web" / f"Inter-{weight}.woff2", FOLDER / f"inter-{weight.lower()}.ttf")
    (FOLDER / "LICENSE.txt").write_text((package / "LICENSE.txt").read_text(encoding="utf-8"), encoding="utf-8")


def cut(source: Path, target: Path) -> None:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options()
    options.layout_features, options.hinting, options.glyph_names = [], False, False
    options.drop_tables += ["GSUB", "GPOS", "GDEF"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(CHARACTERS))
    subsetter.subset(font)
    font.save(target)
