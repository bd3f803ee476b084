"""Figures of a month or a quarter, of engineers, teams or branches.

Credit goes to who worked the visit, once, on the day the job was completed. What no customer said (unrated,
confirmed by time-out, opened by staff for themselves) is in no mean. Whoever is judged sees n, the interval, and what
was left out and why; what he appealed against with success is left out as well (``excused``). The arithmetic of a
figure is written at the top of ``app.domain.figures``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from math import inf
from types import MappingProxyType

from app.domain.figures import Figure, share
from app.domain.kpi.judge import Promise, at_once, kept_quote, on_time, promises, responded, stars
from app.domain.kpi.ledger import Excluded, Ledger, Row, Shared, Verdicts
from app.domain.kpi.rows import Measure, RatedJob, Rows, VisitOutcome, WorkedVisit
from app.domain.period import Period
from app.domain.rating import Dimension


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
    done = completed(rows.jobs, period)
    shares = _Shares(
        _shared_out(((credit.finished(job), job) for job in done), keys),
        _shared_out(((credit.begun(job), job) for job in done), keys),
        _shared_out(((credit.visit(v), v) for v in due(rows.visits, period)), keys),
    )
    peers: dict[str | None, list[str]] = defaultdict(list)
    for key in keys:
        peers[teams.get(key)].append(key)
    among = {team: shares.of(members_of) for team, members_of in peers.items()}
    return tuple(_one(key, period, among[teams.get(key)], now) for key in keys)


@dataclass(frozen=True)
class _Shares:
    """The rows of each member, and what was ruled of them once for all."""

    finished: Mapping[str, list[RatedJob]]
    begun: Mapping[str, list[RatedJob]]
    visits: Mapping[str, list[WorkedVisit]]
    verdicts: Verdicts = field(default_factory=dict)

    @cached_property
    def answered(self) -> Mapping[str, list[Promise]]:
        return {who: [each for job in jobs for each in promises(job)] for who, jobs in self.finished.items()}

    def of(self, keys: Sequence[str]) -> "_Shares":
        return _Shares(
            {key: self.finished[key] for key in keys},
            {key: self.begun[key] for key in keys},
            {key: self.visits[key] for key in keys},
        )


def completed(jobs: Iterable[RatedJob], period: Period) -> list[RatedJob]:
    once = {(job.ticket, job.completed_at): job for job in jobs}
    return [job for job in once.values() if job.worked_by and job.completed_at in period]


def due(visits: Iterable[WorkedVisit], period: Period) -> list[WorkedVisit]:
    once = {visit.visit_id: visit for visit in visits}
    return [visit for visit in once.values() if visit.window_end in period]


def _shared_out(rows: Iterable[tuple[str | None, Row]], keys: Sequence[str]) -> dict[str, list[Row]]:
    shares: dict[str, list[Row]] = {key: [] for key in keys}
    for key, row in rows:
        if key in shares:
            shares[key].append(row)
    return shares


def _one(key: str, period: Period, shares: _Shares, now: datetime) -> Kpi:
    ledger, finished, visits = Ledger(key, shares.verdicts), shares.finished, shares.visits
    by_dimension = {
        each: ledger.mean(Measure.RATING, finished, partial(stars, dimension=each), 1.0, 5.0, part=each.value)
        for each in Dimension
    }
    return Kpi(
        key=key,
        period=period,
        dimensions=MappingProxyType(by_dimension),
        response_rate=_ledgerless(key, finished, responded),
        on_time=ledger.share(Measure.ON_TIME, visits, on_time),
        first_time_fix=ledger.share(Measure.FIRST_TIME_FIX, shares.begun, lambda job: at_once(job, now)),
        disputes=ledger.share(Measure.DISPUTES, finished, lambda job: job.disputed),
        no_show=ledger.share(Measure.NO_SHOW, visits, lambda v: v.outcome is VisitOutcome.ENGINEER_NO_SHOW),
        urgings=ledger.mean(Measure.URGINGS, finished, lambda job: float(job.urgings), 0.0, inf),
        promises_kept=ledger.share(Measure.PROMISES_KEPT, shares.answered, lambda promise: promise.kept),
        quote_accuracy=ledger.share(Measure.QUOTE_ACCURACY, finished, kept_quote),
        evidence=ledger.share(Measure.EVIDENCE, finished, lambda job: job.evidence_complete),
        called_solved=ledger.share(Measure.CALLED_SOLVED, finished, lambda job: job.called_solved),
        excluded=tuple(ledger.excluded),
    )


def _ledgerless(key: str, rows: Shared[RatedJob], judge: Callable[[RatedJob], bool | None]) -> Figure:
    """A figure about the customers, of which there is nothing to leave out by name."""
    own = [each for each in map(judge, rows[key]) if each is not None]
    everybody = [each for peer in rows.values() for each in map(judge, peer) if each is not None]
    return share(own, everybody)
