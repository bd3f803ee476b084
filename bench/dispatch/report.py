"""`python -m bench dispatch [day.json …]`: ways of dispatching side by side, and static plans against a long search."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, fields
from pathlib import Path
from random import Random
from statistics import mean

from app.domain.dispatch.plan import Candidate, Span
from app.domain.dispatch.search import arrange, improve
from app.domain.dispatch.tours import Territory, Visit
from app.domain.travel import Point
from bench.dispatch.days import FieldDay, invent, read
from bench.dispatch.policies import (
    ROADS,
    Insertion,
    Nearest,
    Policy,
    Score,
    Search,
    cpu_budget,
    seconds_at,
    stop_of,
)
from bench.dispatch.replay import Day, Outcome

POLICIES: Sequence[tuple[str, Callable[[FieldDay], Policy]]] = (
    ("nearest", lambda day: Nearest(day.engineers)),
    ("score rule", lambda day: Score(day.engineers)),
    ("insertion", lambda day: Insertion(day.engineers)),
    ("with search", lambda day: Search(day.engineers)),
)
HEADS = ("on time %", "≤15 min %", "urgent %", "late", "travel", "overtime", "changes", "CPU s")
# The night plan of a territory: what the product spends on it, and ten times that for comparison.
STATIC_SECONDS = 12.0


def main(paths: Sequence[str], *, quick: bool = False) -> None:
    days = [read(Path(path)) for path in paths] or _invented(quick)
    outcomes: dict[str, list[Outcome]] = {name: [] for name, _ in POLICIES}
    print(f"{'':28}" + "".join(f"{head:>11}" for head in HEADS))
    for day in days:
        for name, policy in POLICIES:
            outcome = Day(day, policy(day)).run()
            outcomes[name].append(outcome)
            _line(f"{day.name[:15]:16}{name}", outcome)
    if len(days) > 1:
        for name, found in outcomes.items():
            _line(f"{'mean':16}{name}", _mean(found))
    print()
    for jobs in (60,) if quick else (60, 150, 300):
        _static(invent(jobs, jobs, max(6, jobs // 10)), 1.0 if quick else STATIC_SECONDS)


def _invented(quick: bool) -> list[FieldDay]:
    if quick:
        return [invent(1, 100, 12)]
    return [invent(1), invent(2, jobs=240), invent(3, jobs=280, sick=3), invent(4, jobs=340)]


def _line(name: str, outcome: Outcome) -> None:
    print(f"{name:28}" + "".join(f"{value:11.2f}" for value in astuple(outcome)))


def _mean(found: Sequence[Outcome]) -> Outcome:
    return Outcome(**{each.name: mean(getattr(o, each.name) for o in found) for each in fields(Outcome)})


def _static(day: FieldDay, seconds: float) -> None:
    """Everything known beforehand: insertion, the product's night plan, and a search of ten times its budget."""
    engineers = [
        Candidate(str(e.number), Point(*e.home), Span(seconds_at(e.shift[0]), seconds_at(e.shift[1])))
        for e in day.engineers
    ]
    visits = [
        Visit(stop_of(job), frozenset(str(e.number) for e in day.engineers if job.skill in e.skills))
        for job in day.errands
    ]
    territory = Territory(engineers, visits, travel=ROADS)
    start = arrange(territory, [[] for _ in engineers], range(len(visits)))
    found = improve(territory, start, cpu_budget(seconds, warm=60.0), Random(1))
    long = improve(territory, start, cpu_budget(seconds * 10, warm=60.0), Random(2))
    best = min(long.cost, found.cost)
    print(
        f"static, {len(visits)} jobs: insertion {start.cost:.0f} ({start.cost / best - 1:+.1%}),"
        f" {seconds:.0f} CPU s {found.cost:.0f} ({found.cost / best - 1:+.1%}), ten times {long.cost:.0f}"
    )
