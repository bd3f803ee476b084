"""The stored segments of a ticket's clocks once more, from nothing but what happened to it, in order.

``record`` writes them one change at a time; this is the whole of them at once, to hold one against the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.lifecycle import Clock, ClockMode, Event, State, clock_modes

_QUOTED = frozenset({Event.QUOTE.value, Event.REVISE_QUOTE.value})
# An empty home pauses until there is another time; a job put aside meanwhile stays one.
_STILL_NOBODY = frozenset({State.ACCEPTED, State.SUSPENDED})


@dataclass(frozen=True)
class Happened:
    """``in_review``: of a quote that a manager has to see first; ``approved``: of what he said of it."""

    seq: int
    event: str
    state: State
    at: datetime
    in_review: bool = False
    approved: bool = False


@dataclass(frozen=True, order=True)
class Kept:
    """A row of ``clock_segments``."""

    clock: Clock
    from_seq: int
    mode: ClockMode
    since: datetime
    until: datetime | None


@dataclass
class _Turn:
    """Whose turn it is where the state alone does not say so."""

    with_us: bool = False
    nobody_home: bool = False

    def hear(self, h: Happened) -> None:
        if h.event in _QUOTED:
            self.with_us = h.in_review
        elif h.event == "quote_reviewed":
            self.with_us = not h.approved
        if h.event == Event.NO_ACCESS:
            self.nobody_home = True
        elif h.state not in _STILL_NOBODY:
            self.nobody_home = False

    def modes(self, state: State) -> dict[Clock, ClockMode]:
        return clock_modes(
            state,
            with_us=self.with_us and state is State.QUOTE_PENDING,
            nobody_home=self.nobody_home and state is State.ACCEPTED,
        )


def fold(happened: Sequence[Happened]) -> list[Kept]:
    """In the order of clocks and of their beginnings; a clock that was set back makes a segment without length."""
    turn, was = _Turn(), dict.fromkeys(Clock, ClockMode.STOP)
    running: dict[Clock, Kept] = {}
    found: list[Kept] = []
    for h in happened:
        turn.hear(h)
        is_ = turn.modes(h.state)
        for clock in _changed(was, is_):
            if clock in running:
                found.append(_ended(running.pop(clock), h.at))
            if is_[clock] is not ClockMode.STOP:
                running[clock] = Kept(clock, h.seq, is_[clock], h.at, None)
        was = is_
    return sorted([*found, *running.values()], key=lambda each: (each.clock, each.from_seq))


def _changed(was: dict[Clock, ClockMode], is_: dict[Clock, ClockMode]) -> Iterator[Clock]:
    return (clock for clock in Clock if was[clock] is not is_[clock])


def _ended(segment: Kept, at: datetime) -> Kept:
    return Kept(segment.clock, segment.from_seq, segment.mode, segment.since, max(segment.since, at))
