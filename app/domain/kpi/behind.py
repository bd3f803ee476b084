"""The rows behind one figure: which jobs counted, for how much, and which were left out and why.

The verdicts are those of which ``compute`` makes the figure, so the two cannot differ.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.domain.kpi.compute import Credit, completed, due
from app.domain.kpi.judge import Judged, at_once, kept_quote, on_time, promises, responded, stars
from app.domain.kpi.ledger import Judgeable, ruled
from app.domain.kpi.rows import Measure, RatedJob, Reason, Rows, VisitOutcome, WorkedVisit
from app.domain.period import Period
from app.domain.rating import Dimension

_OF_JOBS: Mapping[str, tuple[Measure, Callable[[RatedJob], Judged]]] = {
    **{each.value: (Measure.RATING, partial(stars, dimension=each)) for each in Dimension},
    "disputes": (Measure.DISPUTES, lambda job: job.disputed),
    "urgings": (Measure.URGINGS, lambda job: float(job.urgings)),
    "quote_accuracy": (Measure.QUOTE_ACCURACY, kept_quote),
    "evidence": (Measure.EVIDENCE, lambda job: job.evidence_complete),
    "called_solved": (Measure.CALLED_SOLVED, lambda job: job.called_solved),
}
_OF_VISITS: Mapping[str, tuple[Measure, Callable[[WorkedVisit], Judged]]] = {
    "on_time": (Measure.ON_TIME, on_time),
    "no_show": (Measure.NO_SHOW, lambda visit: visit.outcome is VisitOutcome.ENGINEER_NO_SHOW),
}
FIGURES = (*_OF_JOBS, *_OF_VISITS, "response_rate", "first_time_fix", "promises_kept")


@dataclass(frozen=True)
class Row:
    """``job`` is the number of a ticket, ``visit`` the id of a visit: one of them is empty. ``value`` is what the row
    adds to the figure (1 or 0 of a share); None where it was left out for ``reason``."""

    job: str
    visit: str
    at: datetime
    value: float | None
    reason: Reason | None


def behind(
    rows: Rows, period: Period, key: str, figure: str, *, credit: Credit, now: datetime
) -> tuple[Row, ...]:
    """Of ``key``, the newest first. Raises KeyError for a figure that is none of ``FIGURES``."""
    if figure in _OF_VISITS:
        visits = [v for v in due(rows.visits, period) if credit.visit(v) == key]
        measure, of_visit = _OF_VISITS[figure]
        found = [_row("", v.visit_id, v.window_end, ruled(measure, v, of_visit)) for v in visits]
    else:
        whose = credit.begun if figure == "first_time_fix" else credit.finished
        jobs = [job for job in completed(rows.jobs, period) if whose(job) == key]
        found = [
            _row(job.ticket, "", job.completed_at, verdict)
            for job in jobs
            for verdict in _of(figure, job, now)
        ]
    return tuple(sorted((row for row in found if row is not None), key=lambda row: row.at, reverse=True))


def _of(figure: str, job: RatedJob, now: datetime) -> Iterable[Judged]:
    if figure == "promises_kept":
        return _promises(job)
    if figure == "response_rate":
        return [responded(job)]
    if figure == "first_time_fix":
        return [ruled(Measure.FIRST_TIME_FIX, job, lambda each: at_once(each, now))]
    measure, judge = _OF_JOBS[figure]
    return [ruled(measure, job, judge)]


def _promises(job: RatedJob) -> Iterator[Judged]:
    for promise in promises(job):
        whose: Judgeable = promise
        yield ruled(Measure.PROMISES_KEPT, whose, lambda _, kept=promise.kept: kept)  # type: ignore[misc]


def _row(job: str, visit: str, at: datetime, verdict: Judged) -> Row | None:
    if verdict is None:
        return None
    if isinstance(verdict, Reason):
        return Row(job, visit, at, None, verdict)
    return Row(job, visit, at, float(verdict), None)
