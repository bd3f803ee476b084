"""A ticket's course for the tests of its clocks: what happened, with the segments that the database would hold."""

from dataclasses import dataclass, field

from app.domain.lifecycle import Clock, ClockMode, Event, Role, clock_modes, step
from app.domain.service_levels.calendar import ALWAYS, Calendar
from app.domain.service_levels.clocks import Happening, Run, Stored, runs_of
from app.domain.service_levels.measure import Measure, measures
from app.domain.service_levels.policy import Level, Metric, Policy, Target
from app.domain.situation import Priority
from tests.service_levels.calendars import at, span

STANDING = Level(
    {
        Metric.FIRST_RESPONSE: Target(span("2h")),
        Metric.NEXT_RESPONSE: Target(span("4h")),
        Metric.RESOLUTION: Target(span("8h")),
        Metric.ACCEPTANCE: Target(span("15m"), always=True),
        Metric.PARTS: Target(span("72h"), always=True),
    }
)
_EVENTS = frozenset(event.value for event in Event)
_ROLES = {"C": Role.CUSTOMER, "A": Role.AGENT, "E": Role.ENGINEER, "M": Role.MANAGER, "S": Role.SYSTEM}


@dataclass
class Course:
    """``C.submit 11-23 09:00`` and so on; what is no event of the life cycle is a fact beside the state."""

    level: Level = STANDING
    calendar: Calendar = ALWAYS
    happenings: list[Happening] = field(default_factory=list)
    stored: list[Stored] = field(default_factory=list)

    def lives(self, text: str) -> "Course":
        for line in text.strip().splitlines():
            who, _, when = line.strip().partition(" ")
            role, _, event = who.partition(".")
            self.happens(_ROLES[role], event, at(when.strip()))
        return self

    def happens(self, role: Role, event: str, when: int) -> None:
        before = self.happenings[-1].state if self.happenings else None
        taken = step(before, Event(event)) if event in _EVENTS else None
        state = taken.target if taken else before
        assert state is not None, f"{event} cannot begin a ticket"
        seq = len(self.happenings) + 1
        self.happenings.append(Happening(seq, event, state, role, when, entered=state is not before))
        was = clock_modes(before) if before else {}
        for clock, mode in clock_modes(state).items():
            if was.get(clock) is not mode:
                self._turn(clock, mode, seq, when)

    def runs(self) -> list[Run]:
        return runs_of(self.happenings, self.stored, self.level)

    def of(self, metric: Metric) -> list[Measure]:
        policy = Policy(1, {Priority.NORMAL: self.level})
        found = measures(self.runs(), policy, Priority.NORMAL, self.calendar)
        return [m for m in found if m.run.metric is metric]

    def _turn(self, clock: Clock, mode: ClockMode, seq: int, when: int) -> None:
        self.stored = [
            Stored(s.clock, s.from_seq, s.mode, s.since, max(when, s.since))
            if s.clock is clock and s.until is None
            else s
            for s in self.stored
        ]
        if mode is not ClockMode.STOP:
            self.stored.append(Stored(clock, seq, mode, when, None))
