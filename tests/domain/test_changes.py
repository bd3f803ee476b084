"""Which groups of a new plan are carried out."""

from dataclasses import replace

import pytest

from app.domain.dispatch.board import Board, anneal
from app.domain.dispatch.changes import cost, groups
from app.domain.dispatch.plan import Candidate, Span, Stop
from app.domain.dispatch.tours import Visit
from app.domain.travel import Point

# A day in Shanghai.
NINE, NOON, SIX = 1_795_395_600, 1_795_406_400, 1_795_428_000
HERE, THERE = Point(25.00, 102.70), Point(25.20, 102.95)
BOTH = frozenset({"a", "b"})


def span(who: str, home: Point, start: int = NINE, end: int = SIX) -> Candidate:
    return Candidate(who, home, Span(start, end), name=who)


def visit(name: str, at: Point, start: int = NOON) -> Visit:
    return Visit(Stop(name, at, Span(start, start + 7200), Span(start, start + 3600), 60), BOTH)


def pinned(name: str, at: Point, who: str) -> Visit:
    stop = Stop(name, at, Span(NOON, NOON), Span(NOON, NOON + 3600), 60)
    return Visit(stop, frozenset({who}), pinned=True)


# Each engineer has the visit next to the other one's home.
CROSSED = Board((span("a", HERE), span("b", THERE)), (visit("1", THERE), visit("2", HERE)), ((0,), (1,)))
STRAIGHT = replace(CROSSED, tours=((1,), (0,)))


def test_what_is_cheaper_the_other_way_round_is_changed_together() -> None:
    (group,) = groups(CROSSED, anneal(CROSSED, 0.05))
    assert group.engineers == ("a", "b")
    assert {(seat.visit_id, seat.engineer_id, seat.came_from) for seat in group.seats} == {
        ("1", "b", "a"),
        ("2", "a", "b"),
    }
    assert group.gain == pytest.approx(cost(CROSSED) - cost(STRAIGHT))


def test_nothing_changes_where_nothing_is_won() -> None:
    assert groups(STRAIGHT, anneal(STRAIGHT, 0.05)) == []
    assert groups(STRAIGHT, CROSSED) == []


def test_what_is_loose_finds_a_place() -> None:
    loose = replace(CROSSED, tours=((), (1,)), loose=(0,))
    found = groups(loose, anneal(loose, 0.05))
    seats = [seat for group in found for seat in group.seats]
    assert [seat.visit_id for seat in seats if seat.came_from is None] == ["1"]


def test_a_pinned_visit_keeps_its_person_and_its_time() -> None:
    board = replace(CROSSED, visits=(pinned("1", THERE, "a"), CROSSED.visits[1]))
    for group in groups(board, anneal(board, 0.05)):
        kept = [seat for seat in group.seats if seat.visit_id == "1"]
        assert all((seat.engineer_id, seat.planned.start) == ("a", NOON) for seat in kept)


def test_a_pinned_visit_that_would_begin_at_another_time_leaves_all_as_it_is() -> None:
    late = span("a", THERE, start=NOON + 600)
    board = Board((late, span("b", HERE)), (pinned("1", THERE, "a"), visit("2", THERE)), ((0,), (1,)))
    assert groups(board, replace(board, tours=((0, 1), ()))) == []


def test_a_promise_is_not_broken_for_any_gain() -> None:
    # Who lives next to the visit begins work only when the customer waits no more.
    late = span("b", THERE, start=NOON + 7500)
    board = Board((span("a", HERE), late), (visit("1", THERE),), ((0,), ()))
    assert groups(board, replace(board, tours=((), (0,)))) == []


def test_two_spans_of_one_person_are_one_person() -> None:
    spans = (span("a", HERE, end=NOON), span("a", HERE, start=NOON + 3600), span("b", THERE))
    visits = (visit("1", THERE, NINE + 1800), visit("2", THERE, NOON + 4000))
    board = Board(spans, visits, ((0,), (1,), ()))
    (group,) = groups(board, replace(board, tours=((), (), (0, 1))))
    assert group.engineers == ("a", "b")
