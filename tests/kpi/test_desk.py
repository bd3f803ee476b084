"""The figures of the desk, worked out by hand."""

import pytest

from app.domain.kpi.desk import Call, Complaint, DeskRows, RemoteJob, compute_desk
from app.domain.period import Period
from app.domain.rating import Dimension, Scores

JUNE = Period.read("2026-06")
ROWS = DeskRows(
    calls=(
        Call("lin", True, True),
        Call("lin", False, None),
        Call("he", True, False),
        Call("gone", True, True),
    ),
    complaints=(Complaint("lin", True, False), Complaint("lin", False, True)),
    remote=(RemoteJob("he", Scores(4, 4, 4, 4)), RemoteJob("he", None)),
)


def test_each_is_credited_with_what_he_did() -> None:
    he, lin = compute_desk(ROWS, JUNE, ["lin", "he"])
    assert (lin.reached.value, lin.reached.n) == (0.5, 2)
    assert (lin.called_in_time.value, lin.called_in_time.n) == (1.0, 1)
    assert (lin.complaints_solved.value, lin.complaints_in_time.value) == (0.5, 0.5)
    assert (he.remote_response_rate.value, he.remote_response_rate.n) == (0.5, 2)
    assert he.dimensions[Dimension.ATTITUDE].value == 4
    assert lin.dimensions[Dimension.ATTITUDE].shrunk == 4


def test_all_of_the_desk_are_one_team() -> None:
    he, lin = compute_desk(ROWS, JUNE, ["lin", "he"])
    # Two of three attempts: (2 × 0.5 + 10 × 2/3) / 12 and (1 × 1 + 10 × 2/3) / 11.
    assert lin.reached.shrunk == pytest.approx((1 + 20 / 3) / 12)
    assert he.reached.shrunk == pytest.approx((1 + 20 / 3) / 11)
