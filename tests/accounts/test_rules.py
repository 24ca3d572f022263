"""Ages, audiences and avatars: what follows from what is known of somebody."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from core.accounts.rules import (
    ANIMALS,
    GROUNDS,
    Band,
    age_on,
    audience_of,
    avatar_of,
    avatar_url,
    band_of,
    born_by,
    is_text,
)

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
MINORS: tuple[Band, ...] = ("child", "teen")


def anniversary(born: date, years: int) -> date:
    """Who was born on a leap day is a year older on the first of March."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


@pytest.mark.req("CP-2")
@given(DAYS, st.integers(0, 130), st.integers(0, 365))
@settings(deadline=None)
def test_an_age_lasts_from_one_anniversary_to_the_next(born: date, years: int, days: int) -> None:
    today = anniversary(born, years) + timedelta(days=days)
    assume(today < anniversary(born, years + 1))
    assert age_on(born, today) == years


@pytest.mark.req("CP-2")
@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        (date(2013, 3, 2), date(2026, 3, 1), 12),
        (date(2013, 3, 2), date(2026, 3, 2), 13),
        (date(2012, 2, 29), date(2025, 2, 28), 12),
        (date(2012, 2, 29), date(2025, 3, 1), 13),
        (date(2012, 2, 29), date(2024, 2, 28), 11),
        (date(2012, 2, 29), date(2024, 2, 29), 12),
        (date(2013, 12, 31), date(2026, 1, 1), 12),
        (date(2026, 3, 2), date(2026, 3, 2), 0),
    ],
)
def test_birthdays_and_leap_days(born: date, today: date, age: int) -> None:
    assert age_on(born, today) == age


@pytest.mark.req("CP-2")
@given(DAYS, st.integers(0, 100), DAYS)
@example(date(2012, 2, 29), 13, date(2025, 2, 28))
@example(date(2011, 3, 1), 13, date(2024, 2, 29))
@settings(deadline=None)
def test_the_latest_birth_date_of_an_age_parts_the_older_from_the_younger(born: date, age: int, today: date) -> None:
    assume(today.year - age >= 1)
    assert (born <= born_by(age, today)) == (age_on(born, today) >= age)


@pytest.mark.req("CP-2")
@given(DAYS, DAYS)
@settings(deadline=None)
def test_the_birth_date_decides_the_band_whatever_band_was_told(born: date, today: date) -> None:
    age = age_on(born, today)
    expected = "child" if age < 13 else "teen" if age < 18 else "adult"
    assert {band_of(born, told, today) for told in (None, "", "under_13", "18_plus", "unknown")} == {expected}


@pytest.mark.req("CP-2")
@pytest.mark.parametrize(
    ("told", "band"),
    [
        (None, "child"),
        ("", "child"),
        ("unknown", "child"),
        ("grown-up", "child"),
        ("under_13", "child"),
        ("13_17", "teen"),
        ("18_plus", "adult"),
    ],
)
def test_an_unknown_age_is_a_childs(told: str | None, band: Band) -> None:
    assert band_of(None, told, date(2026, 3, 2)) == band


OTHER_SCOPES = {"collection", "sharing_outside", "audio_transcripts", "third_party_disclosure"}


@pytest.mark.req("CP-5", "CP-12", "AF-6")
@pytest.mark.parametrize(
    ("band", "given_scopes", "refused", "audience"),
    [
        ("child", set(), set(), "nobody"),
        ("child", OTHER_SCOPES, set(), "nobody"),
        ("child", {"social_visibility"}, set(), "cohort"),
        ("child", set(), {"social_visibility"}, "nobody"),
        ("teen", set(), set(), "cohort"),
        ("teen", {"social_visibility"}, set(), "cohort"),
        ("teen", OTHER_SCOPES, {"social_visibility"}, "nobody"),
        ("teen", set(), OTHER_SCOPES, "cohort"),
        ("adult", set(), set(), "public"),
        ("adult", set(), {"social_visibility"}, "public"),
    ],
)
def test_who_may_see_somebody(band: Band, given_scopes: set[str], refused: set[str], audience: str) -> None:
    assert audience_of(band, given_scopes, refused) == audience


HOSTILE = (
    "<script>alert(1)</script>",
    "<img/src=x/onerror=alert(1)>",
    "'; DROP TABLE users; --",
    "{{7*7}}${7*7}",
    "\u202egnp.exe",
    "%s%n%x",
    "Robert\\u0027",
)


@pytest.mark.req("CP-12")
@given(st.uuids(), st.sampled_from((*MINORS, "adult")), st.sampled_from(("student", "parent", "tutor", "admin")))
def test_minors_and_learners_have_an_avatar_of_the_set(user_id: UUID, band: Band, role: str) -> None:
    avatar = avatar_of(user_id, band, role)
    if band == "adult" and role != "student":
        assert (avatar, avatar_url(avatar)) == ("initial", "")
        return
    animal, _, ground = avatar.partition("-")
    assert animal in ANIMALS
    assert 1 <= int(ground) <= GROUNDS
    assert avatar_url(avatar) == f"/assets/avatars/{avatar}.svg"
    assert avatar_of(user_id, band, role) == avatar


@pytest.mark.req("CP-12")
def test_every_avatar_of_the_set_is_drawn() -> None:
    folder = Path(__file__).parents[2] / "dashboards" / "static" / "avatars"
    drawn = {path.stem for path in folder.glob("*.svg")}
    assert {avatar_of(UUID(int=n), "child", "student") for n in range(len(ANIMALS) * GROUNDS)} <= drawn


def test_what_no_database_can_hold_is_told_from_text() -> None:
    assert all(is_text(text) for text in (*HOSTILE, "", "Ünïcödé", "👩‍🚀", "\ufffe"))
    assert not any(is_text(text) for text in ("a\0b", "\ud800", "x\udfff"))
