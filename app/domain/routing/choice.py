"""Who of a team takes a ticket: whoever is free for it and has least to do, and of several who has waited longest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

# Somebody of whom nothing was heard for so long is not there.
HEARTBEAT = timedelta(minutes=2)
# And after so long what he has goes to others, if somebody is free for it.
ABSENCE = timedelta(minutes=15)


class Presence(StrEnum):
    ONLINE = "online"
    # There, and takes nothing new.
    BUSY = "busy"
    OFFLINE = "offline"


@dataclass(frozen=True)
class Seat:
    """A member at his desk. ``skills`` are categories; without any he takes all."""

    staff_id: str
    name: str
    presence: Presence
    seen_at: datetime | None
    skills: tuple[str, ...]
    capacity: int
    load: int
    last_assigned_at: datetime | None


@dataclass(frozen=True)
class Candidate:
    """``obstacle`` says in Chinese why not he; empty for those who could."""

    seat: Seat
    obstacle: str


@dataclass(frozen=True)
class Choice:
    chosen: Seat | None
    candidates: tuple[Candidate, ...]


def choose(seats: Sequence[Seat], category: str, now: datetime) -> Choice:
    """The load is weighed by capacity: two of four is as much as four of eight."""
    candidates = [Candidate(seat, _obstacle(seat, category, now)) for seat in seats]
    free = [each.seat for each in candidates if not each.obstacle]
    chosen = min(free, key=_turn, default=None)
    ordered = sorted(candidates, key=lambda each: (bool(each.obstacle), _turn(each.seat)))
    return Choice(chosen, tuple(ordered))


def _turn(seat: Seat) -> tuple[Fraction, float, str]:
    share = Fraction(seat.load, seat.capacity) if seat.capacity else Fraction(seat.load + 1)
    last = seat.last_assigned_at.timestamp() if seat.last_assigned_at else 0.0
    return share, last, seat.staff_id


def _obstacle(seat: Seat, category: str, now: datetime) -> str:
    if seat.presence is Presence.BUSY:
        return "忙碌"
    if seat.presence is Presence.OFFLINE or seat.seen_at is None or now - seat.seen_at > HEARTBEAT:
        return "不在线"
    if seat.skills and category not in seat.skills:
        return f"不负责{category}"
    if seat.load >= seat.capacity:
        return "已满"
    return ""
