"""What a node counts about itself, as OpenMetrics. One registry an App, so that several Apps fit into one process.

Labels are few and bounded (route templates, codes, names of jobs), never people, ids or texts.
`percentile` is the one definition of a percentile in the product: nearest rank.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_LATEST

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SLOW = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0)


def percentile(values: Sequence[float], p: float) -> float:
    """The nearest-rank percentile: the value at index ceil(p / 100 * n) - 1 of the sorted values."""
    if not values:
        raise ValueError("no values, no percentile")
    if not 0 <= p <= 100:
        raise ValueError(f"a percentile lies between 0 and 100, not at {p}")
    ordered = sorted(values)
    # Exact, as written: in floating point 99.9 % of a thousand can come out a hair above 999, which is another value.
    return ordered[max(math.ceil(Fraction(str(p)) * len(ordered) / 100) - 1, 0)]


class Kept(Collector):
    """A count that somebody else keeps."""

    def __init__(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        self._name, self._meaning, self._value = name, meaning, value

    def collect(self) -> Iterator[Metric]:
        yield CounterMetricFamily(self._name, self._meaning, value=self._value())


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._watched: dict[str, Gauge] = {}
        self._counted: set[str] = set()
        self.requests = self._counter("http_requests", "Requests answered.", "method", "route", "status")
        self.request_seconds = self._histogram("http_request_seconds", "From headers to answer.", FAST, "route")
        self.limited = self._counter("http_limited", "Requests refused by a limit.", "route")
        self.delivery_seconds = self._histogram(
            "delivery_seconds", "From a fact's append to this node's subscribers.", FAST
        )
        self.gate = self._counter("gate_decisions", "Decisions of the safety gate.", "action", "allowed", "reason")
        self.job_runs = self._counter("job_runs", "Runs of jobs.", "job", "ok")
        self.job_seconds = self._histogram("job_seconds", "How long runs of jobs took.", SLOW, "job")
        self.job_last = self._gauge("job_last_success_timestamp_seconds", "When a job last went well.", "job")

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> bool:
        """A gauge that is read when somebody asks for the metrics; whether it is a new one."""
        new = name not in self._watched
        if new:
            self._watched[name] = self._gauge(name, meaning)
        self._watched[name].set_function(value)
        return new

    def count(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A counter that is kept elsewhere and read when somebody asks for the metrics; the first of a name stands."""
        if name not in self._counted:
            self._counted.add(name)
            self.registry.register(Kept(f"tandem_{name}", meaning, value))

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        self.requests.labels(method, route, str(status)).inc()
        self.request_seconds.labels(route).observe(seconds)

    def job(self, name: str, ok: bool, seconds: float, at: float) -> None:
        """A job's run is over; `at` is the time of day as seconds since 1970."""
        self.job_runs.labels(name, str(ok).lower()).inc()
        self.job_seconds.labels(name).observe(seconds)
        if ok:
            self.job_last.labels(name).set(at)

    def exposition(self) -> bytes:
        text: bytes = generate_latest(self.registry)  # type: ignore[no-untyped-call]
        return text

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"tandem_{name}", meaning, labels, registry=self.registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"tandem_{name}", meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"tandem_{name}", meaning, labels, registry=self.registry, buckets=buckets)
