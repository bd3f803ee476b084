"""Figures of a month or a quarter that can be recomputed from the raw rows at any time.

Credit goes to who worked the visit, once, on the day the job was completed. What no customer said (unrated,
confirmed by time-out, opened by staff for themselves) is in no mean. Whoever is judged sees n, the interval, and what
was left out and why; what he appealed against with success is left out as well (``excused``). The arithmetic of a
figure is written at the top of ``app.domain.figures``.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from math import inf
from types import MappingProxyType
from typing import Protocol, TypeVar

from app.domain.figures import Figure, mean, share
from app.domain.period import Period
from app.domain.rating import Dimension, Scores

RETURN_PERIOD = timedelta(days=30)


class Measure(StrEnum):
    """What is measured, and what somebody may appeal against."""

    RATING = "rating"
    ON_TIME = "on_time"
    FIRST_TIME_FIX = "first_time_fix"
    DISPUTES = "disputes"
    NO_SHOW = "no_show"
    URGINGS = "urgings"
    PROMISES_KEPT = "promises_kept"
    QUOTE_ACCURACY = "quote_accuracy"
    EVIDENCE = "evidence"
    CALLED_SOLVED = "called_solved"


class Reason(StrEnum):
    """Why a row is in no figure although it is one of those that it is about."""

    CUSTOMER_ABSENT = "customer_absent"
    WAITING_PARTS = "waiting_parts"
    TOO_RECENT = "too_recent"
    STAFF_CREATED = "staff_created"
    TIMED_OUT = "timed_out"
    APPEAL = "appeal"


class VisitOutcome(StrEnum):
    ARRIVED = "arrived"
    NO_ACCESS = "no_access"
    ENGINEER_NO_SHOW = "engineer_no_show"


@dataclass(frozen=True)
class WorkedVisit:
    """A visit that was due. It belongs to the period of the window promised to the customer."""

    visit_id: str
    engineer_id: str
    window_end: datetime
    outcome: VisitOutcome
    arrived_at: datetime | None = None
    service_point: str | None = None
    excused: frozenset[Measure] = frozenset()


@dataclass(frozen=True)
class RatedJob:
    """One completion of a job, rated or not. A job completed again after a dispute is a second row.

    ``worked_by`` names the engineer of each working visit in order. The last one gets the credit; whether the
    first visit was enough is asked of the first. ``scores`` are the customer's; ``auto_confirmed`` says that
    a time-out spoke instead. ``reopened_at`` is the return of the same fault. Money is in fen.

    ``promises`` are the answers to urgings: kept, not kept, or None when the job waited for parts. ``called_solved``
    is what the customer said when he was called.
    """

    ticket: str
    worked_by: tuple[str, ...]
    completed_at: datetime
    scores: Scores | None = None
    auto_confirmed: bool = False
    staff_created: bool = False
    reopened_at: datetime | None = None
    disputed: bool = False
    urgings: int = 0
    quoted_fen: int | None = None
    charged_fen: int | None = None
    evidence_complete: bool = False
    waited_for_parts: bool = False
    promises: tuple[bool | None, ...] = ()
    called_solved: bool | None = None
    service_point: str | None = None
    excused: frozenset[Measure] = frozenset()

    @property
    def rating(self) -> Scores | None:
        return None if self.auto_confirmed or self.staff_created else self.scores

    @property
    def returned(self) -> bool:
        return self.reopened_at is not None and self.reopened_at <= self.completed_at + RETURN_PERIOD


@dataclass(frozen=True)
class Rows:
    jobs: tuple[RatedJob, ...] = ()
    visits: tuple[WorkedVisit, ...] = ()


@dataclass(frozen=True)
class Excluded:
    measure: Measure
    reason: Reason
    n: int


@dataclass(frozen=True)
class Kpi:
    """Of ``key``. Shares lie between 0 and 1, dimension means between 1 and 5; ``urgings`` are per job."""

    key: str
    period: Period
    dimensions: Mapping[Dimension, Figure]
    response_rate: Figure
    on_time: Figure
    first_time_fix: Figure
    disputes: Figure
    no_show: Figure
    urgings: Figure
    promises_kept: Figure
    quote_accuracy: Figure
    evidence: Figure
    called_solved: Figure
    excluded: tuple[Excluded, ...]


@dataclass(frozen=True)
class Credit:
    """To whom a row belongs: a finished job, one that was begun, a visit. None is nobody of ours."""

    finished: Callable[[RatedJob], str | None]
    begun: Callable[[RatedJob], str | None]
    visit: Callable[[WorkedVisit], str | None]


BY_ENGINEER = Credit(lambda job: job.worked_by[-1], lambda job: job.worked_by[0], lambda v: v.engineer_id)
BY_POINT = Credit(lambda job: job.service_point, lambda job: job.service_point, lambda v: v.service_point)


def by_team(team_of: Mapping[str, str]) -> Credit:
    """What each engineer did is his team's, wherever it was."""
    return Credit(
        lambda job: team_of.get(job.worked_by[-1]),
        lambda job: team_of.get(job.worked_by[0]),
        lambda visit: team_of.get(visit.engineer_id),
    )


