"""How nudges reach people here: what the deployment's settings say, read once and refused clearly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.errors import SettingsError
from core.nudges.rules.detecting import DEFAULT_WAYS, STATES, WAYS, State, Way

NAME = "TANDEM_NUDGE_WAYS"


@dataclass(frozen=True, slots=True)
class Policy:
    """By which way a friend's practising reaches somebody, by what they do."""

    ways: Mapping[State, Way]
    posted: bool = False
    """Whether what leaves the app goes to a service that knows the addresses itself."""


PLAIN = Policy(DEFAULT_WAYS)


def read_ways(given: Iterable[str]) -> dict[State, Way]:
    """Settings such as `offline=none`, each in the place of a default."""
    ways = dict(DEFAULT_WAYS)
    for part in given:
        name, _, value = (word.strip() for word in part.partition("="))
        state = next((one for one in STATES if one == name), None)
        way = next((one for one in WAYS if one == value), None)
        if state is None or way is None:
            raise SettingsError(
                f"{NAME} holds {part!r}: it takes {', '.join(STATES)}, each with = and one of {', '.join(WAYS)}."
            )
        ways[state] = way
    return ways
