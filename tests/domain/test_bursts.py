"""When a burst of reports is one: the tail, the background, the rule, and the bars that it has to meet."""

import math
from datetime import datetime, timedelta

import pytest

from app.domain.incidents.background import BINS, Bin, background
from app.domain.incidents.burst import LEAST, judge, threshold
from app.domain.incidents.tail import tail
from app.domain.zone import ZONE
from bench.bursts import (
    POISSON,
    PRODUCT,
    RATE,
    Z_SCORE,
    Rule,
    Shape,
    day_and_night,
    false_proposals,
    flat,
    restless,
    share_noticed,
)

NOON = datetime(2026, 11, 25, 12, tzinfo=ZONE)
HALF = {Bin(days, shift): 1 for days, shift in ((d, s) for d in range(1, 15) for s in (-1, 0, 1)) if days % 2}


def test_without_dispersion_the_tail_is_that_of_poisson() -> None:
    assert tail(0, 2.0, 0.0) == 1.0
    assert tail(1, 2.0, 0.0) == pytest.approx(1 - math.exp(-2))
    assert tail(3, 2.0, 0.0) == pytest.approx(1 - 5 * math.exp(-2))
    assert tail(3, 0.0, 0.5) == 0.0


def test_with_a_dispersion_of_one_it_is_geometric() -> None:
    for count in (1, 2, 5, 40):
        assert tail(count, 1.5, 1.0) == pytest.approx(0.6**count)


@pytest.mark.parametrize(("mean", "dispersion"), [(0.03, 2.0), (0.5, 0.3), (40.0, 0.0), (40.0, 0.2)])
def test_a_tail_falls_and_all_of_them_together_are_the_mean(mean: float, dispersion: float) -> None:
    tails = [tail(count, mean, dispersion) for count in range(int(10 * mean) + 40)]
    assert tails == sorted(tails, reverse=True)
    assert sum(tails[1:]) == pytest.approx(mean, rel=0.001)


def test_what_is_usual_is_learned_from_the_same_hours() -> None:
    usual = background(HALF, NOON)
    assert usual.mean == pytest.approx(0.5, abs=0.06)
    assert background({}, NOON).mean < 0.02


def test_hours_that_vary_make_the_next_one_less_certain() -> None:
    calm = background(dict.fromkeys(BINS, 2), NOON)
    moody = background({each: 6 for each in BINS if each.days % 3 == 0}, NOON)
    assert moody.mean == pytest.approx(calm.mean, rel=0.25)
    assert moody.dispersion > 3 * calm.dispersion


def test_an_old_burst_that_nobody_recognised_does_not_hide_the_next() -> None:
    burst = {Bin(3, 0): 20, Bin(3, 1): 14}
    assert background(HALF | burst, NOON).mean < background(HALF, NOON).mean + 0.05
    assert judge(9, HALF | burst, NOON, keys=50) is not None


def test_workdays_count_more_on_a_workday() -> None:
    weekends = {each: 3 for each in BINS if (NOON - timedelta(days=each.days)).weekday() >= 5}
    sunday = NOON + timedelta(days=4)
    shifted = {each: 3 for each in BINS if (sunday - timedelta(days=each.days)).weekday() >= 5}
    assert background(shifted, sunday).mean > 1.3 * background(weekends, NOON).mean


def test_a_key_without_history_needs_more_than_a_few() -> None:
    assert judge(2, {}, NOON, keys=1) is None
    assert judge(LEAST - 1, {}, NOON, keys=1) is None
    found = judge(6, {}, NOON, keys=100)
    assert found is not None
    assert found.observed == 6
    assert found.chance < threshold(100)


def test_more_keys_ask_for_more() -> None:
    assert threshold(10) == threshold(100) > threshold(1_000) > threshold(100_000)
    counts = [next(n for n in range(100) if judge(n, HALF, NOON, keys=keys)) for keys in (100, 100_000)]
    assert counts[0] < counts[1]


def test_bursts_of_eight_are_noticed_within_the_hour() -> None:
    noticed, minutes = share_noticed(PRODUCT, flat, stream=False)
    assert noticed >= 0.95
    assert minutes <= 50


@pytest.mark.parametrize(("shape", "days"), [(flat, 600), (day_and_night, 600), (restless, 1_000)])
def test_chance_is_hardly_ever_taken_for_a_burst(shape: Shape, days: int) -> None:
    assert false_proposals(PRODUCT, shape, RATE, days, seed=7) <= 0.005


@pytest.mark.parametrize("naive", [Z_SCORE, POISSON])
def test_naive_thresholds_cry_wolf(naive: Rule) -> None:
    assert false_proposals(naive, flat, RATE, 50, seed=11) > 0.05
