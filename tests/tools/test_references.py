"""The generated references are what the code would give."""

from __future__ import annotations

import pytest

from core.events.catalog import CATALOG
from core.settings import described
from tools.references import PAGES_MADE, behind, main


@pytest.mark.req("OPS-8", "RT-11")
def test_no_reference_is_behind_the_code() -> None:
    assert behind() == []
    assert main(["--check"]) == 0


def test_a_stale_reference_is_noticed(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    for name, make in PAGES_MADE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make())
    assert behind(folder) == []
    (folder / "docs/reference/events.md").write_text("something else")
    (folder / ".env.example").unlink()
    assert behind(folder) == [".env.example", "docs/reference/events.md"]


def test_every_setting_and_every_event_is_in_its_reference() -> None:
    settings, events = PAGES_MADE["docs/reference/settings.md"](), PAGES_MADE["docs/reference/events.md"]()
    for name, *_ in described():
        assert f"`{name}`" in settings
    for name in CATALOG:
        assert f"## `{name}`" in events
