"""An App that gives badges and keeps streaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, rewards="on")
