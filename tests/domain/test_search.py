"""The search over plans: it adds up what the tours cost, and gives back a plan that is never a worse one."""

import random
from dataclasses import replace
from itertools import count, cycle

import pytest

from app.domain.dispatch.cost import WEIGHTS
from app.domain.dispatch.plan import Candidate, Span, Stop
from app.domain.dispatch.search import Budget, Plan, arrange, improve
from app.domain.dispatch.tours import NOWHERE, Territory, Visit
from app.domain.travel import ROADS, Point

MORNING = 1_795_363_200 + 8 * 3600


def point(dice: random.Random) -> Point:
    return Point(25 + dice.uniform(0, 0.18), 102.7 + dice.uniform(0, 0.2))


def town(seed: int, visits: int = 30, engineers: int = 4, buffer: int = 0) -> Territory:
    dice = random.Random(seed)
    names = [f"e{i}" for i in range(engineers)]
    crew = [
        Candidate(name, point(dice), Span(MORNING, MORNING + 9 * 3600), origin=point(dice), owed=owed)
        for name, owed in zip(names, cycle((0.0, 3.0)), strict=False)
    ]
    stops = []
    for number in range(visits):
        opens = MORNING + 7200 * dice.randrange(4)
        window = Span(opens, opens + 7200)
        minutes = dice.choice((15, 30, 45))
        stops.append(
            Stop(
                str(number),
                point(dice),
                window,
                Span(opens, opens + minutes * 60),
                minutes,
                dice.random() < 0.1,
            )
        )
    who = [
        Visit(
            stop,
            frozenset(dice.sample(names, dice.randint(1, engineers))),
            dice.choice([None, None, *names]),
        )
        for stop in stops
    ]
    return Territory(crew, who, buffer_minutes=buffer)


def price(territory: Territory, engineer: int, tour: list[int], buffer: int = 0) -> float:
    """The cost of a tour, added up from the objects that were handed in."""
    candidate = territory.engineers[engineer]
    here, now, cost = candidate.origin or candidate.home, float(candidate.shift.start), 0.0
    for number in tour:
        visit = territory.visits[number]
        way = ROADS.minutes(here, visit.stop.point, visit.stop.window.start)
        now = max(now + way * 60, visit.stop.window.start)
        late = max(0.0, now - visit.stop.window.end) / 60
        cost += way + late * (WEIGHTS.urgent_late if visit.stop.urgent else WEIGHTS.late)
        cost += WEIGHTS.late_visit * (late > 0) - candidate.owed * (late == 0)
        cost += WEIGHTS.change * (visit.held_by not in (None, candidate.engineer_id))
        now += (visit.stop.minutes + buffer) * 60
        here = visit.stop.point
    if tour:
        cost += ROADS.minutes(here, candidate.home, candidate.shift.end)
    return cost + WEIGHTS.overtime * max(0.0, now - candidate.shift.end) / 60


def turns(number: int) -> Budget:
    asked = count(1)
    return Budget(lambda: max(0.0, 1 - next(asked) / number))


def begun(territory: Territory) -> Plan:
    return arrange(territory, [[] for _ in territory.engineers], range(len(territory.visits)))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("buffer", [0, 3])
def test_a_tour_costs_what_its_parts_cost(seed: int, buffer: int) -> None:
    territory = town(seed, buffer=buffer)
    dice = random.Random(seed)
    tour = dice.sample(range(30), 9)

    # Legs are whole seconds, rounded up; lateness multiplies that.
    assert territory.time(1, tour).cost == pytest.approx(price(territory, 1, tour, buffer), rel=1e-3, abs=1.0)


def test_a_matrix_is_all_the_legs_at_once() -> None:
    dice = random.Random(1)
    places = [point(dice) for _ in range(6)]
    reached = [(place, MORNING + 3600 * i) for i, place in enumerate(places)]

    assert ROADS.matrix(places, reached) == [
        pytest.approx([ROADS.minutes(a, b, at) for b, at in reached]) for a in places
    ]


@pytest.mark.parametrize("seed", range(40))
def test_the_best_place_is_the_best_of_all_places(seed: int) -> None:
    territory, dice = town(seed), random.Random(seed)
    visit, *tour = dice.sample(range(30), dice.randint(1, 9))
    timed = territory.time(2, tour)
    costs = [
        territory.time(2, [*tour[:at], visit, *tour[at:]]).cost - timed.cost for at in range(len(tour) + 1)
    ]

    place = territory.best_place(visit, 2, timed, float("inf"))

    assert place.cost == pytest.approx(min(costs))
    assert costs[place.position] == pytest.approx(min(costs))
    beyond = territory.best_place(visit, 2, timed, min(costs) - 1e-6)
    assert beyond.position == NOWHERE
    assert beyond.cost <= min(costs) + 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_what_is_remembered_of_a_tour_is_never_out_of_date(seed: int) -> None:
    territory, dice = town(seed, visits=24), random.Random(seed)
    tours = [territory.time(engineer, []) for engineer in range(4)]
    outside = list(range(24))
    for _ in range(60):
        visit = outside.pop(dice.randrange(len(outside)))
        added = {
            (e, at): territory.time(e, [*tour.stops[:at], visit, *tour.stops[at:]]).cost - tour.cost
            for e, tour in enumerate(tours)
            if e in territory.able[visit]
            for at in range(len(tour.stops) + 1)
        }

        place = territory.cheapest(visit, tours, likely=dice.randrange(4))

        assert place is not None
        assert added[place] == pytest.approx(min(added.values()))
        engineer, at = place
        stops = tours[engineer].stops
        tours[engineer] = territory.time(engineer, [*stops[:at], visit, *stops[at:]])
        gone = dice.randrange(4)
        if len(outside) < 10 and tours[gone].stops:
            outside.append(dice.choice(tours[gone].stops))
            tours[gone] = territory.without(gone, tours[gone], {outside[-1]})
        elif not outside:
            break


