"""Paper to draw a PDF on: the typeface, the colours, text that wraps, simple shapes; measured in points from the top.

Every text comes out, whatever is in it: a sign that the typeface lacks becomes a box, and the last page says so. The
document has a title, a language and bookmarks, and its text can be searched and copied. The same value makes the same
bytes.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONTS = Path(__file__).parent.parent.parent.parent / "data" / "fonts"
SHORT, LONG = 595.28, 841.89
"""The sides of A4."""
COLOURS = {
    "text": "#1A1D2B",
    "muted": "#5B6178",
    "line": "#E3E6F0",
    "line-strong": "#7F87A3",
    "surface-2": "#F0F2F8",
    "accent": "#4453C4",
    "accent-weak": "#E8EAFB",
    "hatch": "#8A93D8",
    "soft": "#C8CDF0",
    "good": "#1F7A4D",
    "good-weak": "#DFF3E8",
    "good-fill": "#2A9160",
    "warn": "#8A5A00",
    "warn-weak": "#FBEED3",
    "warn-fill": "#B7791F",
    "bad": "#B3261E",
    "bad-weak": "#FBE3E1",
    "bad-fill": "#C8372D",
    "sun": "#F0A35E",
    "white": "#FFFFFF",
}
"""The light theme's own."""
BOX = "\u25a1"
LACKING = f"{BOX} stands for a sign that this document's typeface does not have; the other formats hold it."

UNSEEN = ("Cc", "Cf", "Cs")

Weight = Literal["regular", "semibold"]
Align = Literal["left", "right", "centre"]


@cache
def _font(weight: Weight) -> tuple[str, frozenset[str]]:
    """A typeface by name, and the signs that it shows."""
    name = f"Inter-{weight}"
    font = TTFont(name, str(FONTS / f"inter-{weight}.ttf"))
    pdfmetrics.registerFont(font)
    signs = map(chr, font.face.charToGlyph)
    return name, frozenset(sign for sign in signs if unicodedata.category(sign) not in UNSEEN)


