"""The small drawings that exports share: the mark, the lights, the scales' pictures, and scores on their axis."""

from __future__ import annotations

from collections import Counter

from core.workshop.export import words
from core.workshop.export.paper import Paper
from core.workshop.report import QuestionLine, Scale
from core.workshop.scales import Light

TONES: dict[Light, str] = {"green": "good", "amber": "warn", "red": "bad"}


def mark(paper: Paper, x: float, y: float, radius: float = 6.0) -> None:
    """The product's sign: two rounds that overlap."""
    paper.disc(x + radius, y, radius, fill="accent")
    paper.disc(x + radius * 2.15, y, radius, fill="sun")
    paper.canvas.saveState()
    path = paper.canvas.beginPath()
    path.circle(x + radius * 2.15, paper.high - y, radius)
    paper.canvas.clipPath(path, stroke=0, fill=0)
    paper.disc(x + radius, y, radius, fill="white")
    paper.canvas.restoreState()


def light(paper: Paper, x: float, y: float, size: float, found: Light) -> None:
    """A light by its shape: a round with a tick, a triangle with a call, a square with a bar. `y` is its middle."""
    fill, half, cx = f"{TONES[found]}-fill", size / 2, x + size / 2
    if found == "green":
        paper.disc(cx, y, half, fill=fill)
        tick = [
            (cx - 0.22 * size, y + 0.02 * size),
            (cx - 0.06 * size, y + 0.18 * size),
            (cx + 0.24 * size, y - 0.16 * size),
        ]
        paper.stroke(tick, "white", size * 0.13)
    elif found == "amber":
        paper.shape([(cx, y - half), (x + size * 1.04, y + half * 0.9), (x - size * 0.04, y + half * 0.9)], fill)
        paper.stroke([(cx, y - 0.14 * size), (cx, y + 0.1 * size)], "white", size * 0.12)
        paper.disc(cx, y + 0.28 * size, size * 0.07, fill="white")
    else:
        paper.box(x, y - half, size, size, fill=fill, round=size * 0.22)
        paper.stroke([(cx - 0.22 * size, y), (cx + 0.22 * size, y)], "white", size * 0.14)


def told_light(paper: Paper, x: float, base: float, size: float, line: QuestionLine) -> float:
    """A question's light, shape and words; where it ends."""
    if line.light is None:
        return x + paper.text(x, base, words.light(line), size, colour="muted")
    light(paper, x, base - size * 0.36, size * 1.12, line.light)
    start = x + size * 1.6
    return start + paper.text(start, base, words.LIGHTS[line.light], size, weight="semibold", colour=TONES[line.light])


def pill(paper: Paper, right: float, base: float, size: float, text: str) -> None:
    """A small label that ends at `right`, with two arrows apart."""
    wide = paper.width(text, size, "semibold") + size * 2.7
    left, y = right - wide, base - size * 0.36
    paper.box(left, y - size * 0.85, wide, size * 1.7, fill="accent-weak", round=size * 0.6)
    apart(paper, left + size * 0.55, y, size * 1.1)
    paper.text(left + size * 2.1, base, text, size, weight="semibold")


def apart(paper: Paper, x: float, y: float, wide: float, colour: str = "accent") -> None:
    tip = wide * 0.26
    paper.stroke([(x, y), (x + wide, y)], colour, wide * 0.11)
    paper.stroke([(x + tip, y - tip), (x, y), (x + tip, y + tip)], colour, wide * 0.11)
    paper.stroke([(x + wide - tip, y - tip), (x + wide, y), (x + wide - tip, y + tip)], colour, wide * 0.11)


def picture(paper: Paper, x: float, y: float, size: float, name: str) -> None:
    """What stands for a kind of scale: a beam on its point, a wedge, or steps. `y` is its foot."""
    high = size * 0.7
    if name == "beam":
        paper.stroke([(x, y - high * 0.7), (x + size, y - high * 0.7)], "accent", 1.2)
        paper.shape([(x + size / 2, y - high * 0.7), (x + size * 0.72, y), (x + size * 0.28, y)], "accent")
    elif name == "wedge":
        paper.shape([(x, y), (x + size, y), (x + size, y - high)], "accent")
    else:
        for step in range(3):
            tall = high * (step + 1) / 3
            paper.box(x + size * step / 3, y - tall, size * 0.28, tall, fill="accent")


class Axis:
    """A scale drawn from left to right."""

    def __init__(self, paper: Paper, scale: Scale, x: float, wide: float, y: float) -> None:
        self.paper, self.scale, self.left, self.wide, self.y = paper, scale, x, wide, y
        self.step = wide / (scale.maximum - scale.minimum + 1)

    def at(self, value: float) -> float:
        return self.left + (value - self.scale.minimum + 0.5) * self.step

    def draw(self, figures: float = 0.0) -> None:
        """The line, the best as a triangle below it, and the values where there is room to read them."""
        ends = [(self.left, self.y), (self.left + self.wide, self.y)]
        self.paper.stroke(ends, "line-strong", 0.9)
        best, size = self.at(self.scale.best), 3.0 if not figures else 3.6
        self.paper.shape(
            [(best, self.y + 1.8), (best + size, self.y + 1.8 + size * 1.5), (best - size, self.y + 1.8 + size * 1.5)],
            "good-fill",
        )
        if figures:
            for value in range(self.scale.minimum, self.scale.maximum + 1):
                text, tone = words.value(value, self.scale), "good" if value == self.scale.best else "muted"
                self.paper.text(self.at(value), self.y + 11 + figures, text, figures, align="centre", colour=tone)

    def dots(self, values: list[int], high: float, most: float) -> None:
        """A dot for each score, stacked; as large as the highest stack allows."""
        counted = Counter(values)
        tallest = max(counted.values(), default=1)
        radius = min(most, self.step * 0.46, high / tallest / 2.12)
        for value, count in counted.items():
            for place in range(count):
                self.paper.disc(self.at(value), self.y - 2.2 - radius * (1 + 2.12 * place), radius, fill="accent")

    def group(self, average: float, spread: float, high: float) -> None:
        """Where the group stands without its single scores: a band as wide as the spread, the average on it."""
        low = max(self.at(average - spread), self.left)
        up = min(self.at(average + spread), self.left + self.wide)
        thick = min(high * 0.3, 13.0)
        middle = self.y - min(high * 0.45, 19.0)
        if up - low > 1:
            self.paper.box(low, middle - thick / 2, up - low, thick, fill="soft", round=thick / 2)
        diamond(self.paper, self.at(average), middle, thick * 0.62)


def diamond(paper: Paper, x: float, y: float, half: float) -> None:
    paper.shape([(x, y - half), (x + half, y), (x, y + half), (x - half, y)], "accent")
