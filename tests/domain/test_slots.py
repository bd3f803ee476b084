import random
from dataclasses import replace
from datetime import date, timedelta
from math import inf

import pytest

from app.domain.dispatch.cost import WEIGHTS
from app.domain.dispatch.place import Rules
from app.domain.dispatch.plan import LIMITS, PROMISED, Candidate, Job, Limits, Span
from app.domain.dispatch.slots import COSTLY, SlotOffer, recommend, windows_of, wish
from app.domain.travel import ROADS, Point, TravelProvider
from tests.domain.days import (
    CENTRE,
    MONDAY,
    OddMap,
    at,
    east,
    enumerate_places,
    make_stop,
    random_candidate,
    random_job,
    span,
)

TUESDAY = MONDAY + timedelta(days=1)


def make_job(point: Point = CENTRE, *wishes: Span) -> Job:
    return Job(point, 30, at("00:00"), at("23:00"), wishes)


def on_duty(engineer_id: str = "e1", on: date = MONDAY) -> Candidate:
    return Candidate(engineer_id, CENTRE, span("08:00", "17:00", on), name="张师傅")


def hours(offers: tuple[SlotOffer, ...]) -> list[str]:
    return [f"{o.window.start_at:%d %H}" for o in offers]


def brute_force(
    job: Job, days: dict[date, list[Candidate]], now: int, lead: int, ceiling: float, rules: Rules
) -> list[tuple[float, Span]]:
    scored = []
    for on, candidates in days.items():
        for index, window in enumerate(windows_of(on)):
            if window.start < now + lead * 60:
                continue
            able = [
                c
                for c in candidates
                if c.shift.start < window.end and c.shift.end > max(window.start, job.earliest)
            ]
            limits = replace(rules.limits, late=0.0)
            places = enumerate_places(replace(job, windows=(window,)), able, limits, rules.travel)
            cost = min((p.cost for p in places), default=None)
            if cost is not None and cost <= ceiling:
                waiting = WEIGHTS.day_of_waiting * (on - MONDAY).days + WEIGHTS.window_of_waiting * index
                scored.append((cost + waiting + wish(job, window, WEIGHTS), window))
    return sorted(scored)


@pytest.mark.parametrize("limits", [LIMITS, PROMISED], ids=["any", "promised"])
@pytest.mark.parametrize("travel", [ROADS, OddMap()])
@pytest.mark.parametrize("seed", range(100))
def test_offers_are_the_best_of_all_days_windows_engineers_and_places(
    seed: int, travel: TravelProvider, limits: Limits
) -> None:
    dice = random.Random(seed)
    dates = [MONDAY + timedelta(days=i) for i in range(3)]
    # Some days are crowded, so that the ceiling hides windows and now and then all of them.
    stops = dice.choice((None, None, 9))
    days = {on: [random_candidate(dice, n, on, stops) for n in range(5)] for on in dates}
    job = random_job(dice)
    now, lead = at("09:10"), dice.choice((0, 60, 240))

    rules = Rules(travel=travel, limits=limits)
    offers = recommend(job, days, now=now, lead_minutes=lead, rules=rules)

    expected = brute_force(job, days, now, lead, COSTLY, rules)
    expected = expected or brute_force(job, days, now, lead, inf, rules)
    assert [o.score for o in offers] == pytest.approx([score for score, _ in expected[:3]], abs=1e-6)
    for offer in offers:
        assert any(offer.window == w and abs(offer.score - score) < 1e-6 for score, w in expected)


def test_an_empty_day_is_offered_from_the_soonest_window_on() -> None:
    days = {TUESDAY: [on_duty("e1", TUESDAY)], MONDAY: [on_duty()]}
    assert hours(recommend(make_job(), days, now=at("07:00"))) == ["23 08", "23 10", "23 12"]


def test_past_and_too_soon_windows_are_not_offered() -> None:
    days = {MONDAY: [on_duty()], TUESDAY: [on_duty("e1", TUESDAY)]}
    assert hours(recommend(make_job(), days, now=at("13:01"))) == ["23 16", "24 08", "24 10"]
    assert hours(recommend(make_job(), days, now=at("13:01"), lead_minutes=30)) == ["23 14", "23 16", "24 08"]


def test_nobody_on_duty_means_no_offer() -> None:
    off = replace(on_duty(), lacks=("缺少技能",))
    assert recommend(make_job(), {MONDAY: [off], TUESDAY: []}, now=at("07:00")) == ()


def test_a_costly_window_is_shown_only_when_nothing_else_is() -> None:
    far = Point(CENTRE.lat + 0.3, CENTRE.lng)
    only_far = recommend(make_job(far), {MONDAY: [on_duty()]}, now=at("07:00"))
    assert only_far
    assert all(o.insertion.total > COSTLY for o in only_far)
    assert "目前能安排的时段" in only_far[0].reason
    near = replace(on_duty("e2", TUESDAY), home=far, shift=span("08:00", "10:00", TUESDAY))
    both = recommend(make_job(far), {MONDAY: [on_duty()], TUESDAY: [near]}, now=at("07:00"))
    assert hours(both) == ["24 08"]


def test_a_window_in_which_the_visit_would_be_late_is_never_offered() -> None:
    busy = replace(
        on_duty(), shift=span("08:00", "12:00"), stops=(make_stop("v", CENTRE, span("08:00", "09:00")),)
    )
    stop = busy.stops[0]._replace(minutes=150, frozen=True, planned=span("08:00", "10:30"))
    offers = recommend(make_job(), {MONDAY: [replace(busy, stops=(stop,))]}, now=at("06:00"))
    assert hours(offers) == ["23 10"]
    assert offers[0].insertion.planned.start == at("10:30")


REASONS = {
    "near": (east(2.2), (), False, "张师傅当天就在附近，路上约 4 分钟"),
    "wished": (east(2.2), (span("10:30", "11:00"),), False, "正是您希望的时段，张师傅路上约 4 分钟"),
    "known": (east(2.2), (), True, "上次为您服务的张师傅这个时段有空，路上约 4 分钟"),
    "soonest": (east(9.0), (), False, "最快可上门的时段，张师傅路上约 25 分钟"),
}


@pytest.mark.parametrize("case", REASONS)
def test_each_offer_says_why(case: str) -> None:
    place, wishes, known, reason = REASONS[case]
    stop = make_stop("v", east(2), span("08:00", "10:00"))
    candidate = replace(on_duty(), stops=(stop,), last_good=known)
    offers = recommend(make_job(place, *wishes), {MONDAY: [candidate]}, now=at("08:30"))
    assert offers[0].window == span("10:00", "12:00")
    assert offers[0].reason == reason


def test_the_score_holds_the_waiting_and_says_so() -> None:
    offers = recommend(make_job(), {TUESDAY: [on_duty("e1", TUESDAY)]}, k=2, now=at("20:00"))
    assert [o.insertion.terms.waiting for o in offers] == [4.0, 4.5]
    assert [o.score for o in offers] == [4.0, 4.5]
    assert [o.day for o in offers] == [TUESDAY, TUESDAY]
    assert offers[0].insertion.terms.explain() == ["客户等待：+4.0", "合计：4.0 分钟"]
