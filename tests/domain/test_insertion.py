import random
from dataclasses import replace
from itertools import pairwise

import pytest

from app.domain.dispatch.cost import WEIGHTS
from app.domain.dispatch.insertion import assess, cheapest, rank
from app.domain.dispatch.place import Rules
from app.domain.dispatch.plan import Candidate, Insertion, Job, Limits, Refusal, Span
from app.domain.travel import ROADS, Point, TravelProvider
from tests.domain.days import (
    CENTRE,
    OddMap,
    Tried,
    at,
    east,
    enumerate_places,
    make_stop,
    random_candidate,
    random_job,
    span,
)


def make_candidate(engineer_id: str = "e1", *stops_at: tuple[float, str, str]) -> Candidate:
    stops = tuple(
        make_stop(f"v{i}", east(km), span(start, end)) for i, (km, start, end) in enumerate(stops_at)
    )
    return Candidate(engineer_id, CENTRE, span("08:00", "17:00"), stops)


def make_job(km: float = 3.0, window: Span | None = None, urgent: bool = False) -> Job:
    windows = (window or span("10:00", "12:00"),)
    return Job(east(km), 30, at("08:00"), at("20:00"), windows, urgent)


def minutes(a: Point, b: Point, clock: str) -> float:
    return ROADS.minutes(a, b, at(clock))


@pytest.mark.parametrize("travel", [ROADS, OddMap()])
@pytest.mark.parametrize("seed", range(200))
def test_the_winner_is_the_best_of_all_places(seed: int, travel: TravelProvider) -> None:
    dice = random.Random(seed)
    candidates = [random_candidate(dice, number) for number in range(8)]
    job = random_job(dice)
    limits = dice.choice((Limits(), Limits(late=0, overtime=0), Limits(late=30, overtime=15)))

    ranking = rank(job, candidates, rules=Rules(travel=travel, limits=limits))

    tried = sorted(enumerate_places(job, candidates, limits, travel), key=lambda t: t.cost)
    best_of_each: dict[str, Tried] = {}
    for place in tried:
        best_of_each.setdefault(place.engineer_id, place)
    expected = list(best_of_each.values())[:4]
    found = [*([ranking.winner] if ranking.winner else []), *ranking.runners_up]
    assert [f.total for f in found] == pytest.approx([t.cost for t in expected], abs=1e-6)
    for got, place in zip(found, expected, strict=True):
        ties = {(t.engineer_id, t.gap, t.window, t.start) for t in tried if abs(t.cost - place.cost) < 1e-6}
        assert (got.engineer_id, got.position, got.window, got.planned.start) in ties
    assert {r.engineer_id for r in ranking.refused} == {
        c.engineer_id for c in candidates
    } - best_of_each.keys()


@pytest.mark.parametrize("seed", range(100))
def test_the_moved_day_is_one_an_engineer_can_drive(seed: int) -> None:
    dice = random.Random(seed)
    candidate, job = random_candidate(dice, 1), random_job(dice)
    found = cheapest(job, candidate)
    if found is None:
        return
    moved = {move.visit_id: move.planned for move in found.moves}
    day = [(s.point, s.window, moved.get(s.visit_id, s.planned), s.frozen) for s in candidate.stops]
    day.insert(found.position, (job.point, found.window, found.planned, False))

    assert not [s for s in candidate.stops if s.frozen and s.visit_id in moved]
    for (here, _, before, _), (there, window, after, frozen) in pairwise(day):
        if not frozen:
            assert after.start >= before.end + ROADS.minutes(here, there, window.start) * 60
            assert after.start >= window.start


def test_between_two_stops_on_the_way_costs_little() -> None:
    candidate = make_candidate("e1", (2.0, "08:30", "10:00"), (4.0, "13:00", "15:00"))
    found = cheapest(make_job(3.0), candidate)
    assert found is not None
    assert found.position == 1
    assert found.planned == Span(at("10:00"), at("10:30"))
    assert found.moves == ()
    detour = (
        minutes(east(2), east(3), "10:00")
        + minutes(east(3), east(4), "13:00")
        - minutes(east(2), east(4), "13:00")
    )
    assert found.total == pytest.approx(detour, abs=0.05)
    assert found.approach == pytest.approx(minutes(east(2), east(3), "10:00"), abs=0.02)


def test_a_neighbour_that_can_wait_is_moved_within_its_window() -> None:
    candidate = make_candidate("e1", (3.0, "10:00", "12:00"))
    found = cheapest(make_job(3.0, span("09:00", "10:00")), candidate)
    assert found is not None
    assert found.position == 0
    early = cheapest(make_job(3.0, span("09:45", "10:00")), candidate)
    assert early is not None
    assert [(m.visit_id, m.planned) for m in early.moves] == [("v0", Span(at("10:15"), at("10:45")))]
    assert early.terms.late == 0


