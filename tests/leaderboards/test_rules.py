"""The rules of boards, without a database: ranks, days and weeks, what results are worth, and what is doubted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.content import boards, hundredths, most_points, points_for, subjects
from core.leaderboards.rules import (
    PERIODS,
    SESSIONS,
    Recent,
    day_of,
    doubt,
    ends_at,
    ranks,
    starts_at,
    value_of,
    velocity,
    week_of,
)

ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/Havana", "Africa/Cairo", "Asia/Kathmandu")]
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


@pytest.mark.req("LB-3", "BG-24")
@given(st.lists(st.integers(0, 8), max_size=30))
def test_a_rank_is_one_more_than_those_ahead(scores: list[int]) -> None:
    scores.sort(reverse=True)
    assert ranks(scores) == [1 + sum(other > score for other in scores) for score in scores]


@pytest.mark.req("LB-3")
def test_equal_scores_share_a_rank() -> None:
    assert ranks([9, 7, 7, 5]) == [1, 2, 2, 4]


@pytest.mark.req("LB-2")
@given(MOMENTS, st.sampled_from(ZONES))
def test_a_moment_lies_in_its_day_and_week(at: datetime, zone: ZoneInfo) -> None:
    day = day_of(at, zone)
    end = ends_at("daily", day, zone)
    assert end is not None
    assert starts_at(day, zone) <= at < end
    assert end - starts_at(day, zone) in (timedelta(hours=23), timedelta(hours=24), timedelta(hours=25))
    week = week_of(day)
    over = ends_at("weekly", week, zone)
    assert over is not None
    assert week.weekday() == 0
    assert starts_at(week, zone) <= at < over
    assert ends_at("all_time", day, zone) is None


@pytest.mark.req("LB-2")
@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Africa/Cairo", date(2026, 4, 24), 23),
        ("America/Havana", date(2026, 11, 1), 25),
    ],
)
def test_days_of_other_lengths(zone: str, day: date, hours: int) -> None:
    place = ZoneInfo(zone)
    end = ends_at("daily", day, place)
    assert end is not None
    assert end - starts_at(day, place) == timedelta(hours=hours)
    assert day_of(starts_at(day, place), place) == day
    assert day_of(starts_at(day, place) - timedelta(microseconds=1), place) == day - timedelta(days=1)


@given(st.integers(0, 200), st.integers(0, 10_000))
def test_points_are_the_share_of_the_most_there_are(most: int, score: int) -> None:
    points = points_for(most, score)
    assert 0 <= points <= most
    assert abs(points - most * score / 10_000) <= 0.5


@pytest.mark.req("LB-6", "BG-7")
def test_each_metric_takes_its_own_part_of_a_result() -> None:
    assert hundredths(99.995) == 10_000
    assert value_of("points", 28, 9_300, 4_150) == 28
    assert value_of("points", 0, 100, None) is None
    assert value_of("avg_score", 28, 9_300, None) == 9_300
    assert value_of("avg_wpm", 28, 9_300, 4_150) == 4_150
    assert value_of("avg_wpm", 28, 9_300, None) is None
    assert value_of("percentile", 28, 9_300, 1) is None


@pytest.mark.req("HUB-13")
@pytest.mark.parametrize(
    ("history", "speed"),
    [([], 0.0), ([4], 0.0), ([9, 7], 2.0), ([5, 6], -1.0), ([30, 9, 9, 8, 7, 6, 6], 0.6), ([6, 5, 4, 3, 2, 1], 1.0)],
)
def test_velocity_is_ranks_a_session_over_the_last_five(history: list[int], speed: float) -> None:
    assert velocity(history) == speed
    assert SESSIONS == 5


@pytest.mark.req("LB-14")
@pytest.mark.parametrize(
    ("given_result", "reason"),
    [
        ((9_000, 6_000, 120, 20), None),
        ((9_000, 22_001, 120, None), "implausible_speed"),
        ((10_000, None, 4, None), "too_fast"),
        ((10_000, None, 15, 20), "too_fast"),
        ((3_000, None, 4, 20), None),
        ((10_000, None, None, None), None),
    ],
)
def test_what_is_too_good_to_be_true(given_result: tuple[int, int | None, int | None, int | None], reason: str) -> None:
    assert doubt(*given_result, Recent()) == reason


@pytest.mark.req("LB-14")
def test_what_is_unlike_somebody_is_doubted() -> None:
    assert doubt(5_000, None, None, None, Recent(last_hour=40)) == "too_many"
    assert doubt(5_000, None, None, None, Recent(last_hour=39)) is None
    assert doubt(10_000, None, None, None, Recent(known=10, mean=2_500.0)) == "sudden_jump"
    assert doubt(10_000, None, None, None, Recent(known=9, mean=2_500.0)) is None
    assert doubt(10_000, None, None, None, Recent(known=20, mean=7_000.0)) is None


@pytest.mark.req("HUB-5", "HUB-10", "LB-6", "SC-6")
def test_the_catalogue_of_boards() -> None:
    assert list(PERIODS) == ["daily", "weekly", "all_time"]
    for subject in subjects():
        assert boards()[subject].metric == "points", "a subject's own board has its id"
        assert any(b.subject == subject and b.metric == "avg_score" for b in boards().values())
    of = boards()["overall"].of
    assert of == ("typing_wpm", "math_accuracy", "reading_comprehension", "piano_score")
    assert set(of) <= set(boards())
    assert set(most_points()) == {"practice_completed", "quiz_completed", "diagnostic_completed"}
    for subject in subjects():
        zones = {b.timezone for b in boards().values() if b.subject == subject}
        assert len(zones) == 1, "boards of one subject share their days"
