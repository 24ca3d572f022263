"""The rules over all hours, zones, choices and limits: nothing more than is allowed, whatever is chosen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.nudges.rules.detecting import Person, Place, Sent, choose
from core.nudges.rules.limits import (
    HOURLY,
    KINDS,
    PAIR_COOLDOWN,
    Chosen,
    Hours,
    Limits,
    allowed,
    day_begins,
    is_quiet,
    next_time,
    rescue_window,
    room_left,
)

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo")
ODD_DAYS = (datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2026, 3, 8), datetime(2026, 11, 1))

minutes = st.integers(0, 1439)
moments = st.builds(
    lambda day, at: (day + timedelta(minutes=at)).replace(tzinfo=UTC),
    st.sampled_from(ODD_DAYS) | st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),
    st.integers(-1440, 2 * 1440),
)
zones = st.sampled_from(ZONES).map(ZoneInfo)
switches = st.dictionaries(st.sampled_from(KINDS), st.booleans())
choices = st.builds(
    Chosen,
    app=switches,
    mail=switches,
    quiet=st.none() | st.booleans(),
    quiet_from=st.none() | minutes,
    quiet_to=st.none() | minutes,
    daily_cap=st.none() | st.integers(0, 10),
)
limits = st.builds(
    Limits,
    kinds_off=st.frozensets(st.sampled_from(KINDS)),
    mail=st.none() | st.booleans(),
    quiet_from=st.none() | minutes,
    quiet_to=st.none() | minutes,
    daily_cap=st.none() | st.integers(0, 10),
)
bands = st.sampled_from(("child", "teen", "adult"))


@pytest.mark.req("ND-5", "ND-10")
@settings(max_examples=50)
@given(choices, limits, bands)
def test_a_limit_only_takes_away(chosen: Chosen, limit: Limits, band: str) -> None:
    free, bound = allowed(chosen, Limits(), band), allowed(chosen, limit, band)  # type: ignore[arg-type]
    assert bound.app <= free.app
    assert bound.daily_cap <= free.daily_cap
    assert set(free.quiet) <= set(bound.quiet)
    if not (band == "child" and limit.mail):
        assert bound.mail <= free.mail
    assert not (bound.app | bound.mail) & limit.kinds_off


@pytest.mark.req("ND-10")
def test_minors_hear_nothing_outside_the_app_unless_somebody_says_so() -> None:
    everything = dict.fromkeys(KINDS, True)
    assert allowed(Chosen(), Limits(), "adult").mail == set(KINDS)
    assert not allowed(Chosen(), Limits(), "teen").mail
    assert allowed(Chosen(mail=everything), Limits(), "teen").mail == set(KINDS)
    assert not allowed(Chosen(mail=everything), Limits(), "child").mail, "a child's way out is a parent's to open"
    assert allowed(Chosen(mail=everything), Limits(mail=True), "child").mail == set(KINDS)
    assert not allowed(Chosen(mail=everything), Limits(mail=False), "teen").mail
    assert not allowed(Chosen(), Limits(), "adult", reachable=False).mail


@pytest.mark.req("ND-5")
@settings(max_examples=50)
@given(minutes, minutes, zones, moments)
def test_quiet_is_what_the_clock_on_the_wall_says(start: int, end: int, zone: ZoneInfo, now: datetime) -> None:
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    inside = start <= minute < end if start <= end else not end <= minute < start
    assert is_quiet([Hours(start, end)], zone, now) is inside


@pytest.mark.req("ND-5")
@pytest.mark.parametrize(("day", "hours"), [((3, 29), 9), ((10, 25), 11), ((6, 1), 10)])
def test_a_night_of_quiet_is_longer_or_shorter_when_the_clocks_change(day: tuple[int, int], hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    evening = (datetime(2026, *day) - timedelta(hours=4)).replace(tzinfo=zone).astimezone(UTC)
    quiet = [Hours(21 * 60, 7 * 60)]
    counted = sum(is_quiet(quiet, zone, evening + timedelta(minutes=at)) for at in range(16 * 60))
    assert counted == hours * 60


@pytest.mark.req("ND-5")
@settings(max_examples=50)
@given(zones, moments, st.lists(st.integers(0, 60 * 30), max_size=12), st.integers(0, 10))
def test_room_is_never_more_than_the_day_and_the_hour_leave(
    zone: ZoneInfo, now: datetime, ages: list[int], cap: int
) -> None:
    sent = [now - timedelta(minutes=age) for age in ages]
    room = room_left(sent, zone, now, cap)
    today = sum(at >= day_begins(zone, now) for at in sent)
    assert 0 <= room <= 1
    assert not room or today + room <= cap
    assert not room or not any(at > now - HOURLY for at in sent)


@settings(max_examples=50)
@given(zones, moments, minutes)
def test_the_next_time_of_day_comes_within_a_day_or_so(zone: ZoneInfo, now: datetime, minute: int) -> None:
    at = next_time(zone, now, minute)
    assert now < at <= now + timedelta(hours=26)


@pytest.mark.req("ND-14")
@settings(max_examples=50)
@given(zones, moments, minutes, minutes)
def test_a_reminder_has_its_time_before_it_gets_quiet(zone: ZoneInfo, now: datetime, start: int, end: int) -> None:
    ends, quiet = day_begins(zone, now) + timedelta(days=1), [Hours(start, end)]
    begin = rescue_window(ends, zone, quiet, timedelta(hours=3))
    assert begin <= ends - timedelta(hours=3)
    wakes = [at for at in range(0, 20 * 60, 15) if not is_quiet(quiet, zone, ends - timedelta(hours=3, minutes=at))]
    assert not wakes or not is_quiet(quiet, zone, begin)


IDS = [UUID(int=n + 1) for n in range(6)]
people = st.fixed_dictionaries(
    {
        id: st.builds(
            Person,
            id=st.just(id),
            audience=st.sampled_from(("public", "cohort", "nobody")),
            cohort_id=st.sampled_from((None, UUID(int=99), UUID(int=98))),
            offline=st.booleans(),
            band=bands,
            zone=zones,
            allowed=st.builds(allowed, choices, limits, bands),
        )
        for id in IDS
    }
)
places = st.dictionaries(
    st.sampled_from(IDS),
    st.builds(
        Place, st.none() | st.sampled_from(("math", "piano")), st.none() | st.just("algebra"), busy=st.booleans()
    ),
)
history = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS), st.integers(0, 26 * 60)), max_size=8)
pairs = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=30, unique=True)


@pytest.mark.req("ND-2", "ND-3", "ND-4", "ND-5", "ND-13")
@settings(max_examples=50)
@given(people, places, pairs, moments, history)
def test_whatever_is_there_nobody_hears_of_whom_they_may_not_or_too_often(
    who: dict[UUID, Person],
    where: dict[UUID, Place],
    friends: list[tuple[UUID, UUID]],
    now: datetime,
    ages: list[tuple[UUID, UUID, int]],
) -> None:
    sent = [Sent(one, other, "friend_online", "pending", now - timedelta(minutes=age)) for one, other, age in ages]
    found = choose(now, friends, who, where, sent)
    for one in found:
        sender, recipient = who[one.sender_id], who[one.recipient_id]
        assert (one.sender_id, one.recipient_id) in friends
        assert one.sender_id != one.recipient_id
        assert not sender.offline
        assert "nobody" not in (sender.audience, recipient.audience)
        assert sender.audience == recipient.audience == "public" or sender.cohort_id == recipient.cohort_id is not None
        assert one.sender_id in where
        assert not is_quiet(recipient.allowed.quiet, recipient.zone, now)
        assert "friend_online" in (recipient.allowed.app if one.way == "live" else recipient.allowed.mail)
        assert (one.way == "live") is (one.recipient_id in where)
        assert recipient.id not in where or not where[recipient.id].busy
        mine = [n for n in sent if n.recipient_id == one.recipient_id]
        assert not any(n.sender_id == one.sender_id and n.at > now - PAIR_COOLDOWN for n in mine)
        assert room_left((n.at for n in mine), recipient.zone, now, recipient.allowed.daily_cap) > 0
    assert len({one.recipient_id for one in found}) == len(found)