def test_lateness_is_priced_and_explained() -> None:
    candidate = make_candidate("e1", (0.0, "08:00", "08:10"), (0.0, "08:30", "08:40"))
    found = cheapest(make_job(0.0, span("08:00", "08:05")), candidate)
    assert found is not None
    assert found.position == 0
    assert found.terms.late == pytest.approx(20 + 20)
    assert found.terms.late_visits == 2
    assert found.total == pytest.approx(40 * WEIGHTS.late + 2 * WEIGHTS.late_visit)
    assert found.terms.explain() == [
        "晚到合计 40.0 分钟：+200.0",
        "新增晚到 2 单：+20.0",
        "合计：220.0 分钟",
    ]


def test_an_urgent_visit_is_not_pushed_where_an_ordinary_one_is() -> None:
    candidate = make_candidate("e1", (0.0, "08:00", "08:10"))
    job = make_job(0.0, span("08:00", "08:05"))
    assert cheapest(job, candidate).position == 0  # type: ignore[union-attr]
    urgent = replace(candidate, stops=(candidate.stops[0]._replace(urgent=True),))
    assert cheapest(job, urgent).position == 1  # type: ignore[union-attr]


def test_nothing_goes_before_a_visit_under_way() -> None:
    candidate = make_candidate("e1", (0.0, "14:00", "16:00"))
    job = make_job(0.0, span("10:00", "12:00"))
    assert cheapest(job, candidate).position == 0  # type: ignore[union-attr]
    frozen = replace(candidate, stops=(candidate.stops[0]._replace(frozen=True),))
    found = cheapest(job, frozen)
    assert found is not None
    assert found.position == 1
    assert found.planned.start == at("14:30")


def test_the_engineer_of_the_last_good_visit_is_preferred() -> None:
    near, known = make_candidate("near"), replace(make_candidate("known"), last_good=True)
    ranking = rank(make_job(), [near, known])
    assert ranking.winner is not None
    assert ranking.winner.engineer_id == "known"
    assert ranking.runners_up[0].total - ranking.winner.total == pytest.approx(WEIGHTS.same_engineer)
    assert "上次由他服务且得到好评：-5.0" in ranking.winner.terms.explain()


def test_a_rating_bonus_is_capped() -> None:
    starred = replace(make_candidate("starred"), rating_bonus=50.0)
    plain = make_candidate("plain")
    ranking = rank(make_job(), [plain, starred])
    assert ranking.winner is not None
    assert ranking.winner.engineer_id == "starred"
    assert ranking.runners_up[0].total - ranking.winner.total == pytest.approx(WEIGHTS.rating_cap)


def test_an_announced_engineer_is_kept_unless_another_saves_more() -> None:
    announced, other = make_candidate("b"), make_candidate("a")
    job = replace(make_job(), held_by="b")
    ranking = rank(job, [announced, other])
    assert ranking.winner is not None
    assert ranking.winner.engineer_id == "b"
    assert ranking.runners_up[0].terms.changed


def test_equals_are_ordered_by_engineer_whatever_the_order_of_asking() -> None:
    candidates = [make_candidate(f"e{i}") for i in range(6)]
    dice = random.Random(1)
    for _ in range(5):
        dice.shuffle(candidates)
        ranking = rank(make_job(), candidates, k=4)
        assert ranking.winner is not None
        assert [ranking.winner.engineer_id, *(r.engineer_id for r in ranking.runners_up)] == [
            "e0",
            "e1",
            "e2",
            "e3",
        ]


BARRED = {
    "no_skill": (replace(make_candidate(), lacks=("缺少燃气维修证",)), make_job(), "缺少燃气维修证"),
    "full": (
        replace(make_candidate("e1", (1.0, "08:00", "10:00")), max_visits=1),
        make_job(),
        "当天已排满 1 单",
    ),
    "off_shift": (make_candidate(), make_job(3.0, span("19:00", "21:00")), "班次 08:00–17:00 不在客户时段内"),
    "overtime": (
        replace(make_candidate(), shift=span("08:00", "10:10")),
        replace(make_job(0.0), minutes=600),
        "要加班超过 2 小时 0 分钟",
    ),
    "far_too_late": (
        make_candidate(),
        replace(make_job(0.0, span("08:00", "08:10")), point=Point(CENTRE.lat + 2, CENTRE.lng)),
        "最早要晚到",
    ),
}


@pytest.mark.parametrize("case", BARRED)
def test_who_cannot_go_is_listed_with_the_reason(case: str) -> None:
    candidate, job, reason = BARRED[case]
    bystander = replace(make_candidate("able"), shift=span("06:00", "23:00"), home=job.point)
    ranking = rank(job, [candidate, bystander])
    assert [r.engineer_id for r in ranking.refused] == ["e1"]
    assert ranking.refused[0].reasons[0].startswith(reason)
    assert ranking.winner is not None
    assert ranking.winner.engineer_id == "able"


def test_assess_answers_with_an_insertion_or_a_refusal() -> None:
    assert isinstance(assess(make_job(), make_candidate()), Insertion)
    assert isinstance(assess(make_job(), replace(make_candidate(), lacks=("区域不符",))), Refusal)
    assert cheapest(make_job(), replace(make_candidate(), lacks=("区域不符",))) is None
