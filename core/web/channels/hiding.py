"""Leaving out people on the other side of a block: for the few connections that have one. Pure."""

from __future__ import annotations

from typing import Any


def without(value: Any, hidden: frozenset[str]) -> Any:
    """A payload without what is keyed by, or listed about, any of these people; where only their id stands is null."""
    if isinstance(value, dict):
        return {key: without(inner, hidden) for key, inner in value.items() if key not in hidden}
    if isinstance(value, list):
        return [without(inner, hidden) for inner in value if not _about(inner, hidden)]
    return None if isinstance(value, str) and value in hidden else value


def _about(value: Any, hidden: frozenset[str]) -> bool:
    return value.get("user_id") in hidden if isinstance(value, dict) else isinstance(value, str) and value in hidden
