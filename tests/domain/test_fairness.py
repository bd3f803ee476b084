"""A floor under what comes to an engineer: bounded, and never at the cost of a window."""

import random
from dataclasses import replace

import pytest

from app.domain.dispatch.cost import WEIGHTS
from app.domain.dispatch.fairness import Lately, owed
from app.domain.dispatch.insertion import rank
from app.domain.dispatch.place import Rules
from app.domain.dispatch.plan import Candidate, Insertion, Job
from app.domain.travel import ROADS, TravelProvider
from tests.domain.days import CENTRE, OddMap, at, east, random_candidate, random_job, span

CAP = WEIGHTS.fairness_cap
TEAMS = {
    "nobody is far below": ({"a": Lately(1000, 5), "b": Lately(900, 5), "c": Lately(700, 5)}, {}),
    "half of the floor": ({"a": Lately(1000, 5), "b": Lately(1000, 5), "c": Lately(300, 5)}, {"c": CAP / 2}),
    "nothing at all": ({"a": Lately(1000, 5), "b": Lately(1000, 5), "c": Lately(0, 5)}, {"c": CAP}),
    "by the day, not by the week": ({"a": Lately(1000, 5), "b": Lately(1000, 5), "c": Lately(200, 1)}, {}),
    "on leave": ({"a": Lately(900, 5), "b": Lately(900, 5), "c": Lately(900, 5), "d": Lately(0, 0)}, {}),
    "two are no team": ({"a": Lately(1000, 5), "b": Lately(0, 5)}, {}),
    "a quiet week for all": ({"a": Lately(0, 5), "b": Lately(0, 5), "c": Lately(0, 5)}, {}),
    "nobody": ({}, {}),
}


@pytest.mark.parametrize("case", TEAMS)
def test_who_is_owed_how_much(case: str) -> None:
    team, expected = TEAMS[case]
    assert owed(team) == pytest.approx(expected)


def test_who_has_had_less_is_never_owed_less_and_nobody_more_than_the_cap() -> None:
    dice = random.Random(5)
    for _ in range(300):
        team = {str(i): Lately(dice.uniform(0, 2000), dice.randrange(1, 6)) for i in range(dice.randrange(9))}
        minutes = owed(team)
        by_work = sorted(team, key=lambda who: team[who].a_day)
        found = [minutes.get(who, 0.0) for who in by_work]
        assert found == sorted(found, reverse=True)
        assert all(0 <= each <= CAP for each in found)
        assert len(minutes) <= len(team) / 2, "who has had what is usual is owed nothing"


def chosen(job: Job, people: list[Candidate], travel: TravelProvider) -> Insertion | None:
    return rank(job, people, rules=Rules(travel=travel)).winner


def behind(found: Insertion) -> tuple[float, float, int]:
    return max(0.0, found.terms.late), max(0.0, found.terms.urgent_late), max(0, found.terms.late_visits)


@pytest.mark.parametrize("travel", [ROADS, OddMap()])
@pytest.mark.parametrize("seed", range(150))
def test_fairness_never_makes_a_choice_later_and_costs_no_more_than_its_cap(
    seed: int, travel: TravelProvider
) -> None:
    dice = random.Random(seed)
    people = [random_candidate(dice, number) for number in range(8)]
    job = random_job(dice)

    plain = chosen(job, [replace(person, owed=0.0) for person in people], travel)
    fair = chosen(job, people, travel)

    assert (plain is None) == (fair is None)
    if plain is not None and fair is not None:
        assert all(a <= b + 1e-9 for a, b in zip(behind(fair), behind(plain), strict=True))
        assert fair.total + fair.terms.fairness <= plain.total + CAP + 1e-6
        assert 0 <= fair.terms.fairness <= CAP


def test_who_is_owed_something_is_told_so_and_wins_a_near_thing_only() -> None:
    near = Candidate("near", east(1.0), span("08:00", "17:00"))
    owed_much = Candidate("owed", east(1.2), span("08:00", "17:00"), owed=99.0)
    job = Job(CENTRE, 30, at("08:00"), at("20:00"), (span("10:00", "12:00"),))
    found = rank(job, [near, owed_much]).winner
    assert found is not None
    assert found.engineer_id == "owed"
    assert f"公平：近几天派单偏少：{-CAP:+.1f}" in found.terms.explain()
    far = rank(job, [near, replace(owed_much, home=east(9.0))]).winner
    assert far is not None
    assert far.engineer_id == "near"
