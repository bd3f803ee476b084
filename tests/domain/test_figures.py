import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.figures import Figure, mean, share, t_975, wilson


# Textbook values of the interval without continuity correction.
@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_wilson(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("degrees", "t"), [(1, 12.706), (9, 2.262), (30, 2.042), (40, 2.021), (120, 1.980), (10_000, 1.960)]
)
def test_student(degrees: int, t: float) -> None:
    assert t_975(degrees) == pytest.approx(t, abs=2e-3)


def test_the_t_interval_of_a_mean() -> None:
    figure = mean([3, 4, 5, 4], [3, 4, 5, 4], 1.0, 5.0)
    assert figure.value == 4
    assert figure.low == pytest.approx(4 - 3.182 * 0.8165 / 2, abs=1e-3)
    assert figure.high == 5.0


def test_ten_cases_weigh_as_much_as_the_team() -> None:
    own, rest = [False] * 10, [True] * 30
    figure = share(own, own + rest)
    assert figure.value == 0
    assert figure.shrunk == pytest.approx(0.375)
    assert not figure.provisional
    assert share(own[:9], own + rest).provisional


def test_three_of_four_in_a_team_with_ninety_of_a_hundred() -> None:
    """(n x + 10 m) / (n + 10) = (4 × 0.75 + 10 × 0.9) / 14."""
    own = [True, True, True, False]
    team = own + [True] * 87 + [False] * 9
    assert share(own, team).shrunk == pytest.approx(12 / 14)
    assert mean([3.0, 4.0], [3.0, 4.0] + [5.0] * 8, 1.0, 5.0).shrunk == pytest.approx((7 + 47) / 12)


def test_one_bad_case_hardly_moves_a_good_engineer() -> None:
    figure = mean([1.0], [1.0] + [4.8] * 99, 1.0, 5.0)
    assert figure.value == 1.0
    assert figure.shrunk is not None
    assert figure.shrunk > 4.3
    assert (figure.low, figure.high) == (1.0, 5.0)


def test_equal_values_are_no_certainty() -> None:
    figure = mean([5.0, 5.0, 5.0], [5.0, 5.0, 5.0, 3.0, 4.0, 5.0], 1.0, 5.0)
    assert figure.low is not None
    assert figure.low < 4


def test_no_cases_is_the_team_and_no_interval() -> None:
    assert share([], [True, False]) == Figure(None, 0, 0.5, None, None)
    assert mean([], [], 1.0, 5.0) == Figure(None, 0, None, None, None)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.lists(st.booleans(), max_size=200))
def test_a_share_lies_in_its_interval_and_shrinks_towards_the_team(own: list[bool], rest: list[bool]) -> None:
    team = own + rest
    figure = share(own, team)
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    assert figure.shrunk is not None
    assert 0 <= figure.low <= figure.value + 1e-12
    assert figure.value - 1e-12 <= figure.high <= 1
    prior = sum(team) / len(team)
    assert min(prior, figure.value) - 1e-9 <= figure.shrunk <= max(prior, figure.value) + 1e-9
