"""What the whole house knows for its promises: the newest hours and targets, and how long each step usually takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from app.domain.incidents.duties import known_fault
from app.domain.lifecycle import State
from app.domain.promise.grounds import MIN_CASES, Grounds, Usual, leaning
from app.domain.promise.steps import MEASURED, Step
from app.domain.service_levels import standing
from app.domain.service_levels.calendar import Calendar
from app.domain.service_levels.policy import Policy
from app.domain.situation import Priority, Situation


@dataclass(frozen=True)
class Point:
    id: str
    city: str
    districts: frozenset[str]


@dataclass(frozen=True)
class Kind:
    """A circle of jobs: of one branch or (None) of all, of one category or ("") of any. What is pressing is done at
    another pace."""

    point: str | None
    category: str
    pressing: bool
    step: Step


@dataclass(frozen=True)
class FaultKey:
    """By which a task force gathers its tickets."""

    category: str
    fault: str
    point: str | None


@dataclass(frozen=True)
class KnownFault:
    """``promised_at`` is None while nobody can say when it is over."""

    text: str
    promised_at: datetime | None


@dataclass(frozen=True)
class Book:
    """``calendars`` by service point, with their names; that of None is the whole house's.

    ``faults`` are those on which a task force is at work, with the moment by which they shall be over.
    """

    policy: Policy = standing.POLICY
    calendars: Mapping[str | None, tuple[Calendar, str]] = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    usual: Mapping[Kind, Usual] = field(default_factory=dict)
    faults: Mapping[FaultKey, datetime | None] = field(default_factory=dict)

    def known_fault(self, s: Situation, now: datetime) -> KnownFault | None:
        """Of a report that no task force has gathered yet: whether one is at work on just that."""
        # Nearly always, and on the hottest path of all.
        if not self.faults or s.state is not State.SUBMITTED:
            return None
        key = FaultKey(s.category, s.diagnosis.fault, s.service_point_id or self._point_of(s))
        if key not in self.faults:
            return None
        return KnownFault(known_fault(self.faults[key], now), self.faults[key])

    def grounds(self, s: Situation) -> Grounds:
        point = s.service_point_id or self._point_of(s)
        standing_one = (standing.CALENDAR, standing.CALENDAR_NAME)
        calendar, name = self.calendars.get(point) or self.calendars.get(None) or standing_one
        return Grounds(s.priority, calendar, name, self.policy, self._usual_of(point, s))

    def _point_of(self, s: Situation) -> str | None:
        """Of a report that is only being taken in."""
        if s.address is None:
            return None
        return self._by_district.get((s.address.city, s.address.district))

    @cached_property
    def _by_district(self) -> dict[tuple[str, str], str]:
        return {(p.city, district): p.id for p in reversed(self.points) for district in p.districts}

    def _usual_of(self, point: str | None, s: Situation) -> dict[Step, Usual]:
        if not self.usual:
            return {}
        pressing = s.priority is not Priority.NORMAL
        known = {step: self._usual_step(point, s.category, step, pressing=pressing) for step in MEASURED}
        return {step: found for step, found in known.items() if found is not None}

    def _usual_step(self, point: str | None, category: str, step: Step, *, pressing: bool) -> Usual | None:
        """The branch leans on the house, the house's category on all that it does; too few of those are nothing."""
        anything = self.usual.get(Kind(None, "", pressing, step))
        if anything is None or anything.n < MIN_CASES:
            return None
        everywhere = leaning(self.usual.get(Kind(None, category, pressing, step)), anything)
        if point is None:
            return everywhere
        return leaning(self.usual.get(Kind(point, category, pressing, step)), everywhere)


STANDING = Book()
