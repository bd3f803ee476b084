"""What the planner reads and answers. Moments are whole seconds since the epoch, durations are minutes."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple, TypeVar, overload

from app.domain.dispatch.cost import CostTerms
from app.domain.dispatch.outline import Outline
from app.domain.travel import Point, unit
from app.domain.zone import ZONE

T = TypeVar("T")


class Span(NamedTuple):
    """Like a stop it is a plain tuple: a question about a whole town makes ten thousand of them."""

    start: int
    end: int

    @classmethod
    def of(cls, start: datetime, end: datetime) -> "Span":
        return cls(int(start.timestamp()), int(end.timestamp()))

    @property
    def start_at(self) -> datetime:
        return datetime.fromtimestamp(self.start, ZONE)

    @property
    def end_at(self) -> datetime:
        return datetime.fromtimestamp(self.end, ZONE)

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


class Stop(NamedTuple):
    """A visit already in an engineer's day. On time means that work begins by the end of ``window``.

    A frozen stop (the engineer has left for it) keeps its planned span, and nothing is put before it.
    """

    visit_id: str
    point: Point
    window: Span
    planned: Span
    minutes: int
    urgent: bool = False
    frozen: bool = False


class Unmade(Sequence[Stop]):
    """Stops of which only the places are known until somebody asks for more: of most days nobody does."""

    __slots__ = ("_made", "_make", "places")

    def __init__(self, places: Sequence[tuple[float, float]], make: Callable[[], tuple[Stop, ...]]) -> None:
        self.places, self._make = places, make
        self._made: tuple[Stop, ...] | None = None

    def _all(self) -> tuple[Stop, ...]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, index: int) -> Stop: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Stop]: ...
    def __getitem__(self, index: int | slice) -> Stop | Sequence[Stop]:
        return self._all()[index]

    def __iter__(self) -> Iterator[Stop]:
        return iter(self._all())


def _planned_start(stop: Stop) -> int:
    return stop.planned.start


def tours(spans: Sequence[Span], stops: Sequence[Stop]) -> list[tuple[Span, tuple[Stop, ...]]]:
    """Each working span with its stops, both in order of time; see ``split``."""
    return split(spans, stops, _planned_start)


def split(
    spans: Sequence[Span], stops: Sequence[T], start: Callable[[T], int]
) -> list[tuple[Span, tuple[T, ...]]]:
    """A stop belongs to the last span that began by its ``start``.

    So work that runs beyond the end of its span stays with it, up to the beginning of the next.
    """
    found: list[list[T]] = [[] for _ in spans]
    begins = [span.start for span in spans]
    if spans:
        for stop in stops:
            found[max(0, bisect_right(begins, start(stop)) - 1)].append(stop)
    return [(span, tuple(its)) for span, its in zip(spans, found, strict=True)]


@dataclass(frozen=True)
class Candidate:
    """One working span of an engineer, from home to home: a day has several if his roster says so.

    For a span under way ``shift`` starts at the present moment and ``origin`` is the present place.
    ``lacks`` holds what the work rules found missing (skill, area, licence), in words for the dispatcher.
    ``max_visits`` is for the whole day: ``other_visits`` are those that are not among ``stops``, because they are in
    another span or done. ``owed`` is how much he is to be favoured, in minutes, because little has come to him lately.
    """

    engineer_id: str
    home: Point
    shift: Span
    stops: Sequence[Stop] = ()
    last_good: bool = False
    rating_bonus: float = 0.0
    owed: float = 0.0
    name: str = ""
    origin: Point | None = None
    max_visits: int | None = None
    other_visits: int = 0
    lacks: tuple[str, ...] = ()

    @cached_property
    def outline(self) -> Outline:
        if isinstance(self.stops, Unmade):
            stops = [unit(lat, lng) for lat, lng in self.stops.places]
        else:
            stops = [stop.point.unit for stop in self.stops]
        return Outline.of([(self.origin or self.home).unit, *stops, self.home.unit])

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Those that the span touches."""
        first, last = self.shift.start_at.date(), Span(0, self.shift.end - 1).end_at.date()
        return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))

    @property
    def full(self) -> bool:
        return self.max_visits is not None and len(self.stops) + self.other_visits >= self.max_visits


@dataclass(frozen=True)
class Job:
    """The visit to be placed. Without ``windows`` it may begin from ``earliest``, and in time until ``due``.

    ``at_home`` is when the customer said that he can be reached at all; empty when he has not said.

    ``held_by`` is the engineer already announced to the customer; anybody else then costs ``Weights.change``.
    """

    point: Point
    minutes: int
    earliest: int
    due: int
    windows: tuple[Span, ...] = ()
    urgent: bool = False
    held_by: str | None = None
    at_home: tuple[Span, ...] = ()

    @property
    def open_windows(self) -> tuple[Span, ...]:
        return self.windows or (Span(self.earliest, self.due),)


@dataclass(frozen=True)
class Limits:
    """Beyond these minutes an insertion is refused; within them lateness and overtime only cost.

    ``late_visits`` is how many visits of the day may become late by it, if that is to be refused at all.
    """

    late: float = 240.0
    overtime: float = 120.0
    late_visits: int | None = None


LIMITS = Limits()
# A window that is promised must be kept: nobody late by design, little overtime. What is offered to a customer
# and what is booked are held against the same limits, so that an offer can be taken.
PROMISED = Limits(late=0.0, overtime=30.0, late_visits=0)


@dataclass(frozen=True)
class Move:
    visit_id: str
    planned: Span


@dataclass(frozen=True)
class Insertion:
    """The best place for a job in one engineer's day: before the stop at ``position``, within ``window``."""

    engineer_id: str
    position: int
    window: Span
    planned: Span
    approach: float = field(metadata={"unit": "minutes on the way to the new job"})
    moves: tuple[Move, ...]
    terms: CostTerms

    @property
    def total(self) -> float:
        return self.terms.total


@dataclass(frozen=True)
class Refusal:
    engineer_id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Ranking:
    """Who should go and who comes next, each with his cost; and who cannot, each with what is lacking."""

    winner: Insertion | None
    runners_up: tuple[Insertion, ...]
    refused: tuple[Refusal, ...]
