"""Percentiles by nearest rank, and an exposition that a scraper can read."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from core.metrics import Metrics, percentile

values = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=200)
ranks = st.integers(0, 1000).map(lambda n: n / 10)


@pytest.mark.req("PF-8")
@pytest.mark.parametrize(
    ("n", "p", "expected"),
    [(1, 0, 1), (1, 50, 1), (1, 100, 1), (10, 95, 10), (10, 90, 9), (10, 91, 10), (5, 30, 2), (5, 40, 2), (20, 95, 19)],
)
def test_percentile_takes_the_value_of_its_rank(n: int, p: float, expected: int) -> None:
    assert percentile(list(range(n, 0, -1)), p) == expected


@pytest.mark.req("PF-8")
def test_percentile_does_not_slip_by_a_rounding_error() -> None:
    assert percentile(range(1, 101), 7) == 7
    assert percentile(range(1, 1001), 99.9) == 999
    assert percentile(range(1, 1001), 0.1) == 1


@pytest.mark.req("PF-8", "BG-18")
@given(values, ranks)
def test_percentile_is_a_value_with_enough_below_and_no_smaller_one_has(found: list[float], p: float) -> None:
    result = percentile(found, p)
    share = Fraction(str(p)) / 100 * len(found)
    assert result in found
    assert sum(v <= result for v in found) >= share
    if p > 0:
        assert sum(v < result for v in found) < share


@pytest.mark.req("PF-8")
@given(values, ranks, ranks)
def test_percentile_rises_with_p(found: list[float], p: float, q: float) -> None:
    low, high = sorted((p, q))
    assert min(found) <= percentile(found, low) <= percentile(found, high) <= max(found)


@pytest.mark.parametrize(("found", "p"), [([], 50), ([1.0], -1), ([1.0], 101)])
def test_percentile_of_nonsense_is_refused(found: list[float], p: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(found, p)


def test_every_node_counts_for_itself_and_a_scraper_can_read_it() -> None:
    one, other = Metrics(), Metrics()
    one.request("GET", "/healthz", 200, 0.012)
    one.job("presence", True, 0.2, 1_772_000_000.0)
    one.job("presence", False, 0.2, 1_772_000_060.0)
    open_sockets = 3
    one.watch("sockets_open", "Sockets open on this node.", lambda: open_sockets)
    families = {f.name: f for f in text_string_to_metric_families(one.exposition().decode())}  # type: ignore[no-untyped-call]
    samples = {(s.name, tuple(s.labels.values())): s.value for f in families.values() for s in f.samples}
    assert samples["tandem_http_requests_total", ("GET", "/healthz", "200")] == 1
    assert samples["tandem_http_request_seconds_count", ("/healthz",)] == 1
    assert samples["tandem_sockets_open", ()] == 3
    assert samples["tandem_job_runs_total", ("presence", "false")] == 1
    assert samples["tandem_job_last_success_timestamp_seconds", ("presence",)] == 1_772_000_000.0
    assert b"/healthz" not in other.exposition()
