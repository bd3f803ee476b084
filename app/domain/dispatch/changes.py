"""What a new plan changes, in groups that can be carried out each by itself.

Tours that exchange visits change together; a group that breaks a promise, moves what is pinned or wins nothing is left
as it was. So a plan may fail in one corner and still be good for the rest.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.dispatch.board import Board
from app.domain.dispatch.plan import Span
from app.domain.dispatch.tours import Territory

# Less than this is not worth telling anybody.
WORTH_MINUTES = 1.0
# How far behind the end of his span work may begin.
_AFTER_HOURS = 30 * 60


@dataclass(frozen=True)
class Seat:
    """A visit as the new plan has it; ``came_from`` is None for one that nobody had."""

    visit_id: str
    engineer_id: str
    came_from: str | None
    planned: Span

    @property
    def moved(self) -> bool:
        return self.came_from != self.engineer_id


@dataclass(frozen=True)
class Group:
    """Tours that change together: every visit of theirs, and what the change wins in minutes."""

    engineers: tuple[str, ...]
    seats: tuple[Seat, ...]
    gain: float

    @property
    def mends(self) -> bool:
        return any(seat.came_from is None for seat in self.seats)


def groups(before: Board, after: Board) -> list[Group]:
    """Those worth carrying out, the largest gain first."""
    territory = before.territory()
    found = (_group(territory, before, after, spans) for spans in _together(before, after))
    worth = [g for g in found if g and (g.mends or g.gain >= WORTH_MINUTES)]
    return sorted(worth, key=lambda g: -g.gain)


def cost(board: Board) -> float:
    """Minutes of the whole day as it stands; what is loose costs nothing here."""
    territory = board.territory()
    return sum(territory.time(i, list(tour)).cost for i, tour in enumerate(board.tours))


def _group(territory: Territory, before: Board, after: Board, spans: Sequence[int]) -> Group | None:
    had = _owners(before)
    seats: list[Seat] = []
    gain = 0.0
    for span in spans:
        old, new = (territory.time(span, list(board.tours[span])) for board in (before, after))
        gain += old.cost - new.cost
        was = dict(zip(old.stops, old.starts, strict=True))
        for visit, start in zip(new.stops, new.starts, strict=True):
            if not _keeps(before, visit, span, start, was.get(visit)):
                return None
            stop = before.visits[visit].stop
            owner = had.get(visit)
            seats.append(
                Seat(
                    stop.visit_id,
                    before.spans[span].engineer_id,
                    None if owner is None else before.spans[owner].engineer_id,
                    Span(start, start + stop.minutes * 60),
                )
            )
    return Group(tuple(sorted({before.spans[i].engineer_id for i in spans})), tuple(seats), gain)


def _keeps(board: Board, visit: int, span: int, start: int, was: int | None) -> bool:
    """Whether the new start keeps the promise, or at least breaks it by no more than it was broken."""
    stop = board.visits[visit].stop
    if board.visits[visit].pinned and start != stop.planned.start:
        return False
    latest = min(stop.window.end, board.spans[span].shift.end + _AFTER_HOURS)
    return start <= max(latest, was or 0)


def _owners(board: Board) -> dict[int, int]:
    return {visit: span for span, tour in enumerate(board.tours) for visit in tour}


def _together(before: Board, after: Board) -> Iterator[list[int]]:
    """The spans that changed, those of one person or that share a visit in one list."""
    changed = [i for i in range(len(before.spans)) if before.tours[i] != after.tours[i]]
    leader = list(range(len(before.spans)))

    def find(i: int) -> int:
        while leader[i] != i:
            i = leader[i]
        return i

    def join(pairs: Iterable[tuple[int, int]]) -> None:
        for a, b in pairs:
            leader[find(a)] = find(b)

    had, has = _owners(before), _owners(after)
    join((span, has[visit]) for visit, span in had.items() if visit in has)
    persons: dict[str, int] = {}
    join((i, persons.setdefault(before.spans[i].engineer_id, i)) for i in changed)
    gathered: dict[int, list[int]] = defaultdict(list)
    for i in changed:
        gathered[find(i)].append(i)
    yield from gathered.values()
