"""Due times: the same for everybody, one a period, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.triggers import After, Daily, Every, describe, latest_due, next_due

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe")
instants = st.datetimes(datetime(2024, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(ZONES).map(ZoneInfo)
triggers = st.one_of(
    st.integers(1, 90_000).map(Every),
    st.builds(Daily, st.times().map(lambda t: t.replace(microsecond=0)), st.none() | st.integers(0, 6)),
)


@settings(deadline=None)
@given(triggers, instants, zones)
def test_the_latest_and_the_next_due_time_enclose_the_present(
    trigger: Every | Daily, now: datetime, zone: ZoneInfo
) -> None:
    before, after = latest_due(trigger, now, zone), next_due(trigger, now, zone)
    assert before <= now < after
    assert latest_due(trigger, after, zone) == after
    assert latest_due(trigger, after - timedelta(microseconds=1), zone) == before
    assert next_due(trigger, before, zone) == after


@settings(max_examples=20, deadline=None)
@given(st.times().map(lambda t: t.replace(microsecond=0)), zones, st.integers(2024, 2028))
def test_a_daily_job_is_due_once_on_every_day_of_the_year(at: time, zone: ZoneInfo, year: int) -> None:
    start = datetime(year, 1, 1, tzinfo=zone).astimezone(UTC) - timedelta(microseconds=1)
    end = datetime(year + 1, 1, 1, tzinfo=zone).astimezone(UTC)
    due = []
    while (start := next_due(Daily(at), start, zone)) < end:
        due.append(start)
    days = (end - datetime(year, 1, 1, tzinfo=zone).astimezone(UTC)).days
    assert len(due) == days or zone.key != "UTC"
    # A day that the clocks shorten may push 02:30 to what reads 03:30, never off the day.
    assert len({instant.astimezone(zone).date() for instant in due}) == len(due)
    assert len(due) in (365, 366)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 12, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_an_hour_left_out_or_repeated_by_the_clocks(now: datetime, due: datetime) -> None:
    assert latest_due(Daily(time(2, 30)), now, ZoneInfo("Europe/Berlin")) == due


def test_a_weekly_job_keeps_its_weekday_in_its_zone() -> None:
    zone = ZoneInfo("Pacific/Kiritimati")
    due = next_due(Daily(time(18), weekday=6), datetime(2026, 3, 2, tzinfo=UTC), zone)
    assert due.astimezone(zone) == datetime(2026, 3, 8, 18, tzinfo=zone)


def test_schedules_read_well() -> None:
    triggers = (Every(60), Every(7200), Every(90), Daily(time(3, 10)), Daily(time(18), 6), After("export_log"))
    assert [describe(trigger) for trigger in triggers] == [
        "every minute",
        "every 2 hours",
        "every 90 seconds",
        "daily at 03:10",
        "on Sundays at 18:00",
        "after export log",
    ]
