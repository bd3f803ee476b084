import random
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.kpi.compute import BY_POINT, Kpi, by_team, compute
from app.domain.kpi.rows import Measure, RatedJob, Rows, VisitOutcome, WorkedVisit
from app.domain.period import Period
from app.domain.rating import Dimension, Scores
from app.domain.zone import ZONE

OCTOBER = Period.read("2026-10")
DAY = datetime(2026, 10, 12, 15, 0, tzinfo=ZONE)
LATER = datetime(2026, 12, 15, tzinfo=ZONE)
GOOD = Scores(5, 4, 3, 2)
BYSTANDER = RatedJob(
    "T-other", ("other",), DAY, Scores(1, 1, 1, 1), disputed=True, urgings=9, reopened_at=DAY
)


def make_job(ticket: str = "T-1", *worked_by: str, scores: Scores | None = None) -> RatedJob:
    return RatedJob(ticket, worked_by or ("li",), DAY, scores)


def make_visit(outcome: VisitOutcome, late: float = 0, visit_id: str = "v") -> WorkedVisit:
    arrived = DAY + timedelta(minutes=late) if outcome is not VisitOutcome.ENGINEER_NO_SHOW else None
    return WorkedVisit(visit_id, "li", DAY, outcome, arrived)


def kpi_of(*jobs: RatedJob, visits: tuple[WorkedVisit, ...] = (), now: datetime = LATER) -> Kpi:
    """Li's month in a team of his own, with somebody else's job beside it."""
    (own,) = compute(Rows((BYSTANDER, *jobs), visits), OCTOBER, ["li"], now=now)
    return own


def replaced(job: RatedJob, **changes: object) -> RatedJob:
    return RatedJob(**{**job.__dict__, **changes})


def test_each_dimension_has_its_own_mean() -> None:
    own = kpi_of(make_job("T-1", scores=GOOD), make_job("T-2", scores=Scores(3, 4, 5, 4)))
    assert {d: f.value for d, f in own.dimensions.items()} == {
        Dimension.ATTITUDE: 4,
        Dimension.EXPERTISE: 4,
        Dimension.TIMELINESS: 4,
        Dimension.CONDUCT: 3,
    }
    assert all(f.n == 2 and f.provisional for f in own.dimensions.values())


def test_what_no_customer_said_is_in_no_mean() -> None:
    own = kpi_of(
        make_job("T-1", scores=GOOD),
        make_job("T-2"),
        replaced(make_job("T-3", scores=Scores(5, 5, 5, 5)), auto_confirmed=True),
        replaced(make_job("T-4", scores=Scores(5, 5, 5, 5)), staff_created=True),
    )
    assert own.dimensions[Dimension.CONDUCT].value == 2
    assert own.dimensions[Dimension.CONDUCT].n == 1
    assert own.response_rate.value == pytest.approx(1 / 3)
    assert own.response_rate.n == 3


def test_credit_goes_to_who_worked_the_last_visit() -> None:
    job = make_job("T-1", "wang", "li", scores=GOOD)
    li, wang = compute(Rows((job,)), OCTOBER, ["wang", "li"], now=LATER)
    assert (li.key, wang.key) == ("li", "wang")
    assert li.dimensions[Dimension.ATTITUDE].n == 1
    assert wang.dimensions[Dimension.ATTITUDE].n == 0
    assert wang.dimensions[Dimension.ATTITUDE].shrunk == 5
    # That the first visit was not enough is nothing the second engineer did.
    assert li.first_time_fix.n == 0
    assert (wang.first_time_fix.value, wang.first_time_fix.n) == (0.0, 1)


def test_a_job_worked_by_nobody_is_nobodys() -> None:
    own = kpi_of(RatedJob("T-9", (), DAY, GOOD))
    assert own.response_rate.n == 0


def test_one_completion_counts_once() -> None:
    assert kpi_of(make_job(), make_job()).disputes.n == 1
    again = replaced(make_job(), completed_at=DAY + timedelta(days=2))
    assert kpi_of(make_job(), again).disputes.n == 2


