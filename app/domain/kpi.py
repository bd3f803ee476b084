"""An engineer's month in figures that can be recomputed from the raw rows at any time.

Credit goes to who worked the visit, once, on the day the job was completed. What no customer said (unrated,
confirmed by time-out, opened by staff for themselves) is in no mean. The engineer sees n and the interval.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import inf
from types import MappingProxyType
from typing import TypeVar

from app.domain.figures import Figure, mean, share
from app.domain.rating import Dimension, Scores
from app.domain.zone import ZONE

RETURN_PERIOD = timedelta(days=30)

Row = TypeVar("Row")


@dataclass(frozen=True, order=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, at: datetime) -> "Month":
        local = at.astimezone(ZONE)
        return cls(local.year, local.month)


class VisitOutcome(StrEnum):
    ARRIVED = "arrived"
    NO_ACCESS = "no_access"
    ENGINEER_NO_SHOW = "engineer_no_show"


@dataclass(frozen=True)
class WorkedVisit:
    """A visit that was due. It belongs to the month of the window promised to the customer."""

    visit_id: str
    engineer_id: str
    window_end: datetime
    outcome: VisitOutcome
    arrived_at: datetime | None = None


@dataclass(frozen=True)
class RatedJob:
    """One completion of a job, rated or not. A job completed again after a dispute is a second row.

    ``worked_by`` names the engineer of each working visit in order. The last one gets the credit; whether the
    first visit was enough is asked of the first. ``scores`` are the customer's; ``auto_confirmed`` says that
    a time-out spoke instead. ``reopened_at`` is the return of the same fault. Money is in fen.
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

    @property
    def rating(self) -> Scores | None:
        return None if self.auto_confirmed or self.staff_created else self.scores


@dataclass(frozen=True)
class Rows:
    jobs: tuple[RatedJob, ...] = ()
    visits: tuple[WorkedVisit, ...] = ()


@dataclass(frozen=True)
class EngineerKpi:
    """Shares lie between 0 and 1, dimension means between 1 and 5, ``urgings`` are per job."""

    engineer_id: str
    month: Month
    dimensions: Mapping[Dimension, Figure]
    response_rate: Figure
    on_time: Figure
    first_time_fix: Figure
    disputes: Figure
    no_show: Figure
    urgings: Figure
    quote_accuracy: Figure
    evidence: Figure


def compute(rows: Rows, month: Month, team: Iterable[str], *, now: datetime) -> tuple[EngineerKpi, ...]:
    """One row for each engineer of the team, in the order of ids; figures lean on the rows of this team.

    ``now`` decides which completions are old enough to count as fixed at the first visit.
    """
    members = sorted(set(team))
    done = _completed(rows.jobs, month)
    finished = _shared_out(((job.worked_by[-1], job) for job in done), members)
    begun = _shared_out(((job.worked_by[0], job) for job in done), members)
    visits = _shared_out(_due(rows.visits, month), members)
    return tuple(_one(m, month, finished, begun, visits, now) for m in members)


def _completed(jobs: Iterable[RatedJob], month: Month) -> list[RatedJob]:
    once = {(job.ticket, job.completed_at): job for job in jobs}
    return [job for job in once.values() if job.worked_by and Month.of(job.completed_at) == month]


def _due(visits: Iterable[WorkedVisit], month: Month) -> list[tuple[str, WorkedVisit]]:
    once = {visit.visit_id: visit for visit in visits}
    return [(v.engineer_id, v) for v in once.values() if Month.of(v.window_end) == month]


def _shared_out(rows: Iterable[tuple[str, Row]], members: Sequence[str]) -> dict[str, list[Row]]:
    shares: dict[str, list[Row]] = {member: [] for member in members}
    for member, row in rows:
        if member in shares:
            shares[member].append(row)
    return shares


def _one(
    member: str,
    month: Month,
    finished: Mapping[str, list[RatedJob]],
    begun: Mapping[str, list[RatedJob]],
    visits: Mapping[str, list[WorkedVisit]],
    now: datetime,
) -> EngineerKpi:
    def of(rows: Mapping[str, list[Row]], cases: Callable[[list[Row]], list[bool]]) -> Figure:
        return share(cases(rows[member]), cases(_together(rows)))

    own, everybody = finished[member], _together(finished)
    return EngineerKpi(
        engineer_id=member,
        month=month,
        dimensions=MappingProxyType(
            {d: mean(_stars(own, d), _stars(everybody, d), 1.0, 5.0) for d in Dimension}
        ),
        response_rate=of(finished, _responded),
        on_time=of(visits, _on_time),
        first_time_fix=of(begun, lambda rows: _fixed_at_once(rows, now)),
        disputes=of(finished, lambda rows: [job.disputed for job in rows]),
        no_show=of(visits, lambda rows: [v.outcome is VisitOutcome.ENGINEER_NO_SHOW for v in rows]),
        urgings=mean(_urgings(own), _urgings(everybody), 0.0, inf),
        quote_accuracy=of(finished, _kept_quotes),
        evidence=of(finished, lambda rows: [job.evidence_complete for job in rows]),
    )


def _together(rows: Mapping[str, list[Row]]) -> list[Row]:
    return [row for own in rows.values() for row in own]


def _stars(jobs: list[RatedJob], dimension: Dimension) -> list[float]:
    return [float(job.rating.of(dimension)) for job in jobs if job.rating]


def _responded(jobs: list[RatedJob]) -> list[bool]:
    """Of the customers who could have rated; a time-out is a customer who did not."""
    return [job.rating is not None for job in jobs if not job.staff_created]


def _on_time(visits: list[WorkedVisit]) -> list[bool]:
    """Of arrivals: an empty home says nothing about the engineer, and a no-show has a figure of its own."""
    return [
        visit.arrived_at <= visit.window_end
        for visit in visits
        if visit.outcome is VisitOutcome.ARRIVED and visit.arrived_at
    ]


def _fixed_at_once(jobs: list[RatedJob], now: datetime) -> list[bool]:
    """Of completions at least 30 days old: younger ones can still come back."""
    return [
        len(job.worked_by) == 1 and not _returned(job)
        for job in jobs
        if job.completed_at + RETURN_PERIOD <= now
    ]


def _returned(job: RatedJob) -> bool:
    return job.reopened_at is not None and job.reopened_at <= job.completed_at + RETURN_PERIOD


def _urgings(jobs: list[RatedJob]) -> list[float]:
    return [float(job.urgings) for job in jobs]


def _kept_quotes(jobs: list[RatedJob]) -> list[bool]:
    return [
        job.charged_fen <= job.quoted_fen
        for job in jobs
        if job.quoted_fen is not None and job.charged_fen is not None
    ]
