import random
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.kpi import EngineerKpi, Month, RatedJob, Rows, VisitOutcome, WorkedVisit, compute
from app.domain.rating import Dimension, Scores
from app.domain.zone import ZONE

OCTOBER = Month(2026, 10)
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


def kpi_of(*jobs: RatedJob, visits: tuple[WorkedVisit, ...] = (), now: datetime = LATER) -> EngineerKpi:
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
    assert (li.engineer_id, wang.engineer_id) == ("li", "wang")
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
