"""When a burst of reports is one: the tail, the background, the rule, and the bars that it has to meet."""

import math
from datetime import datetime, timedelta

import pytest

from app.domain.incidents.background import FIRST, LAST, Background, background
from app.domain.incidents.burst import LEAST, SIZE, Burst, allowance, judge, lowest
from app.domain.incidents.tail import tail, terms
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
HOURS = range(FIRST, LAST + 1)
HALF = {ago: 1 for ago in HOURS if (ago // 24 + ago) % 2}


def at_noon(ago: int) -> bool:
    """The hour that ends now, of any day, or a neighbour."""
    return (ago + 1) % 24 <= 2


def found(observed: int, past: dict[int, int], keys: int = 100) -> Burst | None:
    return judge(observed, past, NOON, keys=keys)


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


def test_terms_are_the_steps_of_the_tail() -> None:
    likely = terms(0.7, 0.4, 1e-12)
    assert sum(likely) == pytest.approx(1.0)
    assert sum(likely[5:]) == pytest.approx(tail(5, 0.7, 0.4))
    assert terms(0.7, 0.0, 1e-12)[0] == pytest.approx(math.exp(-0.7))


def test_what_is_usual_is_learned_hour_by_hour() -> None:
    usual = background(HALF, NOON)
    assert usual.means == pytest.approx((0.5,) * 24, abs=0.03)
    assert max(background({}, NOON).bounds) < 0.02
    busy = background({ago: 3 for ago in HOURS if at_noon(ago)}, NOON)
    assert busy.means[0] > 2.5 > 0.5 > busy.means[12]
    assert all(mean < bound for mean, bound in zip(busy.means, busy.bounds, strict=True))


def test_day_and_night_is_no_dispersion_but_hours_that_vary_are() -> None:
    calm = background({ago: 6 for ago in HOURS if ago % 24 < 12}, NOON)
    moody = background({ago: 6 for ago in HOURS if ago % 7 < 3}, NOON)
    assert calm.dispersion < 0.15
    assert moody.dispersion > 3 * calm.dispersion


def test_an_old_burst_that_nobody_recognised_does_not_hide_the_next() -> None:
    burst = {72: 20, 73: 14}
    assert background(HALF | burst, NOON).means[0] < background(HALF, NOON).means[0] + 0.05
    assert found(9, HALF | burst) is not None


def test_workdays_count_more_on_a_workday() -> None:
    def of_weekends(now: datetime) -> dict[int, int]:
        return {ago: 3 for ago in HOURS if (now - timedelta(hours=ago)).weekday() >= 5}

    sunday = NOON + timedelta(days=4)
    on_sunday = background(of_weekends(sunday), sunday).means[0]
    assert on_sunday > 1.3 * background(of_weekends(NOON), NOON).means[0]


def test_a_key_without_history_needs_more_than_a_few() -> None:
    assert found(LEAST - 1, {}) is None
    burst = found(6, {})
    assert burst is not None
    assert burst.observed == 6
    assert burst.chance < 1e-6
    assert burst.days > 1_000


def test_more_keys_ask_for_more() -> None:
    assert allowance(10) == allowance(100) > allowance(1_000) > allowance(100_000)
    counts = [next(n for n in range(100) if found(n, HALF, keys)) for keys in (100, 100_000)]
    assert counts[0] < counts[1]


def test_a_quiet_night_pays_for_a_busy_noon() -> None:
    """The same noon, once with a night and once without: where all hours are busy each of them may have less."""
    alone, always = (2.0, *(0.01,) * 23), (2.0,) * 24
    calm, busy = Background(alone, alone, 0.2), Background(always, always, 0.2)
    assert SIZE <= lowest(calm, 0.005) < lowest(busy, 0.005)
    assert lowest(busy, 0.05) < lowest(busy, 0.005)


@pytest.mark.parametrize("shape", [flat, day_and_night, restless])
def test_bursts_of_eight_are_noticed_within_the_hour(shape: Shape) -> None:
    noticed, minutes = share_noticed(PRODUCT, shape, stream=False)
    assert noticed >= 0.95
    assert minutes <= 50


@pytest.mark.parametrize(("shape", "days"), [(flat, 200), (day_and_night, 300), (restless, 400)])
def test_chance_is_hardly_ever_taken_for_a_burst(shape: Shape, days: int) -> None:
    assert false_proposals(PRODUCT, shape, RATE, days, seed=7) <= 0.005


@pytest.mark.parametrize("naive", [Z_SCORE, POISSON])
def test_naive_thresholds_cry_wolf(naive: Rule) -> None:
    assert false_proposals(naive, flat, RATE, 50, seed=11) > 0.05
