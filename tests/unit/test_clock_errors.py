"""Time as an argument, and one family of errors with one body."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core import errors
from core.clock import FakeClock, Steps, SystemClock
from core.errors import Forbidden, Invalid, RateLimited, TandemError, Unavailable
from core.principal import NOBODY, SYSTEM, Principal

FAMILY = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, TandemError)]


def test_the_machine_s_clock_is_utc_and_its_durations_do_not_jump() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    first, second = clock.monotonic(), clock.monotonic()
    assert second >= first


def test_a_fake_clock_moves_only_when_told() -> None:
    clock = FakeClock()
    now, monotonic = clock.now(), clock.monotonic()
    assert (clock.now(), clock.monotonic()) == (now, monotonic)
    clock.advance(90.5)
    assert clock.now() - now == timedelta(seconds=90.5)
    assert clock.monotonic() - monotonic == 90.5
    clock.set(now - timedelta(hours=1))
    assert clock.now() == now - timedelta(hours=1)
    assert clock.monotonic() - monotonic == 90.5, "a corrected clock changes no duration"


@pytest.mark.parametrize("cls", FAMILY)
def test_every_error_has_a_code_a_status_and_a_sentence(cls: type[TandemError]) -> None:
    error = cls()
    assert error.body() == {
        "error": {"type": cls.type, "message": cls.default, "temporary": cls.temporary, "details": {}}
    }
    assert str(error) == cls.default
    assert cls.default.endswith((".", "!"))
    assert cls.type == cls.type.lower()


def test_codes_are_unique_and_statuses_are_those_that_are_declared() -> None:
    assert len({cls.type for cls in FAMILY}) == len(FAMILY)
    assert {cls.status for cls in FAMILY} == {400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503}
    assert {cls for cls in FAMILY if cls.temporary} == {RateLimited, Unavailable}


def test_details_go_along_and_a_reason_is_the_code() -> None:
    error = Invalid("Look again.", fields=[{"field": "name", "message": "is required"}])
    assert error.body()["error"] == {
        "type": "validation_failed",
        "message": "Look again.",
        "temporary": False,
        "details": {"fields": [{"field": "name", "message": "is required"}]},
    }
    refused = Forbidden(reason="not_in_cohort", scope="activity:read").body()["error"]
    assert (refused["type"], refused["details"]) == ("not_in_cohort", {"scope": "activity:read"})


def test_who_has_a_scope_may_and_who_has_not_may_not() -> None:
    analyst = Principal(kind="person", scopes=frozenset({"analytics:read"}))
    assert analyst.may("analytics:read")
    analyst.require("analytics:read")
    with pytest.raises(Forbidden) as refused:
        analyst.require("people:erase")
    assert refused.value.details == {"scope": "people:erase"}
    assert not NOBODY.may("home:read")
    assert NOBODY.minor, "who is unknown counts as a child"
    assert SYSTEM.kind == "system"


def test_a_clock_in_steps_never_runs_ahead_and_is_never_more_than_a_step_behind() -> None:
    clock = FakeClock()
    steps = Steps(clock)
    seen = []
    for _ in range(50):
        clock.advance(0.003)
        assert 0 <= clock.monotonic() - steps.monotonic() < Steps.STEP
        assert 0 <= (clock.now() - steps.now()).total_seconds() < Steps.STEP
        seen.append(steps.monotonic())
    assert seen == sorted(seen)
    assert len({id(moment) for moment in seen}) < len(seen) / 2, "those who come together keep one moment"
    clock.set(clock.now() - timedelta(hours=1))
    assert steps.now() == clock.now(), "the wall's clock was put back"
