"""The plan: repeatable, however it is cut into ticks; lively; and nothing in it that a host could not send."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.accounts.rules import age_on, band_of
from core.activity.rules import Judged, judge
from core.content import subjects
from core.presence.rules import is_activity, is_status, is_subject
from jobs.community import COMMUNITY, community
from jobs.simulator_behaviours import BEHAVIOURS
from jobs.simulator_habits import attendance, score_of
from jobs.simulator_past import past_week
from jobs.simulator_plan import bearable, beginning, next_steps, resized
from jobs.simulator_scene import Arrive, Begin, Did, Finish, GiveUp, Leave, Scene, Step, Turn

SKILLS = {subject.id: subject.skills for subject in subjects().values()}
PEOPLE = {person.key: person for person in COMMUNITY}
HOUR = 3600.0
few = settings(max_examples=20, deadline=None)


MONDAY = datetime(2026, 3, 2, 16, tzinfo=UTC)


def scene(seed: str, begins: datetime = MONDAY, size: int = 24) -> Scene:
    return Scene(seed, community(size), SKILLS, begins)


def play(seed: str, ticks: list[float], **where: Any) -> list[Step]:
    place = scene(seed, **where)
    state, steps = beginning(place), []
    for moment in ticks:
        state, more = next_steps(place, state, moment)
        steps += more
    return steps


@few
@given(st.text(max_size=5), st.lists(st.floats(0, 2000), max_size=30))
def test_the_same_seed_gives_the_same_life_however_time_is_cut(seed: str, ticks: list[float]) -> None:
    def by_person(steps: list[Step]) -> dict[str, list[Step]]:
        found = defaultdict(list)
        for step in steps:
            found[step.who].append(step)
        return found

    once, often = play(seed, [2000.0]), play(seed, [*sorted(ticks), 2000.0])
    assert by_person(once) == by_person(often)
    assert [step.at for step in often] == sorted(step.at for step in often)


def test_another_seed_gives_another_life() -> None:
    assert play("a", [HOUR]) != play("b", [HOUR])


@few
@given(st.integers(0, 1000))
def test_people_come_before_they_act_and_only_learners_practise(seed: int) -> None:
    here: set[str] = set()
    for step in play(str(seed), [HOUR]):
        match step.act:
            case Arrive(subject):
                assert step.who not in here
                assert is_subject(subject)
                here.add(step.who)
            case Leave():
                here.remove(step.who)
            case Turn(status, activity):
                assert step.who in here
                assert is_status(status)
                assert is_activity(activity)
            case Did() | Begin() | Finish() | GiveUp():
                assert step.who in here
                assert PEOPLE[step.who].role == "student"


def test_what_they_do_would_be_taken_in_from_any_host() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    seen = Counter[str]()
    for step in play("all", [20 * HOUR]):
        if isinstance(step.act, Did):
            act = step.act
            item = {"id": "1", "type": act.type, "external_id": step.who, "subject": act.subject, "skill": act.skill}
            judged = judge(item | {"properties": act.properties}, now, SKILLS.keys())
            assert isinstance(judged, Judged), judged
            seen[act.type] += 1
    # Badges, levels, streaks and bests are earned by the ordinary rules alone.
    assert set(seen) == {"quiz_completed"}


@few
@given(st.integers(0, 1000))
def test_the_first_screen_is_alive_and_stays_so_at_whatever_hour(seed: int) -> None:
    steps = play(str(seed), [HOUR], begins=MONDAY + timedelta(hours=seed))
    arrived = [step for step in steps if isinstance(step.act, Arrive) and step.at <= 10]
    assert len(arrived) >= 5
    facts = [step.at for step in steps if isinstance(step.act, Did | Begin | Finish)]
    assert facts[0] < 60
    assert 150 < len(facts) < 2000
    assert max(later - sooner for sooner, later in pairwise(facts)) < 180
    here, least = 0, len(COMMUNITY)
    for step in steps:
        here += isinstance(step.act, Arrive)
        here -= isinstance(step.act, Leave)
        least = min(least, here) if step.at > 300 else least
    assert least >= 2


def test_the_community_is_mixed_and_never_ages_out_of_its_part() -> None:
    assert len({person.key for person in COMMUNITY}) == 24
    assert len({person.cohort for person in COMMUNITY}) == 2
    assert {person.role for person in COMMUNITY} == {"student", "tutor", "parent"}
    assert all("simulated" in person.cohort and "simulated" in person.key for person in COMMUNITY)
    for today in (date(2026, 1, 1), date(2026, 12, 30), date(2026, 12, 31), date(2028, 2, 29)):
        for person in COMMUNITY:
            assert age_on(person.born(today), today) == person.age
        bands = Counter(band_of(person.born(today), None, today) for person in COMMUNITY)
        assert bands == {"child": 4, "teen": 4, "adult": 16}


def test_the_past_is_a_week_in_order_quieter_at_night_and_the_same_for_the_same_seed() -> None:
    place = scene("seed", size=240)
    week = past_week(place, place.people)
    times = [at for at, _, _ in week]
    assert times == sorted(times)
    assert MONDAY - timedelta(days=7) <= times[0]
    assert times[-1] < MONDAY
    assert {at.weekday() for at in times} == set(range(7))
    afternoon, night = (sum(at.hour in hours for at in times) for hours in (range(14, 18), range(1, 6)))
    assert afternoon > 0.2 * len(times)
    assert night == 0
    assert week == past_week(place, place.people)
    assert week != past_week(scene("other", size=240), place.people)
    assert 2 * 240 < len(week) < 14 * 240
    for at, step, did in week:
        item = {"id": "1", "type": did.type, "external_id": step.who, "subject": did.subject, "skill": did.skill}
        judged = judge(item | {"at": at, "properties": did.properties}, MONDAY, SKILLS.keys())
        assert isinstance(judged, Judged), judged


@pytest.mark.req("DM-4")
def test_days_have_waves_weekends_are_calmer_and_everybody_has_their_own() -> None:
    place = scene("habits", size=500)
    learners = [person for person in place.people if person.practises]

    def crowd(moment: datetime) -> float:
        return sum(attendance(place.habits(person), moment) for person in learners)

    at = {hour: crowd(MONDAY.replace(hour=hour)) for hour in range(24)}
    assert at[8] > at[11] < at[15] > at[18] < at[20] > at[23]
    assert at[3] < 0.2 * at[16]
    saturday = MONDAY + timedelta(days=5)
    assert crowd(saturday) < 0.9 * crowd(MONDAY)
    assert crowd(saturday.replace(hour=8)) < crowd(saturday.replace(hour=10))
    habits = [place.habits(person) for person in learners]
    assert {one.waves.index(1.0) for one in habits} == {0, 1, 2}
    assert len({one.favourites for one in habits}) > 10


@pytest.mark.req("DM-4")
def test_practice_makes_better() -> None:
    place = scene("growth")
    person = next(one for one in place.people if one.level < 80)
    habits = place.habits(person)
    means = [sum(score_of(habits, person, rounds, Random(n)) for n in range(200)) for rounds in (0, 20, 80)]
    assert means[0] < means[1] < means[2]


@pytest.mark.req("DM-4")
@pytest.mark.parametrize("size", [12, 24, 500, 5000])
def test_a_community_of_any_size_is_labelled_and_mixed_and_holds_the_smaller_one(size: int) -> None:
    people = community(size)
    assert len(people) == len({person.key for person in people}) == size
    assert people is community(size)
    assert {person.role for person in people} == {"student", "tutor", "parent"}
    assert all(person.cohort.endswith("(simulated)") and person.key.startswith("simulated-") for person in people)
    assert max(Counter(person.cohort for person in people).values()) <= 30
    if size > 24:
        assert people[:24] == COMMUNITY
    bands = Counter(band_of(person.born(MONDAY.date()), None, MONDAY.date()) for person in people)
    assert set(bands) == {"child", "teen", "adult"}


@pytest.mark.req("DM-4")
def test_however_many_there_are_a_tick_has_so_much_work_at_most_and_time_goes_on() -> None:
    place = scene("many", size=5000)
    state, now, done = beginning(place), 0.0, 0
    for _ in range(60):
        state, steps, reached = bearable(place, state, now + 20.0, 12)
        costly = sum(step.act.costly for step in steps)
        assert costly <= 14
        assert reached > now or costly
        now, done = reached, done + costly
    assert done > 300
    assert now > 100


def test_a_community_that_grows_goes_on_and_the_new_are_still_to_come() -> None:
    small = scene("size", size=24)
    state, _ = next_steps(small, beginning(small), 600.0)
    large = scene("size", size=60)
    grown = resized(large, state, 600.0)
    assert {key: grown[key] for key in state} == state
    assert all(one.phase == "gone" and one.next_at >= 600.0 for key, one in grown.items() if key not in state)
    less = resized(scene("size", size=12), grown, 700.0)
    assert less.keys() == {person.key for person in community(12)}


def test_every_behaviour_is_called_by_its_name_and_somebody_does_it() -> None:
    place = scene("all")
    assert all(name == one.name for name, one in BEHAVIOURS.items())
    for one in BEHAVIOURS.values():
        assert any(one.weight(person, place.habits(person)) > 0 for person in place.people)
