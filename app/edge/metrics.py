"""Figures for Prometheus. Other modules register theirs beside what they count."""

from collections.abc import Callable
from functools import cache

from prometheus_client import Counter, Histogram

# Methods come from the caller; a label must not.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter("http_requests_total", "Requests answered.", ["method", "route", "status"])
DURATION = Histogram(
    "http_request_duration_seconds",
    "Time from the first byte of a request to the end of its answer.",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REFUSALS = Counter("http_refusals_total", "Requests refused for who sent them or how often.", ["code"])


def count(method: str, route: str, status: int, seconds: float) -> None:
    """A request that was answered after so many seconds; ``route`` is the template of its path."""
    counted, took = _figures(method if method in _METHODS else "other", route, status)
    counted()
    took(seconds)


@cache
def _figures(method: str, route: str, status: int) -> tuple[Callable[[], None], Callable[[float], None]]:
    """As few as there are routes: to look both up by their labels costs more than to move them."""
    return REQUESTS.labels(method, route, str(status)).inc, DURATION.labels(method, route).observe
