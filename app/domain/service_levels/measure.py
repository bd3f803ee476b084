"""What the clocks come to: how much of a target is used, when it is due, and what is to be told on the way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from app.domain.service_levels.calendar import ALWAYS, Calendar, add_open_seconds, open_seconds
from app.domain.service_levels.clocks import Run
from app.domain.service_levels.policy import WARNINGS, Metric, Policy, Step, Target
from app.domain.situation import Priority

# The mark at which a task force is called for: at once, whoever has answered already.
TASK_FORCE = "task_force"


class Status(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Mark:
    """Something to be told once so much of the target's time is used: a warning in percent, or an escalation."""

    name: str
    after: int
    percent: int | None = None
    step: Step | None = None


@dataclass(frozen=True)
class Measure:
    """A clock against its target. ``calendar`` is the one by which the target counts."""

    run: Run
    target: Target
    calendar: Calendar
    task_force: bool = False

    def used(self, now: int) -> int:
        return sum(
            open_seconds(self.calendar, s.since, now if s.until is None else s.until)
            for s in self.run.segments
            if s.running
        )

    def reached(self, count: int) -> int | None:
        """When ``count`` seconds were or will be used, as things stand; None when the clock does not get there.

        What is due at once is reached also by a clock that ran for less than a second.
        """
        at_once = count == 0
        for s in self.run.segments:
            if not s.running:
                continue
            at = add_open_seconds(self.calendar, s.since, count)
            if s.until is None or at < s.until or (at_once and at == s.until):
                return at
            count -= open_seconds(self.calendar, s.since, s.until)
        return None

    @cached_property
    def due(self) -> int | None:
        """None while the clock pauses, and when it stopped in time."""
        return self.reached(self.target.seconds)

    def status(self) -> Status:
        if self.run.over:
            return Status.STOPPED if self.run.met_at is None else Status.MET
        return Status.RUNNING if self.run.segments[-1].running else Status.PAUSED

    def breached(self, now: int) -> bool:
        """Whoever answers in the second in which it is due, has answered in time."""
        used = self.used(now)
        return used > self.target.seconds or (not self.run.over and used == self.target.seconds)

    def marks(self, steps: Sequence[Step] = ()) -> Iterator[Mark]:
        """The warnings and the steps of this metric. A share of a second counts as a whole one: nothing is told
        too early."""
        seconds = self.target.seconds
        if self.task_force and self.run.metric is Metric.RESOLUTION:
            yield Mark(TASK_FORCE, 0)
        for percent in WARNINGS:
            yield Mark(f"{percent}%", -(-seconds * percent // 100), percent)
        for step in steps:
            if step.metric is self.run.metric and seconds + step.offset >= 0:
                yield Mark(step.name, seconds + step.offset, step=step)


def measures(runs: Sequence[Run], policy: Policy, priority: Priority, calendar: Calendar) -> list[Measure]:
    """The clocks for which the policy has a target."""
    found = []
    force = policy.levels[priority].task_force
    for run in runs:
        target = policy.target(priority, run.metric)
        if target is not None:
            found.append(Measure(run, target, ALWAYS if target.always else calendar, force))
    return found
