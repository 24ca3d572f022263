"""Scales as strategies: what a score may be, which light it gets, where its best is, what a pattern of scores means.

A template names a scale by its id and gives its bounds; everything else asks the strategy. Nothing outside this module
knows how many scales there are or what they are called, so a new one is a class here and a line in `SCALES`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

Light = Literal["green", "amber", "red"]

PATTERNS = ("spread", "clustered", "leaning_low", "leaning_high", "low", "high", "general")
"""Every pattern that scores can make; each scale knows some of them."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A question's scale as the template gives it."""

    low: int
    high: int
    best: int

    @property
    def width(self) -> int:
        return self.high - self.low


class Scale(ABC):
    id: ClassVar[str]
    patterns: ClassVar[tuple[str, ...]]
    """The patterns that can be made on it: a template has prompts for each of them."""
    picture: ClassVar[str]
    """The small pictogram that stands for it: `beam`, `wedge` or `steps`."""
    signed: ClassVar[bool] = False
    """Whether a value above zero is written with a plus."""

    def problem(self, bounds: Bounds) -> str:
        """What is wrong with a template's bounds and what would be right; empty when nothing is."""
        if bounds.low >= bounds.high:
            return f"scale_min must be below scale_max, not {bounds.low} and {bounds.high}"
        if bounds.width > 20:
            return "a scale of more than 21 values cannot be chosen from at a glance: 20 steps at most"
        return self._problem(bounds)

    @abstractmethod
    def _problem(self, bounds: Bounds) -> str: ...

    def fits(self, value: object, bounds: Bounds) -> bool:
        """Whether this is a score: a whole number within the bounds, and nothing that only looks like one."""
        return type(value) is int and bounds.low <= value <= bounds.high

    @abstractmethod
    def light(self, value: int, bounds: Bounds) -> Light:
        """The light of one person's score."""

    @abstractmethod
    def average_light(self, average: float, bounds: Bounds) -> Light:
        """The light of an average, as it is shown with one decimal."""

    @abstractmethod
    def side(self, value: int, bounds: Bounds) -> int:
        """On which side of the conversation a score stands: -1, 0 or 1."""

    @abstractmethod
    def lean(self, average: float, bounds: Bounds) -> str:
        """The pattern of scores that lie together around this average."""

    def distance(self, average: float, bounds: Bounds) -> float:
        """How far an average is from the best, as a share of the farthest that one can be."""
        farthest = max(bounds.best - bounds.low, bounds.high - bounds.best)
        return abs(average - bounds.best) / farthest


class BalanceScale(Scale):
    """Too little and too much both harm: the best lies in the middle."""

    id = "balance"
    patterns = ("spread", "clustered", "leaning_low", "leaning_high", "general")
    picture = "beam"
    signed = True

    def _problem(self, bounds: Bounds) -> str:
        if bounds.best - bounds.low != bounds.high - bounds.best:
            return f"optimal_value must lie half-way between scale_min and scale_max, not at {bounds.best}"
        return ""

    def light(self, value: int, bounds: Bounds) -> Light:
        off = _fifths(abs(value - bounds.best), bounds.best - bounds.low)
        return "green" if off <= 1 else "amber" if off <= 3 else "red"

    def average_light(self, average: float, bounds: Bounds) -> Light:
        off = _fifths(abs(average - bounds.best), bounds.best - bounds.low)
        return "green" if off <= 1.5 else "amber" if off <= 3.5 else "red"

    def side(self, value: int, bounds: Bounds) -> int:
        return (value > bounds.best) - (value < bounds.best)

    def lean(self, average: float, bounds: Bounds) -> str:
        if self.average_light(average, bounds) == "green":
            return "clustered"
        return "leaning_low" if average < bounds.best else "leaning_high"


class MaximalScale(Scale):
    """The more the better: the best is the upper end."""

    id = "maximal"
    patterns = ("spread", "clustered", "low", "high", "general")
    picture = "wedge"

    def _problem(self, bounds: Bounds) -> str:
        if bounds.best != bounds.high:
            return f"optimal_value must be scale_max ({bounds.high}), not {bounds.best}"
        return ""

    def light(self, value: int, bounds: Bounds) -> Light:
        height = _tenths(value, bounds)
        return "green" if height >= 7 else "amber" if height >= 4 else "red"

    def average_light(self, average: float, bounds: Bounds) -> Light:
        height = _tenths(average, bounds)
        return "green" if height >= 6.5 else "amber" if height >= 3.5 else "red"

    def side(self, value: int, bounds: Bounds) -> int:
        return {"green": 1, "amber": 0, "red": -1}[self.light(value, bounds)]

    def lean(self, average: float, bounds: Bounds) -> str:
        return {"green": "high", "amber": "clustered", "red": "low"}[self.average_light(average, bounds)]


class StepScale(MaximalScale):
    """A few steps with words of their own: the upper two thirds of the way are needed before all is well."""

    id = "steps"
    picture = "steps"

    def _problem(self, bounds: Bounds) -> str:
        if not 2 <= bounds.width <= 6:
            return f"between 3 and 7 steps, not {bounds.width + 1}"
        return super()._problem(bounds)

    def light(self, value: int, bounds: Bounds) -> Light:
        share = (value - bounds.low) / bounds.width
        return "green" if share >= 0.75 else "amber" if share >= 0.5 else "red"

    def average_light(self, average: float, bounds: Bounds) -> Light:
        share = (average - bounds.low) / bounds.width
        return "green" if share >= 0.625 else "amber" if share >= 0.375 else "red"


def _fifths(off: float, half: int) -> float:
    """A distance from the middle, measured on a scale of five steps to each side."""
    return off * 5 / half


def _tenths(value: float, bounds: Bounds) -> float:
    """A height, measured on a scale of ten steps."""
    return (value - bounds.low) * 10 / bounds.width


SCALES: dict[str, Scale] = {scale.id: scale for scale in (BalanceScale(), MaximalScale(), StepScale())}


def scale(id: str) -> Scale:
    return SCALES[id]


PICTURE_WORDS = {
    "beam": "Balance, {best} is best",
    "wedge": "Rising, {best} is best",
    "steps": "Steps, {best} is best",
}
"""What the pictogram of a scale says, where there is no room for a picture."""
