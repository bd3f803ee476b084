"""Bursts of reports: how soon they are noticed, and how often chance is taken for one. No database, a minute.

Each key has a past of its own. A burst is eight customers at random moments within an hour, on top of the background;
it counts as noticed when a look within an hour of its first customer says so. The stream is eight an hour by chance
instead, of which no rule that keeps the bar of false proposals can see enough within the hour. Beside the rule stand
what dashboards do, and one that knows the true rates: what no rule that has to learn them can be expected to beat.
Busy keys, with six times as many customers, are asked for false proposals alone: eight more are little there.
"""

import math
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.incidents.background import DAYS, FIRST, LAST, Background
from app.domain.incidents.burst import LEAST, LOOK_EVERY, judge, weigh
from app.domain.incidents.tail import tail
from app.domain.zone import ZONE

START = datetime(2026, 11, 23, tzinfo=ZONE)
RATE, BUSY, BURST, RUNS, KEYS = 0.5, 3.0, 8, 100, 100
LOOK = LOOK_EVERY / timedelta(hours=1)
# Moments are hours since START, so that the arithmetic stays readable.
Shape = Callable[[float, random.Random], float]


@dataclass(frozen=True)
class Rule:
    """What it makes of a count and the hours before; fewer than ``least`` it never looks at."""

    least: int
    speaks: Callable[[int, dict[int, int], datetime], bool]


def _product(observed: int, past: dict[int, int], now: datetime) -> bool:
    return judge(observed, past, now, keys=KEYS) is not None


def _z_score(observed: int, past: dict[int, int], _now: datetime) -> bool:
    """What dashboards do: more than three standard deviations above the mean of the hour."""
    hours = [past.get(24 * days, 0) for days in range(1, DAYS + 1)]
    mean = sum(hours) / DAYS
    spread = math.sqrt(sum((n - mean) ** 2 for n in hours) / DAYS)
    return observed > mean + 3 * spread


def _poisson_tail(observed: int, past: dict[int, int], _now: datetime) -> bool:
    """A Poisson tail of 0.1 % over the mean of the hour."""
    mean = max(sum(past.get(24 * days, 0) for days in range(1, DAYS + 1)) / DAYS, 1 / DAYS)
    return tail(observed, mean, 0.0) < 0.001


PRODUCT, Z_SCORE, POISSON = Rule(LEAST, _product), Rule(2, _z_score), Rule(2, _poisson_tail)


def flat(_hour: float, _dice: random.Random) -> float:
    return 1.0


def day_and_night(hour: float, _dice: random.Random) -> float:
    """Nearly nothing at four, twice the mean at four in the afternoon."""
    return 1 + 0.95 * math.sin((hour - 10) * math.pi / 12)


def restless(_hour: float, dice: random.Random) -> float:
    """Each hour has a rate of its own, drawn anew: the variance is half the square of the mean above chance."""
    return dice.gammavariate(2.0, 0.5)


def restless_days(hour: float, dice: random.Random) -> float:
    return day_and_night(hour, dice) * restless(hour, dice)


def arrivals(dice: random.Random, first: int, hours: int, rate: float, shape: Shape) -> list[float]:
    moments: list[float] = []
    for hour in range(first, first + hours):
        mean = rate * shape(hour % 24 + 0.5, dice)
        moments.extend(sorted(hour + dice.random() for _ in range(_draw(dice, mean))))
    return moments


def _draw(dice: random.Random, mean: float) -> int:
    limit, n, left = math.exp(-mean), 0, dice.random()
    while left > limit:
        n += 1
        left *= dice.random()
    return n


def past_of(moments: Sequence[float], now: float) -> dict[int, int]:
    """Customers of each hour, by how many hours ago it ended."""
    since = bisect_right(moments, now - LAST - 1)
    until = bisect_right(moments, now - FIRST)
    return Counter(int(now - at) for at in moments[since:until])


def noticed_at(moments: Sequence[float], since: float, until: float, rule: Rule) -> float | None:
    """The first look at which the rule speaks."""
    now = _look(since)
    while now <= until:
        last = bisect_right(moments, now)
        observed = last - bisect_right(moments, now - 1)
        enough = observed >= rule.least
        if enough and rule.speaks(observed, past_of(moments, now), START + timedelta(hours=now)):
            return now
        # While too few come there is nothing to look at until the next one does.
        quiet = not enough and last < len(moments)
        now = _look(moments[last]) if quiet else now + LOOK
    return None


