"""What a promise rests on besides the ticket itself: opening hours, the targets of its level, what such jobs took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from app.domain.promise.steps import Step
from app.domain.service_levels import standing
from app.domain.service_levels.calendar import (
    Calendar,
    NeverOpen,
    add_open_seconds,
    moment,
    open_seconds,
    seconds,
)
from app.domain.service_levels.policy import Metric, Policy, Target
from app.domain.situation import Priority

# Four of five such steps were done by then; and nineteen of twenty, for those that are not.
USUALLY, AT_LONGEST = 0.8, 0.95
# Fewer cases of the whole house decide nothing: then the target of the level is promised.
MIN_CASES = 10
# As many cases as what is known of the wider circle weighs against what was seen in the narrower one.
PRIOR_CASES = 10


@dataclass(frozen=True)
class Usual:
    """How long a step takes usually and at longest, in seconds, as ``n`` cases of the narrowest circle had it."""

    seconds: int
    longest: int
    n: int


@dataclass(frozen=True)
class Grounds:
    """``usual``: of jobs like this one, in open time where the step is done at the desk."""

    priority: Priority
    calendar: Calendar = standing.CALENDAR
    calendar_name: str = standing.CALENDAR_NAME
    policy: Policy = standing.POLICY
    usual: Mapping[Step, Usual] = field(default_factory=dict)

    def target(self, metric: Metric) -> Target:
        """What the level promises; a policy that leaves it out has not abolished the standing one."""
        found = self.policy.target(self.priority, metric) or standing.POLICY.target(self.priority, metric)
        assert found is not None, f"the standing policy has {metric}"  # noqa: S101
        return found

    def after(self, start: datetime, span: timedelta, *, always: bool) -> datetime:
        """``always``: around the clock; otherwise while the branch is open."""
        if always:
            return start + span
        try:
            return moment(add_open_seconds(self.calendar, seconds(start), int(span.total_seconds())))
        except NeverOpen:
            # What was published for this year says nothing of the years after it.
            return start + span

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        return timedelta(seconds=open_seconds(self.calendar, seconds(start), seconds(end)))


def quantile(ordered: Sequence[int], share: float) -> int:
    """The smallest value that ``share`` of them do not exceed."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def measured(durations: Sequence[int]) -> Usual:
    ordered = sorted(durations)
    return Usual(quantile(ordered, USUALLY), quantile(ordered, AT_LONGEST), len(ordered))


def leaning(narrow: Usual | None, wide: Usual | None) -> Usual | None:
    """What a few cases say, pulled towards what is known of the wider circle; ``n`` stays that of the cases."""
    if narrow is None or wide is None:
        return narrow or wide
    weight = narrow.n + PRIOR_CASES
    return Usual(
        (narrow.n * narrow.seconds + PRIOR_CASES * wide.seconds) // weight,
        (narrow.n * narrow.longest + PRIOR_CASES * wide.longest) // weight,
        narrow.n,
    )
