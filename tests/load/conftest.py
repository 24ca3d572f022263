"""Measurements take longer than tests may; they have a bound of their own."""

from __future__ import annotations

import faulthandler
import os

import pytest

LONGEST = 1800 + float(os.environ.get("SECONDS", "0"))


@pytest.fixture(autouse=True)
def patience() -> None:
    """Put the end that every test is held to further away."""
    faulthandler.dump_traceback_later(LONGEST, exit=True)
