"""Whether promises were kept: the first one of each step, and the one that stood when the step was done.

A step is a case once. It belongs to the period of the time that was first promised, whatever became of it: what was
never done counts as not kept, not as missing. What the customer or a decision put an end to is in no figure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from app.domain.figures import Figure, share
from app.domain.lifecycle import Event
from app.domain.promise.steps import Step

# What a job is left by when the step was done.
DONE_BY: Mapping[Step, frozenset[str]] = MappingProxyType(
    {
        Step.RESPONSE: frozenset(
            {Event.TRIAGE, Event.RESOLVE_REMOTE, Event.ASK_INFO, Event.REJECT, "message"}
        ),
        Step.SOLVE: frozenset({Event.RESOLVE_REMOTE, Event.REJECT, Event.TRIAGE}),
        Step.ASSIGN: frozenset({Event.ACCEPT, Event.CLAIM}),
        Step.BOOK: frozenset({Event.BOOK}),
        Step.VISIT: frozenset({Event.ARRIVE}),
        Step.INSPECT: frozenset({Event.QUOTE, Event.START, Event.NEED_PARTS, Event.FAIL}),
        Step.REVIEW: frozenset({"quote_reviewed", Event.REVISE_QUOTE}),
        Step.WORK: frozenset({Event.FINISH}),
        Step.PARTS: frozenset({Event.PARTS_READY}),
        Step.RESUME: frozenset({Event.RESUME}),
        Step.CALL_BACK: frozenset({Event.FOLLOW_UP, Event.ACCEPT_FAIL}),
    }
)
# With these it became void: by the customer, or because the job took another course.
_VOIDED_BY = frozenset({Event.CANCEL, Event.MERGE, Event.SUSPEND, Event.NO_ACCESS})


@dataclass(frozen=True)
class Kept:
    """A step of a job. ``ended_at`` by ``ended_by`` is when it was left; ``last`` was promised when it was.

    ``anew``: the customer asked for another time. ``machine``: nobody of ours did it.
    """

    service_point: str | None
    step: Step
    first: datetime
    last: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
    anew: bool = False
    machine: bool = False

    def verdict(self, promised: datetime, now: datetime) -> bool | None:
        """None while it may still be kept, and where it became void before it was due."""
        if self.ended_at is None:
            return None if now <= promised else False
        if self.ended_at > promised:
            return False
        return None if self._void else self.ended_by in DONE_BY[self.step]

    @property
    def _void(self) -> bool:
        # That a machine has read a report is no answer to the customer; and additional work is his to approve.
        return (
            self.anew
            or self.ended_by in _VOIDED_BY
            or (self.step is Step.RESPONSE and self.machine)
            or (self.step is Step.WORK and self.ended_by == Event.QUOTE)
        )


@dataclass(frozen=True)
class PromiseFigures:
    """Of one service point, or of the whole house (None). ``moved`` is the share of steps promised more than once."""

    service_point: str | None
    first: Figure
    last: Figure
    moved: Figure
    by_step: tuple[tuple[Step, Figure], ...] = ()


def figures(cases: Iterable[Kept], points: Iterable[str], now: datetime) -> tuple[PromiseFigures, ...]:
    """The house first, then its service points in the order of their keys, each among all of them."""
    every = [case for case in cases if case.step is not Step.CUSTOMER]
    by_point: dict[str | None, list[Kept]] = {point: [] for point in sorted(points)}
    for case in every:
        by_point.setdefault(case.service_point, []).append(case)
    return _of(None, every, every, now), *(_of(p, by_point[p], every, now) for p in by_point if p is not None)


def _of(point: str | None, own: list[Kept], every: list[Kept], now: datetime) -> PromiseFigures:
    steps = [step for step in Step if step is not Step.CUSTOMER]
    return PromiseFigures(
        point,
        share(_first(own, now), _first(every, now)),
        share(_last(own, now), _last(every, now)),
        share([case.last != case.first for case in own], [case.last != case.first for case in every]),
        tuple(
            (step, share(_first(_only(own, step), now), _first(_only(every, step), now))) for step in steps
        ),
    )


def _only(cases: list[Kept], step: Step) -> list[Kept]:
    return [case for case in cases if case.step is step]


def _first(cases: list[Kept], now: datetime) -> list[bool]:
    return [kept for case in cases if (kept := case.verdict(case.first, now)) is not None]


def _last(cases: list[Kept], now: datetime) -> list[bool]:
    return [kept for case in cases if (kept := case.verdict(case.last, now)) is not None]