def _look(moment: float) -> float:
    return math.ceil(moment / LOOK) * LOOK


def false_proposals(rule: Rule, shape: Shape, rate: float, days: int, seed: int) -> float:
    """For each key and day; a key that was proposed is left alone for a day."""
    dice = random.Random(seed)
    found, watched = 0, 0
    while watched < days:
        moments = arrivals(dice, 0, 24 * (DAYS + 15), rate, shape)
        now, end = 24.0 * (DAYS + 1), 24.0 * (DAYS + 15)
        while (at := noticed_at(moments, now, end, rule)) is not None:
            found += 1
            now = at + 24
        watched += 14
    return found / watched


def share_noticed(rule: Rule, shape: Shape, *, stream: bool, runs: int = RUNS) -> tuple[float, float]:
    """Of bursts that begin at a random moment of a day; and the median of the minutes it takes."""
    minutes = []
    for seed in range(runs):
        dice = random.Random(seed)
        usual = arrivals(dice, 0, 24 * (DAYS + 2), RATE, shape)
        begin = 24 * (DAYS + 1) + dice.uniform(0, 20)
        size = _draw(dice, BURST) if stream else BURST
        burst = [begin + dice.random() for _ in range(size)]
        since = begin if stream else min(burst)
        at = noticed_at(sorted(usual + burst), since, since + 1, rule)
        minutes.extend([] if at is None else [60 * (at - since)])
    return len(minutes) / runs, sorted(minutes)[len(minutes) // 2]


def knowing(shape: Shape, rate: float) -> Rule:
    """The same rule, if somebody told it the true rates and how much they vary."""
    mean = flat if shape in (flat, restless) else day_and_night
    spread = 0.5 if shape in (restless, restless_days) else 0.0

    def speaks(observed: int, _past: dict[int, int], now: datetime) -> bool:
        hour, into = now.hour, now.minute / 60
        # An hour that ends within one on the clock is a part of two, each with a rate of its own.
        means = tuple(
            rate * (into * mean(at + 0.5, _NO_DICE) + (1 - into) * mean(at - 0.5, _NO_DICE))
            for at in ((hour + place) % 24 for place in range(24))
        )
        return (
            weigh(observed, Background(means, means, spread * (into**2 + (1 - into) ** 2)), keys=KEYS)
            is not None
        )

    return Rule(LEAST, speaks)


_NO_DICE = random.Random(0)
SHAPES: dict[str, Shape] = {
    "flat": flat,
    "day and night": day_and_night,
    "restless hours": restless,
    "restless, day and night": restless_days,
}


def main(*, quick: bool = False) -> bool:
    """Whether the bars are met: 95 % of the bursts, wherever the rule that knows the rates notices as many, and 0.005
    false proposals for each key and day on all backgrounds."""
    met = True
    print(f"{KEYS} keys; background {RATE} an hour, bursts of {BURST} within an hour, {RUNS} runs")
    print(f"{'background':26}{'rule':12}{'noticed':>9}{'after':>8}{'stream':>9}{'false per key and day':>24}")
    for background, shape in SHAPES.items():
        known, _ = share_noticed(knowing(shape, RATE), shape, stream=False)
        rules = {
            "this rule": PRODUCT,
            "all-knowing": knowing(shape, RATE),
            "z-score": Z_SCORE,
            "Poisson": POISSON,
        }
        for name, rule in rules.items():
            noticed, after = share_noticed(rule, shape, stream=False)
            stream, _ = share_noticed(rule, shape, stream=True)
            days = (1_000 if quick else 4_000) if rule is PRODUCT else 500
            false = false_proposals(rule, shape, RATE, days, seed=7)
            print(
                f"{background:26}{name:12}{noticed:9.0%}{after:6.0f} m{stream:9.0%}{false:24.4f}", flush=True
            )
            if rule is PRODUCT:
                met = met and false <= 0.005 and noticed >= min(0.95, known)
    print(f"background {BUSY} an hour")
    for background, shape in SHAPES.items():
        false = false_proposals(PRODUCT, shape, BUSY, 250 if quick else 1_000, seed=7)
        print(f"{background:26}{'this rule':12}{false:50.4f}", flush=True)
        met = met and false <= 0.005
    print("met" if met else "NOT met")
    return met