class Paper:
    def __init__(self, title: str, subject: str, made_at: datetime) -> None:
        self._bytes = io.BytesIO()
        self.canvas: Any = Canvas(
            self._bytes, lang="en", invariant=1, pageCompression=1, initialFontName=_font("regular")[0]
        )
        at = made_at.astimezone(UTC)
        self.canvas._doc._timeStamp = SimpleNamespace(YMDhms=at.timetuple()[:6], dhh=0, dmm=0)
        self.canvas.setTitle(self.shown(title))
        self.canvas.setSubject(self.shown(subject))
        self.canvas.setAuthor("Tandem")
        self.canvas.setCreator("Tandem")
        self.canvas.setProducer("Tandem")
        self.canvas.setViewerPreference("DisplayDocTitle", "true")
        self.canvas.showOutline()
        self._widths: dict[tuple[str, float, Weight], float] = {}
        self.foot = ""
        self.pages = 0
        self.lacking = False
        self.wide, self.high = SHORT, LONG

    # --- pages

    def page(self, *, landscape: bool = False) -> None:
        self._end_page()
        self.wide, self.high = (LONG, SHORT) if landscape else (SHORT, LONG)
        self.canvas.setPageSize((self.wide, self.high))
        self.pages += 1

    def bookmark(self, title: str, top: float, level: int = 0) -> None:
        key = f"place-{self.pages}-{title}"
        self.canvas.bookmarkHorizontalAbsolute(key, self.high - top)
        self.canvas.addOutlineEntry(self.shown(title), key, level, closed=0)

    def _end_page(self) -> None:
        if not self.pages:
            return
        low = self.high - 24
        self.text(36, low, self.foot, 7.5, colour="muted", most=self.wide - 130)
        self.text(self.wide - 36, low, f"Page {self.pages}", 7.5, colour="muted", align="right")
        self.canvas.showPage()

    def finish(self) -> bytes:
        if self.lacking:
            self.foot = LACKING
        self._end_page()
        self.canvas.save()
        return self._bytes.getvalue()

    # --- text

    def shown(self, text: str) -> str:
        """The text in signs that the typeface has, without those that steer and are not seen."""
        known, found = _font("regular")[1], []
        plain = unicodedata.normalize("NFC", text).replace("\t", " ")
        if known.issuperset(plain):
            return plain
        for sign in plain:
            if sign in known or sign == "\n":
                found.append(sign)
            elif unicodedata.category(sign) not in (*UNSEEN, "Mn", "Me"):
                self.lacking = True
                found.append(BOX)
        return "".join(found)

    def width(self, text: str, size: float, weight: Weight = "regular", spacing: float = 0.0) -> float:
        wide = self._widths.get((text, size, weight))
        if wide is None:
            wide = self._widths[text, size, weight] = float(pdfmetrics.stringWidth(text, _font(weight)[0], size))
        return wide + spacing * len(text)

    def text(
        self,
        x: float,
        base: float,
        text: str,
        size: float,
        *,
        weight: Weight = "regular",
        colour: str = "text",
        align: Align = "left",
        most: float | None = None,
    ) -> float:
        """One line on its base line, shortened to `most` points; how wide it came out."""
        # Large letters stand closer together.
        spacing = -0.018 * size if size >= 15 else 0.0
        line = " ".join(self.shown(text).split("\n"))
        if most is not None and self.width(line, size, weight, spacing) > most:
            line = self._cut(line, size, weight, spacing, most)
        wide = self.width(line, size, weight, spacing)
        self.canvas.setFillColor(HexColor(COLOURS[colour]))
        self.canvas.setFont(_font(weight)[0], size)
        start = x - {"left": 0.0, "right": wide, "centre": wide / 2}[align]
        self.canvas.drawString(start, self.high - base, line, charSpace=spacing)
        return wide

    def _cut(self, line: str, size: float, weight: Weight, spacing: float, most: float) -> str:
        low, high = 0, len(line)
        while low < high:
            middle = (low + high + 1) // 2
            fits = self.width(line[:middle].rstrip() + "…", size, weight, spacing) <= most
            low, high = (middle, high) if fits else (low, middle - 1)
        return line[:low].rstrip() + "…"

    def wrapped(self, text: str, size: float, most: float, weight: Weight = "regular") -> list[str]:
        """The lines of a text that is `most` points wide; what was written on lines of its own stays so."""
        lines = []
        for paragraph in self.shown("\n".join(text.splitlines())).split("\n"):
            lines += list(self._wrap(paragraph, size, most, weight))
        return lines

    def _wrap(self, paragraph: str, size: float, most: float, weight: Weight) -> Iterator[str]:
        blank, line, used = self.width(" ", size, weight), "", 0.0
        for word in paragraph.split(" "):
            wide = self.width(word, size, weight)
            if line and used + blank + wide > most:
                yield line
                line, used = "", 0.0
            if wide > most:
                *whole, word = self._pieces(word, size, most, weight)
                yield from whole
                wide = self.width(word, size, weight)
            line, used = (f"{line} {word}", used + blank + wide) if line else (word, wide)
        yield line

    def _pieces(self, word: str, size: float, most: float, weight: Weight) -> list[str]:
        """A word that is too long for a line, cut where each line ends."""
        found, start, wide = [], 0, 0.0
        for place, sign in enumerate(word):
            more = self.width(sign, size, weight)
            if wide + more > most and place > start:
                found.append(word[start:place])
                start, wide = place, 0.0
            wide += more
        return [*found, word[start:]]

    # --- shapes

    def box(
        self, x: float, top: float, wide: float, high: float, *, fill: str = "", edge: str = "", round: float = 0.0
    ) -> None:
        self._ink(fill, edge)
        radius = min(round, wide / 2, high / 2)
        self.canvas.roundRect(
            x, self.high - top - high, wide, high, radius, stroke=int(bool(edge)), fill=int(bool(fill))
        )

    def disc(self, x: float, y: float, radius: float, *, fill: str = "", edge: str = "", thick: float = 0.8) -> None:
        self._ink(fill, edge, thick)
        self.canvas.circle(x, self.high - y, radius, stroke=int(bool(edge)), fill=int(bool(fill)))

    def shape(self, points: list[tuple[float, float]], fill: str) -> None:
        self._ink(fill, "")
        self.canvas.drawPath(self._path(points, close=True), stroke=0, fill=1)

    def stroke(
        self, points: list[tuple[float, float]], colour: str, thick: float = 0.8, *, dashed: bool = False
    ) -> None:
        self._ink("", colour, thick)
        self.canvas.setLineCap(1)
        self.canvas.setLineJoin(1)
        self.canvas.setDash([0.1, 3] if dashed else [])
        self.canvas.drawPath(self._path(points, close=False), stroke=1, fill=0)
        self.canvas.setDash([])

    def _path(self, points: list[tuple[float, float]], *, close: bool) -> Any:
        path = self.canvas.beginPath()
        path.moveTo(points[0][0], self.high - points[0][1])
        for x, y in points[1:]:
            path.lineTo(x, self.high - y)
        if close:
            path.close()
        return path

    def _ink(self, fill: str, edge: str, thick: float = 0.8) -> None:
        if fill:
            self.canvas.setFillColor(HexColor(COLOURS[fill]))
        if edge:
            self.canvas.setStrokeColor(HexColor(COLOURS[edge]))
            self.canvas.setLineWidth(thick)
