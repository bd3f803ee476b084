"""The raw rows that figures are made of, and why one of them may be in no figure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.rating import Scores

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
