"""Tasks for practising maths, made up from chance: each with its question and every way to write its answer. Pure.

The same chance gives the same tasks, so that two who practise together have the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random


@dataclass(frozen=True, slots=True)
class Task:
    ask: str
    answers: tuple[str, ...]
    """Every accepted way to write the answer; the first is the one that is shown."""


Maker = Callable[[Random, int], Task]


ENOUGH = 40
"""So often another task is looked for before one comes twice."""


def tasks(skill: str, level: int, count: int, chance: Random) -> list[Task]:
    """So many tasks of a skill, different ones where there are as many; harder with the level."""
    found: list[Task] = []
    for _ in range(count):
        task = MAKERS[skill](chance, level)
        for _ in range(ENOUGH):
            if task not in found:
                break
            task = MAKERS[skill](chance, level)
        found.append(task)
    return found


def _number(value: Fraction | int) -> tuple[str, ...]:
    """A number as it may be written: in lowest terms, and as a decimal where that ends soon."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return (str(exact.numerator),)
    ways = [f"{exact.numerator}/{exact.denominator}"]
    if (exact * 1000).denominator == 1:
        ways.append(f"{float(exact):g}")
    return tuple(ways)


def _times(factor: int, name: str = "x") -> str:
    return name if factor == 1 else f"{factor}{name}"


def _algebra(chance: Random, level: int) -> Task:
    x, a, b = chance.randint(2, 6 + 4 * level), chance.randint(2, 3 + 2 * level), chance.randint(1, 8 * level)
    if level == 1:
        return Task(f"x + {b} = {x + b}. What is x?", _number(x))
    if level == 2:
        return Task(f"{a}x + {b} = {a * x + b}. What is x?", _number(x))
    c = chance.randint(1, a - 1)
    return Task(f"{a}x + {b} = {_times(c)} + {b + (a - c) * x}. What is x?", _number(x))


def _geometry(chance: Random, level: int) -> Task:
    a, b = chance.randint(2, 6 + 3 * level), chance.randint(2, 6 + 3 * level)
    rectangle = f"A rectangle is {a} cm by {b} cm."
    if level == 1:
        around = Task(f"{rectangle} How many cm is the way round it?", _number(2 * (a + b)))
        return chance.choice([around, Task(f"{rectangle} What is its area in square cm?", _number(a * b))])
    if level == 2:
        triangle = f"A triangle has base {2 * a} cm and height {b} cm."
        first, second = chance.randint(30, 80), chance.randint(30, 80)
        angles = f"Two angles of a triangle are {first}° and {second}°. How many degrees is the third?"
        area = Task(f"{triangle} What is its area in square cm?", _number(a * b))
        return chance.choice([area, Task(angles, _number(180 - first - second))])
    p, q, r = chance.choice([(3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25)])
    times = chance.randint(1, 5)
    asked = f"A right triangle has short sides of {p * times} cm and {q * times} cm. How long is the long side?"
    return Task(asked, _number(r * times))


def _factoring(chance: Random, level: int) -> Task:
    p, q = chance.randint(1, 3 + 2 * level), chance.randint(1, 3 + 2 * level)
    if level == 1:
        a = chance.randint(2, 9)
        return Task(f"{a}x + {a * q} = {a}(x + ?)", _number(q))
    if level == 2:
        return Task(f"x² + {p + q}x + {p * q} = (x + {p})(x + ?)", _number(q))
    q += p  # the middle term keeps its sign
    return Task(f"x² + {_times(q - p)} − {p * q} = (x − {p})(x + ?)", _number(q))


def _fractions(chance: Random, level: int) -> Task:
    below = chance.choice([4, 6, 8, 10])
    a, b = Fraction(chance.randint(1, below - 1), below), Fraction(1, chance.choice([2, below]))
    if level == 1:
        return Task(f"{_text(a)} + {_text(b)} = ?", _number(a + b))
    c = Fraction(chance.randint(1, 5), chance.choice([3, 5, 7]))
    if level == 2:
        return Task(f"{_text(a)} + {_text(c)} = ?", _number(a + c))
    if chance.random() < 0.5:
        return Task(f"{_text(a)} × {_text(c)} = ?", _number(a * c))
    return Task(f"{_text(a)} ÷ {_text(c)} = ?", _number(a / c))


def _text(value: Fraction) -> str:
    return _number(value)[0]


def _statistics(chance: Random, level: int) -> Task:
    values = [chance.randint(1, 6 + 6 * level) for _ in range(3 + level)]
    shown = ", ".join(map(str, values))
    kind = chance.choice(["range", "median", "mean"] if level > 1 else ["range", "largest", "median"])
    if kind == "range":
        return Task(f"The range of {shown}?", _number(max(values) - min(values)))
    if kind == "largest":
        return Task(f"The largest of {shown}?", _number(max(values)))
    if kind == "mean":
        mean = Fraction(sum(values), len(values))
        return Task(f"The mean of {shown}? A fraction or a decimal will do.", _number(mean))
    order, half = sorted(values), len(values) // 2
    middle = Fraction(order[half]) if len(values) % 2 else Fraction(order[half - 1] + order[half], 2)
    return Task(f"The median of {shown}?", _number(middle))


MAKERS: dict[str, Maker] = {
    "algebra": _algebra,
    "geometry": _geometry,
    "factoring": _factoring,
    "fractions": _fractions,
    "statistics": _statistics,
}
