"""三包 on paper: the clocks that nothing pauses, and what they come to."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.lifecycle import State
from app.domain.warranty.legal import Entered, Right, Standing, standing, warnings_due

START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def lived(*stays: tuple[State, float]) -> tuple[list[Entered], datetime]:
    """States with the days spent in each."""
    at, history = START, []
    for state, days in stays:
        history.append(Entered(state, at))
        at += timedelta(days=days)
    return history, at


CASES = [
    ("from the report on", [(State.SUBMITTED, 1), (State.DISPATCHING, 4)], 5, 0),
    ("asking for more does not stop it", [(State.PENDING_INFO, 3), (State.SUBMITTED, 1)], 4, 0),
    ("nor does a suspension", [(State.ACCEPTED, 1), (State.SUSPENDED, 20)], 21, 0),
    ("nor a quote", [(State.QUOTE_PENDING, 2)], 2, 0),
    (
        "parts have a clock of their own",
        [(State.ON_SITE, 1), (State.WAITING_PARTS, 40), (State.ACCEPTED, 2)],
        3,
        40,
    ),
    ("finished work stops both", [(State.IN_REPAIR, 2), (State.COMPLETED, 5)], 2, 0),
    ("what comes back goes on", [(State.IN_REPAIR, 2), (State.COMPLETED, 5), (State.DISPATCHING, 3)], 5, 0),
    ("an end is an end", [(State.SUBMITTED, 1), (State.CANCELLED, 90)], 1, 0),
]


@pytest.mark.parametrize(("stays", "own", "parts"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_how_far_they_have_come(stays: list[tuple[State, float]], own: float, parts: float) -> None:
    found = standing(*_with_failed(lived(*stays)))
    assert (found.own, found.parts) == (timedelta(days=own), timedelta(days=parts))


def _with_failed(told: tuple[list[Entered], datetime]) -> tuple[list[Entered], int, datetime]:
    return told[0], 0, told[1]


def at(own: float = 0, parts: float = 0, failed: int = 0) -> Standing:
    return Standing(timedelta(days=own), timedelta(days=parts), failed)


DUE = [
    ("nothing yet", at(own=14.9), {}, {}),
    ("half of 30 days", at(own=15), {}, {Right.OWN_DELAY: 50}),
    ("told already", at(own=15), {Right.OWN_DELAY: 50}, {}),
    ("four fifths", at(own=24), {Right.OWN_DELAY: 50}, {Right.OWN_DELAY: 80}),
    ("the right", at(own=30), {Right.OWN_DELAY: 80}, {Right.OWN_DELAY: 100}),
    ("after a long sleep only the highest", at(own=31), {}, {Right.OWN_DELAY: 100}),
    ("half of 90 days", at(parts=45), {}, {Right.PARTS_DELAY: 50}),
    ("90 days", at(parts=90), {Right.PARTS_DELAY: 80}, {Right.PARTS_DELAY: 100}),
    ("one repair failed", at(failed=1), {}, {Right.REPEATED_FAILURE: 50}),
    ("two repairs failed", at(failed=2), {Right.REPEATED_FAILURE: 50}, {Right.REPEATED_FAILURE: 100}),
    ("a third changes nothing", at(failed=3), {Right.REPEATED_FAILURE: 100}, {}),
    ("two clocks at once", at(own=15, parts=72), {}, {Right.OWN_DELAY: 50, Right.PARTS_DELAY: 80}),
]


@pytest.mark.parametrize(("found", "told", "due"), [row[1:] for row in DUE], ids=[row[0] for row in DUE])
def test_what_is_to_be_told(found: Standing, told: dict[Right, int], due: dict[Right, int]) -> None:
    assert warnings_due(found, told) == due


TOLD = {Right.OWN_DELAY: 100, Right.PARTS_DELAY: 100}


def test_nobody_looks_too_late() -> None:
    assert at().next_look(START, TOLD) == START + timedelta(days=15)
    assert at(own=15).next_look(START, TOLD) == START + timedelta(days=9)
    assert at(own=20, parts=44).next_look(START, TOLD) == START + timedelta(days=1)
    assert at(own=31, parts=91).next_look(START, TOLD) == START + timedelta(days=1)
    assert at(own=31, parts=3).next_look(START, {}) == START + timedelta(days=1)
