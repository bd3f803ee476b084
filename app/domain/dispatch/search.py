"""Better plans from a plan: ruin and recreate, annealed.

A visit and some of its neighbours are taken out and put back where they cost least; what comes of it is kept when it
is better, and at first also when it is a little worse. The plan that is given back is never worse than the one that
was given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from math import exp
from random import Random

from app.domain.dispatch.tours import Territory, Timed, Tour

_NEIGHBOURS = 24
_MOST_TAKEN = 8
_TAKEN_WITH = 0.6
# How much the time between two windows counts against their being neighbours, as a share of time on the road.
_APART = 0.25


@dataclass(frozen=True)
class Budget:
    """``left`` says what share of it is left, from 1 down to 0: the search stops there. Temperatures are minutes."""

    left: Callable[[], float]
    warm: float = 6.0
    cold: float = 0.2


@dataclass(frozen=True)
class Plan:
    """A tour for each engineer of the territory, in their order; ``unserved`` is what nobody can do."""

    tours: tuple[Tour, ...]
    unserved: tuple[int, ...]
    cost: float


def arrange(territory: Territory, tours: Sequence[Tour], loose: Sequence[int]) -> Plan:
    """The given tours with the loose visits put in where they cost least, the soonest window first."""
    timed = [territory.time(engineer, list(tour)) for engineer, tour in enumerate(tours)]
    soonest = sorted(loose, key=lambda v: (territory.opens[v], v))
    unserved = [visit for visit in soonest if _put(territory, timed, visit) is None]
    return _plan(timed, unserved)


def improve(territory: Territory, plan: Plan, budget: Budget, random: Random) -> Plan:
    """The cheapest plan met within the budget. The same seed and the same number of turns give the same plan."""
    served = [visit for tour in plan.tours for visit in tour]
    if len(served) < 2:
        return plan
    near = _neighbours(territory, served)
    timed = [territory.time(engineer, list(tour)) for engineer, tour in enumerate(plan.tours)]
    cost = best_cost = sum(tour.cost for tour in timed)
    best = timed
    owner = {visit: engineer for engineer, tour in enumerate(plan.tours) for visit in tour}
    orders = _orders(territory, random)
    dice = random.random
    turn, left, heat = 0, 1.0, budget.warm
    while left > 0:
        turn += 1
        if turn % 16 == 0:
            left = budget.left()
            heat = budget.cold * (budget.warm / budget.cold) ** left
        taken = _choose(near, served, dice)
        trial = timed.copy()
        changed = _take(territory, trial, taken, owner)
        places = _put_back(territory, trial, orders[int(dice() * len(orders))](taken), owner)
        if places is None:
            continue
        delta = 0.0
        for engineer in changed.union(places.values()):
            delta += trial[engineer].cost - timed[engineer].cost
        if delta < 0 or dice() < exp(-delta / heat):
            timed = trial
            owner |= places
            cost += delta
            if cost < best_cost - 1e-9:
                best, best_cost = timed, cost
    return _plan(best, plan.unserved)


def _plan(timed: Sequence[Timed], unserved: Sequence[int]) -> Plan:
    return Plan(tuple(tour.stops for tour in timed), tuple(unserved), sum(tour.cost for tour in timed))


def _neighbours(territory: Territory, served: Sequence[int]) -> dict[int, list[int]]:
    """For each visit those that lie near it in space and time, itself first."""
    opens = territory.opens
    near: dict[int, list[int]] = {}
    for a in served:
        row, opening = territory.ways[a], opens[a]
        apart = [(row[b] + _APART * abs(opening - opens[b]) if b != a else -1.0, b) for b in served]
        near[a] = [b for _, b in nsmallest(_NEIGHBOURS, apart)]
    return near


def _choose(near: dict[int, list[int]], served: Sequence[int], dice: Callable[[], float]) -> list[int]:
    around = near[served[int(dice() * len(served))]]
    most = int(dice() * _MOST_TAKEN)
    taken = [around[0]]
    for i in range(1, len(around)):
        if len(taken) > most:
            break
        if dice() < _TAKEN_WITH:
            taken.append(around[i])
    return taken


def _orders(territory: Territory, random: Random) -> list[Callable[[list[int]], list[int]]]:
    def shuffled(visits: list[int]) -> list[int]:
        random.shuffle(visits)
        return visits

    def soonest(visits: list[int]) -> list[int]:
        return sorted(visits, key=territory.opens.__getitem__)

    def rarest(visits: list[int]) -> list[int]:
        return sorted(visits, key=lambda visit: len(territory.able[visit]))

    return [shuffled, soonest, rarest]


def _take(territory: Territory, tours: list[Timed], taken: Sequence[int], owner: dict[int, int]) -> set[int]:
    """Takes them out of their tours; whose tours these are."""
    gone: dict[int, set[int]] = {}
    for visit in taken:
        gone.setdefault(owner[visit], set()).add(visit)
    for engineer, visits in gone.items():
        tours[engineer] = territory.without(engineer, tours[engineer], visits)
    return set(gone)


def _put_back(
    territory: Territory, tours: list[Timed], visits: Sequence[int], owner: dict[int, int]
) -> dict[int, int] | None:
    """Who has got which; None when one of them is nobody's."""
    places: dict[int, int] = {}
    for visit in visits:
        engineer = _put(territory, tours, visit, owner[visit])
        if engineer is None:
            return None
        places[visit] = engineer
    return places


def _put(territory: Territory, tours: list[Timed], visit: int, likely: int | None = None) -> int | None:
    """Where it costs least; None when nobody can do it."""
    place = territory.cheapest(visit, tours, likely)
    if place is None:
        return None
    engineer, position = place
    stops = tours[engineer].stops
    tours[engineer] = territory.time(engineer, [*stops[:position], visit, *stops[position:]])
    return engineer
