"""Who a topic is for, by a name that the registry uses: each says why somebody is not among them, or nothing.

The first line of each is what the integrators' page tells of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.content import boards, subjects
from core.ids import parse_id
from core.principal import Principal


def _anyone(principal: Principal, params: Mapping[str, str]) -> str:
    """Whoever holds the scope."""
    return ""


def _owner(principal: Principal, params: Mapping[str, str]) -> str:
    """Nobody but that person."""
    return "" if parse_id(params.get("user_id")) == principal.id else "not_yours"


def _member(principal: Principal, params: Mapping[str, str]) -> str:
    """Members of that cohort."""
    wanted = parse_id(params.get("cohort_id"))
    return "" if wanted is not None and wanted == principal.cohort_id else "not_in_cohort"


def _grouped(principal: Principal, params: Mapping[str, str]) -> str:
    """Whoever is in a cohort."""
    return "" if principal.cohort_id is not None else "not_in_cohort"


def _subject(principal: Principal, params: Mapping[str, str]) -> str:
    """Whoever holds the scope, if there is such a subject."""
    # A made-up one would be a topic with a state of its own to keep.
    return "" if params.get("subject_id", "") in subjects() else "unknown_subject"


def _seated(principal: Principal, params: Mapping[str, str]) -> str:
    """Those who practise in it: its state knows them."""
    return "" if parse_id(params.get("session_id")) is not None else "not_yours"


def _somebody(principal: Principal, params: Mapping[str, str]) -> str:
    """Whoever holds the scope, unless a block stands between them and that person."""
    # On the other side of a block they are as unknown as somebody who does not exist.
    wanted = parse_id(params.get("user_id"))
    return "" if wanted is not None and wanted not in principal.hidden else "unknown_person"


def _participant(principal: Principal, params: Mapping[str, str]) -> str:
    """Whoever is in that workshop."""
    wanted = parse_id(params.get("workshop_id"))
    return "" if wanted is not None and wanted == principal.workshop_id else "not_in_workshop"


def _board(principal: Principal, params: Mapping[str, str]) -> str:
    """Whoever holds the scope, if there is such a board."""
    return "" if params.get("board_id", "") in boards() else "unknown_board"


def _board_of_cohort(principal: Principal, params: Mapping[str, str]) -> str:
    """Members of that cohort, if there is such a board."""
    return _member(principal, params) or _board(principal, params)


def _board_of_own(principal: Principal, params: Mapping[str, str]) -> str:
    """Whoever is in a cohort, if there is such a board."""
    return _grouped(principal, params) or _board(principal, params)


def _subject_of_cohort(principal: Principal, params: Mapping[str, str]) -> str:
    """Members of that cohort, if there is such a subject."""
    return _member(principal, params) or _subject(principal, params)


RULES: dict[str, Callable[[Principal, Mapping[str, str]], str]] = {
    "anyone": _anyone,
    "owner": _owner,
    "member": _member,
    "grouped": _grouped,
    "subject": _subject,
    "somebody": _somebody,
    "participant": _participant,
    "board": _board,
    "board_of_cohort": _board_of_cohort,
    "board_of_own": _board_of_own,
    "seated": _seated,
    "subject_of_cohort": _subject_of_cohort,
}