def compute(
    rows: Rows,
    period: Period,
    members: Iterable[str],
    *,
    now: datetime,
    credit: Credit = BY_ENGINEER,
    team_of: Mapping[str, str] | None = None,
) -> tuple[Kpi, ...]:
    """One row for each member, in the order of keys; figures lean on those of the same team, or on all of them.

    ``now`` decides which completions are old enough to count as fixed at the first visit.
    """
    keys, teams = sorted(set(members)), team_of or {}
    done = _completed(rows.jobs, period)
    shares = _Shares(
        _shared_out(((credit.finished(job), job) for job in done), keys),
        _shared_out(((credit.begun(job), job) for job in done), keys),
        _shared_out(((credit.visit(v), v) for v in _due(rows.visits, period)), keys),
    )
    return tuple(
        _one(key, period, shares.of([peer for peer in keys if teams.get(peer) == teams.get(key)]), now)
        for key in keys
    )


class _Row(Protocol):
    @property
    def excused(self) -> frozenset[Measure]: ...


Row = TypeVar("Row", bound=_Row)
Judged = bool | float | Reason | None
Shared = Mapping[str, list[Row]]


@dataclass(frozen=True)
class _Shares:
    """The rows of each member."""

    finished: Mapping[str, list[RatedJob]]
    begun: Mapping[str, list[RatedJob]]
    visits: Mapping[str, list[WorkedVisit]]

    def of(self, keys: Sequence[str]) -> "_Shares":
        return _Shares(
            {key: self.finished[key] for key in keys},
            {key: self.begun[key] for key in keys},
            {key: self.visits[key] for key in keys},
        )


def _completed(jobs: Iterable[RatedJob], period: Period) -> list[RatedJob]:
    once = {(job.ticket, job.completed_at): job for job in jobs}
    return [job for job in once.values() if job.worked_by and job.completed_at in period]


def _due(visits: Iterable[WorkedVisit], period: Period) -> list[WorkedVisit]:
    once = {visit.visit_id: visit for visit in visits}
    return [visit for visit in once.values() if visit.window_end in period]


def _shared_out(rows: Iterable[tuple[str | None, Row]], keys: Sequence[str]) -> dict[str, list[Row]]:
    shares: dict[str, list[Row]] = {key: [] for key in keys}
    for key, row in rows:
        if key in shares:
            shares[key].append(row)
    return shares


class _Ledger:
    """Figures of one member among his peers, and what each of them left out."""

    def __init__(self, key: str) -> None:
        self._key = key
        self.excluded: list[Excluded] = []

    def share(self, measure: Measure, rows: Shared[Row], judge: Callable[[Row], Judged]) -> Figure:
        own, everybody = self._judged(measure, rows, judge)
        return share([bool(each) for each in own], [bool(each) for each in everybody])

    def mean(
        self, measure: Measure, rows: Shared[Row], judge: Callable[[Row], Judged], low: float, high: float
    ) -> Figure:
        return mean(*self._judged(measure, rows, judge), low, high)

    def _judged(
        self, measure: Measure, rows: Shared[Row], judge: Callable[[Row], Judged]
    ) -> tuple[list[float], list[float]]:
        own = [_ruled(measure, row, judge) for row in rows[self._key]]
        everybody = [_ruled(measure, row, judge) for peer in rows.values() for row in peer]
        left_out = Counter(each for each in own if isinstance(each, Reason))
        for reason, n in sorted(left_out.items()):
            found = Excluded(measure, reason, n)
            # The four dimensions leave out the same ratings.
            if found not in self.excluded:
                self.excluded.append(found)
        return _counted(own), _counted(everybody)