def test_the_month_is_that_of_the_completion_on_the_local_calendar() -> None:
    last_evening = datetime(2026, 10, 31, 15, 59, tzinfo=UTC)
    for at, n in ((last_evening, 1), (last_evening + timedelta(minutes=1), 0)):
        assert kpi_of(replaced(make_job(), completed_at=at)).disputes.n == n


def test_on_time_is_of_arrivals_and_no_show_of_all_that_were_due() -> None:
    visits = (
        make_visit(VisitOutcome.ARRIVED, 0, "a"),
        make_visit(VisitOutcome.ARRIVED, 1, "b"),
        make_visit(VisitOutcome.NO_ACCESS, 90, "c"),
        make_visit(VisitOutcome.ENGINEER_NO_SHOW, 0, "d"),
        make_visit(VisitOutcome.ENGINEER_NO_SHOW, 0, "d"),
        WorkedVisit("e", "other", DAY, VisitOutcome.ENGINEER_NO_SHOW),
    )
    own = kpi_of(visits=visits)
    assert (own.on_time.value, own.on_time.n) == (0.5, 2)
    assert (own.no_show.value, own.no_show.n) == (0.25, 4)


FIRST_TIME = {
    "fixed": (make_job(), LATER, 1.0, 1),
    "second_visit": (make_job("T-1", "li", "li"), LATER, 0.0, 1),
    "back_on_day_30": (replaced(make_job(), reopened_at=DAY + timedelta(days=30)), LATER, 0.0, 1),
    "back_on_day_31": (replaced(make_job(), reopened_at=DAY + timedelta(days=31)), LATER, 1.0, 1),
    "too_young": (make_job(), DAY + timedelta(days=29), None, 0),
    "old_enough": (make_job(), DAY + timedelta(days=30), 1.0, 1),
}


@pytest.mark.parametrize("case", FIRST_TIME)
def test_first_time_fix(case: str) -> None:
    job, now, value, n = FIRST_TIME[case]
    figure = kpi_of(job, now=now).first_time_fix
    assert (figure.value, figure.n) == (value, n)


def test_the_other_shares() -> None:
    own = kpi_of(
        replaced(make_job("T-1"), urgings=3, disputed=True, quoted_fen=100, charged_fen=100),
        replaced(make_job("T-2"), evidence_complete=True, quoted_fen=100, charged_fen=101),
        replaced(make_job("T-3"), charged_fen=50),
        make_job("T-4"),
    )
    assert own.disputes.value == 0.25
    assert own.urgings.value == 0.75
    assert (own.quote_accuracy.value, own.quote_accuracy.n) == (0.5, 2)
    assert own.evidence.value == 0.25


def test_a_team_member_without_work_has_the_team_to_lean_on() -> None:
    (li, zhao) = compute(Rows((make_job(scores=GOOD),)), OCTOBER, ["zhao", "li"], now=LATER)
    assert zhao.dimensions[Dimension.CONDUCT].value is None
    assert zhao.dimensions[Dimension.CONDUCT].shrunk == li.dimensions[Dimension.CONDUCT].value == 2
    assert zhao.on_time.shrunk is None


def test_the_figures_do_not_depend_on_the_order_of_the_rows() -> None:
    dice = random.Random(3)
    jobs = [
        RatedJob(f"T-{i}", (dice.choice(("li", "wang")),), DAY, Scores(*dice.choices(range(1, 6), k=4)))
        for i in range(40)
    ]
    before = compute(Rows(tuple(jobs)), OCTOBER, ["li", "wang"], now=LATER)
    dice.shuffle(jobs)
    assert compute(Rows(tuple(jobs)), OCTOBER, ["wang", "li"], now=LATER) == before


def left_out(kpi: Kpi) -> set[tuple[str, str, int]]:
    return {(each.measure, each.reason, each.n) for each in kpi.excluded}