@pytest.mark.parametrize("seed", range(6))
def test_a_searched_plan_serves_everybody_once_and_costs_less(seed: int) -> None:
    territory = town(seed)
    start = begun(territory)

    found = improve(territory, start, turns(60), random.Random(seed))

    assert sorted(visit for tour in found.tours for visit in tour) == list(range(30))
    for engineer, tour in enumerate(found.tours):
        assert all(engineer in territory.able[visit] for visit in tour)
    assert found.cost < start.cost
    assert found.cost == pytest.approx(sum(territory.time(e, t).cost for e, t in enumerate(found.tours)))


def test_the_same_seed_gives_the_same_plan() -> None:
    territory = town(3)
    start = begun(territory)

    assert improve(territory, start, turns(30), random.Random(5)) == improve(
        territory, start, turns(30), random.Random(5)
    )


def test_a_plan_is_never_given_back_worse_however_hot_the_search() -> None:
    territory = town(4)
    good = improve(territory, begun(territory), turns(80), random.Random(1))

    again = improve(territory, good, Budget(turns(5).left, warm=500.0, cold=400.0), random.Random(2))

    assert again.cost <= good.cost + 1e-6


def test_what_nobody_can_do_is_said_and_stays_out() -> None:
    whole = town(5, visits=6)
    nobody = Visit(whole.visits[0].stop, frozenset({"somebody else"}))
    territory = Territory(whole.engineers, [nobody, *whole.visits[1:]])

    plan = improve(territory, begun(territory), turns(10), random.Random(1))

    assert plan.unserved == (0,)
    assert sorted(visit for tour in plan.tours for visit in tour) == [1, 2, 3, 4, 5]


def test_whoever_was_announced_stays_unless_it_is_worth_the_change() -> None:
    home = Point(25.0, 102.7)
    near, far = Point(25.001, 102.7), Point(25.05, 102.75)
    crew = [
        Candidate(name, home, Span(MORNING, MORNING + 9 * 3600), origin=at)
        for name, at in (("near", near), ("far", far))
    ]
    stop = Stop("1", home, Span(MORNING, MORNING + 7200), Span(MORNING, MORNING + 1800), 30)

    def goes(held_by: str | None, weight: float = WEIGHTS.change) -> int:
        weights = type(WEIGHTS)(change=weight)
        territory = Territory(crew, [Visit(stop, frozenset({"near", "far"}), held_by)], weights=weights)
        plan = begun(territory)
        return next(i for i, tour in enumerate(plan.tours) if tour)

    assert goes(None) == 0
    assert goes("far", weight=60.0) == 1
    assert goes("far", weight=1.0) == 0


@pytest.mark.parametrize("seed", range(8))
def test_no_day_gets_more_visits_than_it_may_have(seed: int) -> None:
    """Two engineers work two spans each; of the cap of each, one visit is done already."""
    free = town(seed, visits=18, engineers=4)
    owner = {0: "e0", 1: "e1", 2: "e0", 3: "e1"}
    crew = [
        replace(person, engineer_id=owner[i], max_visits=8 - i % 2, other_visits=1)
        for i, person in enumerate(free.engineers)
    ]
    visits = [replace(visit, engineers=frozenset({"e0", "e1"}), held_by=None) for visit in free.visits]
    territory = Territory(crew, visits)

    plan = improve(territory, begun(territory), turns(30), random.Random(seed))

    days = {who: sum(len(plan.tours[i]) for i in owner if owner[i] == who) for who in ("e0", "e1")}
    assert days == {"e0": 7, "e1": 6}
    assert len(plan.unserved) == 5


@pytest.mark.parametrize(("owed", "goes"), [(0.0, 0), (3.0, 1), (1.0, 0)])
def test_whoever_had_little_gets_what_costs_but_little_more(owed: float, goes: int) -> None:
    """The way of the other one is some two minutes longer, there and home."""
    near, far = Point(25.0, 102.7), Point(25.0, 102.703)
    window = Span(MORNING, MORNING + 7200)
    crew = [
        Candidate("near", near, Span(MORNING, MORNING + 9 * 3600)),
        Candidate("far", far, Span(MORNING, MORNING + 9 * 3600), owed=owed),
    ]
    job = Stop("0", Point(25.0, 102.69), window, Span(MORNING, MORNING + 1800), 30)
    territory = Territory(crew, [Visit(job, frozenset({"near", "far"}))])
    plan = arrange(territory, [[], []], [0])
    assert [len(tour) for tour in plan.tours].index(1) == goes
