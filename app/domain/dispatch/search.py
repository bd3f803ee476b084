"""Better plans from a plan: ruin and recreate, annealed.

A visit and some of its neighbours are taken out and put back where they cost least; what comes of it is kept when it
is better, and at first also when it is a little worse. The plan that is given back is never worse than the one that
was given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from math import exp, inf
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
    unserved = [
        visit
        for visit in sorted(loose, key=lambda v: (territory.opens[v], v))
        if not _put(territory, timed, visit, {}, None)
    ]
    return _plan(timed, unserved)


def improve(territory: Territory, plan: Plan, budget: Budget, random: Random) -> Plan:
    """The cheapest plan met within the budget. The same seed and the same number of turns give the same plan."""
    served = [visit for tour in plan.tours for visit in tour]
    if len(served) < 2:
        return plan
    near = _neighbours(territory, served)
    timed = [territory.time(engineer, list(tour)) for engineer, tour in enumerate(plan.tours)]
    cost = best_cost = sum(tour.cost for tour in timed)
    best = list(timed)
    owner = {visit: engineer for engineer, tour in enumerate(plan.tours) for visit in tour}
    orders = _orders(territory, random)
    turn, left = 0, 1.0
    while left > 0:
        turn += 1
        if turn % 16 == 0:
            left = budget.left()
        taken = _choose(near, served, random)
        changed: dict[int, Timed] = {}
        _take(territory, timed, taken, owner, changed)
        places: dict[int, int] = {}
        whole = all(_put(territory, timed, visit, changed, places) for visit in random.choice(orders)(taken))
        if not whole:
            continue
        delta = sum(tour.cost - timed[engineer].cost for engineer, tour in changed.items())
        heat = budget.cold * (budget.warm / budget.cold) ** left
        if delta < 0 or random.random() < exp(-delta / heat):
            for engineer, tour in changed.items():
                timed[engineer] = tour
            owner |= places
            cost += delta
            if cost < best_cost - 1e-9:
                best, best_cost = list(timed), cost
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


def _choose(near: dict[int, list[int]], served: Sequence[int], random: Random) -> list[int]:
    first, *others = near[served[int(random.random() * len(served))]]
    most = int(random.random() * _MOST_TAKEN)
    taken = [first]
    for visit in others:
        if len(taken) > most:
            break
        if random.random() < _TAKEN_WITH:
            taken.append(visit)
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


def _take(
    territory: Territory,
    timed: Sequence[Timed],
    taken: Sequence[int],
    owner: dict[int, int],
    changed: dict[int, Timed],
) -> None:
    gone = set(taken)
    for engineer in {owner[visit] for visit in taken}:
        rest = [visit for visit in timed[engineer].stops if visit not in gone]
        changed[engineer] = territory.time(engineer, rest)


def _put(
    territory: Territory,
    timed: list[Timed],
    visit: int,
    changed: dict[int, Timed],
    places: dict[int, int] | None,
) -> bool:
    """Where it costs least. Without ``places`` the plan itself is changed; False when nobody can do it."""
    ceiling, chosen, where = inf, None, 0
    for engineer in territory.able[visit]:
        tour = changed.get(engineer) or timed[engineer]
        place = territory.best_place(visit, engineer, tour, ceiling)
        if place is not None:
            ceiling, chosen, where = place.cost, engineer, place.position
    if chosen is None:
        return False
    stops = list((changed.get(chosen) or timed[chosen]).stops)
    stops.insert(where, visit)
    if places is None:
        timed[chosen] = territory.time(chosen, stops)
    else:
        changed[chosen] = territory.time(chosen, stops)
        places[visit] = chosen
    return True
