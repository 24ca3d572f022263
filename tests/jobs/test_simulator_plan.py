"""The plan: repeatable, however it is cut into ticks; lively; and nothing in it that a host could not send."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from core.accounts.rules import age_on, band_of
from core.activity.rules import Judged, judge
from core.content import subjects
from core.presence.rules import is_activity, is_status, is_subject
from jobs.community import COMMUNITY
from jobs.simulator_past import past_week
from jobs.simulator_plan import Arrive, Did, Leave, Step, Turn, beginning, next_steps

SKILLS = {subject.id: subject.skills for subject in subjects().values()}
PEOPLE = {person.key: person for person in COMMUNITY}
HOUR = 3600.0
few = settings(max_examples=20, deadline=None)


def play(seed: str, ticks: list[float]) -> list[Step]:
    state, steps = beginning(seed, COMMUNITY), []
    for moment in ticks:
        state, more = next_steps(seed, COMMUNITY, SKILLS, state, moment)
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
            case Did():
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
    assert set(seen) == {
        "practice_started",
        "practice_completed",
        "quiz_completed",
        "high_score",
        "level_up",
        "achievement_unlocked",
        "streak_milestone",
    }


@few
@given(st.integers(0, 1000))
def test_the_first_screen_is_alive_and_stays_so(seed: int) -> None:
    steps = play(str(seed), [HOUR])
    arrived = [step for step in steps if isinstance(step.act, Arrive) and step.at <= 10]
    assert len(arrived) >= 5
    facts = [step.at for step in steps if isinstance(step.act, Did)]
    assert facts[0] < 40
    assert 300 < len(facts) < 2000
    assert max(later - sooner for sooner, later in pairwise(facts)) < 90
    here, least = 0, len(COMMUNITY)
    for step in steps:
        here += isinstance(step.act, Arrive)
        here -= isinstance(step.act, Leave)
        least = min(least, here) if step.at > 300 else least
    assert least >= 4


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
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    week = past_week("seed", COMMUNITY, SKILLS, now)
    times = [at for at, _, _ in week]
    assert times == sorted(times)
    assert now - timedelta(days=7) <= times[0]
    assert times[-1] <= now
    assert len({at.date() for at in times}) == 8
    evening, night = (sum(at.hour in hours for at in times) for hours in (range(15, 20), range(1, 6)))
    assert evening > 5 * night
    assert week == past_week("seed", COMMUNITY, SKILLS, now)
