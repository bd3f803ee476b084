import pytest

from app.domain.dispatch.plan import Span, Stop, tours
from app.domain.rosters import DAYS, Hours, collision
from app.domain.travel import Point

OFF: list[Hours] = []
NINE = [Hours(540, 1080)]
NIGHT = [Hours(1320, 1800)]


def week(**days: list[Hours]) -> list[list[Hours]]:
    return [days.get(name, OFF) for name in DAYS]


COLLISIONS = {
    "nothing": (week(), None),
    "office hours": (week(monday=NINE, tuesday=NINE), None),
    "a break at noon": (week(monday=[Hours(480, 720), Hours(780, 1020)]), None),
    "spans that touch": (week(monday=[Hours(480, 720), Hours(720, 1020)]), None),
    "spans of one day overlap": (week(monday=[Hours(480, 740), Hours(720, 1020)]), "monday"),
    "a night ends before any morning": (week(monday=NIGHT, tuesday=NINE), None),
    "a night ends after the earliest morning": (week(monday=NIGHT, holiday=[Hours(300, 600)]), "monday"),
    "round the clock": (week(**{day: [Hours(240, 1680)] for day in DAYS}), None),
}


@pytest.mark.parametrize("name", COLLISIONS)
def test_collision(name: str) -> None:
    spans, day = COLLISIONS[name]
    assert collision(spans) == day


def stop(name: str, start: int, end: int) -> Stop:
    return Stop(name, Point(0, 0), Span(start, end), Span(start, end), (end - start) // 60)


def test_a_stop_belongs_to_the_last_span_that_began_by_then() -> None:
    morning, afternoon, night = Span(0, 4000), Span(5000, 9000), Span(20000, 40000)
    stops = [
        stop("morning", 100, 700),
        stop("into the break", 3800, 4400),
        stop("in the break", 4500, 4900),
        stop("afternoon", 5000, 6000),
        stop("after hours", 9500, 9900),
        stop("night", 30000, 31000),
    ]
    found = [(span, [s.visit_id for s in its]) for span, its in tours([morning, afternoon, night], stops)]
    assert found == [
        (morning, ["morning", "into the break", "in the break"]),
        (afternoon, ["afternoon", "after hours"]),
        (night, ["night"]),
    ]


def test_without_spans_there_are_no_tours() -> None:
    assert tours([], [stop("a", 0, 60)]) == []