def _ruled(measure: Measure, row: Row, judge: Callable[[Row], Judged]) -> Judged:
    verdict = judge(row)
    counts = verdict is not None and not isinstance(verdict, Reason)
    return Reason.APPEAL if counts and measure in row.excused else verdict


def _counted(verdicts: Iterable[Judged]) -> list[float]:
    return [float(each) for each in verdicts if each is not None and not isinstance(each, Reason)]


def _one(key: str, period: Period, shares: _Shares, now: datetime) -> Kpi:
    ledger, finished, visits = _Ledger(key), shares.finished, shares.visits
    stars = {
        each: ledger.mean(Measure.RATING, finished, partial(_stars, dimension=each), 1.0, 5.0)
        for each in Dimension
    }
    promises = {who: [each for job in jobs for each in _promises(job)] for who, jobs in finished.items()}
    return Kpi(
        key=key,
        period=period,
        dimensions=MappingProxyType(stars),
        response_rate=_ledgerless(key, finished, _responded),
        on_time=ledger.share(Measure.ON_TIME, visits, _on_time),
        first_time_fix=ledger.share(Measure.FIRST_TIME_FIX, shares.begun, lambda job: _at_once(job, now)),
        disputes=ledger.share(Measure.DISPUTES, finished, lambda job: job.disputed),
        no_show=ledger.share(Measure.NO_SHOW, visits, lambda v: v.outcome is VisitOutcome.ENGINEER_NO_SHOW),
        urgings=ledger.mean(Measure.URGINGS, finished, lambda job: float(job.urgings), 0.0, inf),
        promises_kept=ledger.share(Measure.PROMISES_KEPT, promises, lambda promise: promise.kept),
        quote_accuracy=ledger.share(Measure.QUOTE_ACCURACY, finished, _kept_quote),
        evidence=ledger.share(Measure.EVIDENCE, finished, lambda job: job.evidence_complete),
        called_solved=ledger.share(Measure.CALLED_SOLVED, finished, lambda job: job.called_solved),
        excluded=tuple(ledger.excluded),
    )


@dataclass(frozen=True)
class _Promise:
    kept: bool | Reason
    excused: frozenset[Measure]


def _promises(job: RatedJob) -> list[_Promise]:
    return [_Promise(Reason.WAITING_PARTS if kept is None else kept, job.excused) for kept in job.promises]


def _ledgerless(key: str, rows: Shared[RatedJob], judge: Callable[[RatedJob], bool | None]) -> Figure:
    """A figure about the customers, of which there is nothing to leave out by name."""
    own = [each for each in map(judge, rows[key]) if each is not None]
    everybody = [each for peer in rows.values() for each in map(judge, peer) if each is not None]
    return share(own, everybody)


def _stars(job: RatedJob, dimension: Dimension) -> Judged:
    if job.scores is None:
        return None
    if job.staff_created:
        return Reason.STAFF_CREATED
    return Reason.TIMED_OUT if job.auto_confirmed else float(job.scores.of(dimension))


def _responded(job: RatedJob) -> bool | None:
    """Of the customers who could have rated; a time-out is a customer who did not."""
    return None if job.staff_created else job.rating is not None


def _on_time(visit: WorkedVisit) -> Judged:
    """Of arrivals: an empty home says nothing about the engineer, and a no-show has a figure of its own."""
    if visit.outcome is VisitOutcome.NO_ACCESS:
        return Reason.CUSTOMER_ABSENT
    if visit.outcome is not VisitOutcome.ARRIVED or visit.arrived_at is None:
        return None
    return visit.arrived_at <= visit.window_end


def _at_once(job: RatedJob, now: datetime) -> Judged:
    """Of completions at least 30 days old: younger ones can still come back.

    A second visit because a part had to be ordered is not the first one's failure; the fault's return is.
    """
    if job.completed_at + RETURN_PERIOD > now:
        return Reason.TOO_RECENT
    if job.waited_for_parts and not job.returned:
        return Reason.WAITING_PARTS
    return len(job.worked_by) == 1 and not job.returned


def _kept_quote(job: RatedJob) -> Judged:
    if job.quoted_fen is None or job.charged_fen is None:
        return None
    return job.charged_fen <= job.quoted_fen
