"""What each row says for a measure: that it counts and how, that it is left out and why, or nothing at all."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.kpi.rows import RETURN_PERIOD, Measure, RatedJob, Reason, VisitOutcome, WorkedVisit
from app.domain.rating import Dimension

Judged = bool | float | Reason | None


def stars(job: RatedJob, dimension: Dimension) -> Judged:
    if job.scores is None:
        return None
    if job.staff_created:
        return Reason.STAFF_CREATED
    return Reason.TIMED_OUT if job.auto_confirmed else float(job.scores.of(dimension))


def responded(job: RatedJob) -> bool | None:
    """Of the customers who could have rated; a time-out is a customer who did not."""
    return None if job.staff_created else job.rating is not None


def on_time(visit: WorkedVisit) -> Judged:
    """Of arrivals: an empty home says nothing about the engineer, and a no-show has a figure of its own."""
    if visit.outcome is VisitOutcome.NO_ACCESS:
        return Reason.CUSTOMER_ABSENT
    if visit.outcome is not VisitOutcome.ARRIVED or visit.arrived_at is None:
        return None
    return visit.arrived_at <= visit.window_end


def at_once(job: RatedJob, now: datetime) -> Judged:
    """Of completions at least 30 days old: younger ones can still come back.

    A second visit because a part had to be ordered is not the first one's failure; the fault's return is.
    """
    if job.completed_at + RETURN_PERIOD > now:
        return Reason.TOO_RECENT
    if job.waited_for_parts and not job.returned:
        return Reason.WAITING_PARTS
    return len(job.worked_by) == 1 and not job.returned


def kept_quote(job: RatedJob) -> Judged:
    if job.quoted_fen is None or job.charged_fen is None:
        return None
    return job.charged_fen <= job.quoted_fen


@dataclass(frozen=True)
class Promise:
    kept: bool | Reason
    excused: frozenset[Measure]


def promises(job: RatedJob) -> list[Promise]:
    return [Promise(Reason.WAITING_PARTS if kept is None else kept, job.excused) for kept in job.promises]