def test_what_is_left_out_is_named() -> None:
    own = kpi_of(
        replaced(make_job("T-1", "li", "li"), waited_for_parts=True),
        replaced(make_job("T-2", scores=GOOD), auto_confirmed=True, promises=(True, False, None)),
        replaced(make_job("T-3", scores=GOOD), staff_created=True),
        visits=(make_visit(VisitOutcome.NO_ACCESS, 90, "a"), make_visit(VisitOutcome.ARRIVED, 0, "b")),
    )
    assert left_out(own) == {
        ("first_time_fix", "waiting_parts", 1),
        ("rating", "timed_out", 1),
        ("rating", "staff_created", 1),
        ("promises_kept", "waiting_parts", 1),
        ("on_time", "customer_absent", 1),
    }
    assert (own.first_time_fix.value, own.first_time_fix.n) == (1.0, 2)
    assert (own.promises_kept.value, own.promises_kept.n) == (0.5, 2)


def test_a_fault_that_returns_counts_although_parts_were_waited_for() -> None:
    own = kpi_of(replaced(make_job("T-1", "li", "li"), waited_for_parts=True, reopened_at=DAY))
    assert (own.first_time_fix.value, own.first_time_fix.n) == (0.0, 1)


def test_what_was_appealed_against_with_success_counts_no_more() -> None:
    late = make_visit(VisitOutcome.ARRIVED, 9, "a")
    rated = make_job("T-1", scores=Scores(1, 1, 1, 1))
    before = kpi_of(rated, visits=(late,))
    assert (before.on_time.value, before.dimensions[Dimension.CONDUCT].n) == (0.0, 1)
    after = kpi_of(
        replaced(rated, excused=frozenset({Measure.RATING})),
        visits=(WorkedVisit(**late.__dict__ | {"excused": frozenset({Measure.ON_TIME})}),),
    )
    assert (after.on_time.n, after.dimensions[Dimension.CONDUCT].n) == (0, 0)
    assert left_out(after) == {("on_time", "appeal", 1), ("rating", "appeal", 1)}
    # The customer did answer, and the visit was due all the same.
    assert (after.response_rate.n, after.no_show.n) == (1, 1)


def test_an_engineer_leans_on_his_own_team() -> None:
    jobs = (make_job("T-1", "li", scores=GOOD), make_job("T-2", "wu", scores=Scores(1, 1, 1, 1)))
    teams = {"li": "east", "zhao": "east", "wu": "west"}
    li, wu, zhao = compute(Rows(jobs), OCTOBER, teams, now=LATER, team_of=teams)
    shrunk = [kpi.dimensions[Dimension.ATTITUDE].shrunk for kpi in (li, wu, zhao)]
    assert shrunk == [5, 1, 5]


def test_teams_have_what_their_engineers_did_and_points_what_their_customers_got() -> None:
    job = replaced(make_job("T-1", "li", scores=GOOD), service_point="west")
    visit = WorkedVisit("v", "li", DAY, VisitOutcome.ARRIVED, DAY, "west")
    rows, both = Rows((job,), (visit,)), ("east", "west")
    east, west = compute(rows, OCTOBER, both, now=LATER, credit=by_team({"li": "east"}))
    assert [(kpi.disputes.n, kpi.on_time.n) for kpi in (east, west)] == [(1, 1), (0, 0)]
    east, west = compute(rows, OCTOBER, both, now=LATER, credit=BY_POINT)
    assert [(kpi.disputes.n, kpi.on_time.n) for kpi in (east, west)] == [(0, 0), (1, 1)]


def test_a_quarter_is_three_months() -> None:
    quarter = Period.read("2026-Q4")
    assert quarter.begin == OCTOBER.begin
    assert quarter.end == Period.read("2027-01").begin
    last = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    assert last in quarter
    assert last + timedelta(minutes=1) not in quarter
    for wrong in ("2026-13", "2026-Q5", "2026", "2026-Q4x"):
        with pytest.raises(ValueError, match="2026-Q4"):
            Period.read(wrong)
