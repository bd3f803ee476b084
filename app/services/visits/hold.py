"""Hold a window in an engineer's day, atomically and with the way there and back in mind.

The roster row is locked first, so that two bookings of one day come one after the other instead of running into
the exclusion constraint (which alone costs deadlocks); the constraint stays as the backstop.
"""

import secrets
from datetime import datetime
from typing import NamedTuple

import asyncpg

from app.domain.dispatch.insertion import assess
from app.domain.dispatch.place import Rules
from app.domain.dispatch.plan import Candidate, Insertion, Job, Limits, Refusal, Span
from app.domain.situation import Engineer, Visit, VisitState, Window
from app.domain.travel import Point
from app.domain.zone import ZONE
from app.errors import Conflict, InvalidInput
from app.models.visits import LIVE_VISITS
from app.services.dispatch.candidates import stop
from app.services.dispatch.slots import slots_for
from app.services.tickets.change import Change

# A booked window must be kept: nothing late by design, little overtime.
STRICT = Rules(limits=Limits(late=0.0, overtime=30.0))

_LOCK_DAY = """
UPDATE rosters SET version = version + 1 WHERE engineer_id = $1::uuid AND day = $2
RETURNING lower(shift) AS shift_start, upper(shift) AS shift_end
"""
_LOCK_DAYS = """
SELECT FROM rosters WHERE engineer_id = $1::uuid AND day = ANY ($2::date[]) ORDER BY day FOR NO KEY UPDATE
"""
_HOME = "SELECT latitude, longitude FROM engineers WHERE id = $1::uuid"
_STOPS = f"""
SELECT id, latitude, longitude, state, departed_at, lower(promised) AS window_start, upper(promised) AS window_end,
       lower(planned) AS planned_start, upper(planned) AS planned_end
  FROM visits
 WHERE engineer_id = $1::uuid AND planned && tstzrange($2, $3) AND ticket_id <> $4 AND {LIVE_VISITS}
 ORDER BY lower(planned)
"""
_MOVE = """
UPDATE visits v SET planned = tstzrange(n.start_at, n.end_at)
  FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) AS n (id, start_at, end_at)
 WHERE v.id = n.id
"""
_INSERT = """
INSERT INTO visits (ticket_id, engineer_id, state, promised, planned, latitude, longitude, arrival_code, created_at)
VALUES ($1, $2::uuid, 'booked', tstzrange($3, $4), tstzrange($5, $6), $7, $8, $9, $10)
RETURNING id
"""


class SlotTaken(Conflict):
    """``slots`` beside the error are those that could be had instead when it was written."""

    code, msg = "slot_taken", "这个时段刚刚被约走了，请选择其他时段。"


class _Day(NamedTuple):
    shift: Span
    home: Point


async def hold(change: Change, engineer: Engineer, window: Window, point: Point | None) -> Visit:
    """A new visit of this engineer in this window, planned so that every promise of the day is kept.

    Errors: invalid_input for a window that lies in the past or over midnight, slot_taken when it does not fit.
    """
    _check(window, change.now)
    day = await _lock(change.connection, engineer.id, window)
    if day is None:
        raise SlotTaken("工程师当天不上班，请选择其他日期。", extra=await _instead(change))
    place = point or day.home
    found = await _fit(change, engineer, window, day, place)
    if isinstance(found, Refusal):
        raise SlotTaken(detail="; ".join(found.reasons), extra=await _instead(change))
    await change.connection.execute("SET CONSTRAINTS ex_visits_engineer_planned DEFERRED")
    if found.moves:
        await change.connection.execute(
            _MOVE,
            [int(move.visit_id) for move in found.moves],
            [move.planned.start_at for move in found.moves],
            [move.planned.end_at for move in found.moves],
        )
    code = f"{secrets.randbelow(10**6):06d}"
    visit_id = await change.connection.fetchval(
        _INSERT,
        change.before.id,
        engineer.id,
        window.start,
        window.end,
        found.planned.start_at,
        found.planned.end_at,
        place.lat,
        place.lng,
        code,
        change.now,
    )
    # Checked here rather than at COMMIT, so that the caller of this capability gets the answer.
    await change.connection.execute("SET CONSTRAINTS ex_visits_engineer_planned IMMEDIATE")
    return Visit(visit_id, engineer.id, VisitState.BOOKED, window, code)


def _check(window: Window, now: datetime) -> None:
    if window.end <= now:
        raise InvalidInput.at("body.window", "预约时段已过，请选择以后的时段。", "in_the_past")
    if window.start.astimezone(ZONE).date() != window.end.astimezone(ZONE).date():
        raise InvalidInput.at("body.window", "预约时段不能跨天。", "over_midnight")


async def lock_days(connection: asyncpg.Connection, engineer_id: str, *windows: Window) -> None:
    """For whoever changes a visit before he holds another: the day comes before its visits, always.

    The other way round he would keep a visit that somebody who has the day wants to move, and wait for the day.
    """
    days = {window.start.astimezone(ZONE).date() for window in windows}
    await connection.execute(_LOCK_DAYS, engineer_id, sorted(days))


async def _instead(change: Change) -> dict[str, object]:
    slots = await slots_for(change.connection, change.before, now=change.now, named=True)
    return {"slots": [slot.model_dump() for slot in slots]}


async def _lock(connection: asyncpg.Connection, engineer_id: str, window: Window) -> _Day | None:
    row = await connection.fetchrow(_LOCK_DAY, engineer_id, window.start.astimezone(ZONE).date())
    if row is None:
        return None
    home = await connection.fetchrow(_HOME, engineer_id)
    return _Day(Span.of(row["shift_start"], row["shift_end"]), Point(home["latitude"], home["longitude"]))


async def _fit(
    change: Change, engineer: Engineer, window: Window, day: _Day, place: Point
) -> Insertion | Refusal:
    shift = day.shift
    rows = await change.connection.fetch(_STOPS, engineer.id, shift.start_at, shift.end_at, change.before.id)
    now = int(change.now.timestamp())
    candidate = Candidate(engineer.id, day.home, shift, tuple(map(stop, rows)), name=engineer.name)
    span = Span.of(window.start, window.end)
    job = Job(place, change.before.standard_minutes, earliest=now, due=span.end, windows=(span,))
    found = assess(job, candidate, STRICT)
    if isinstance(found, Insertion) and found.terms.late_visits > 0:
        # The limits are about the new visit; what it would do to the others of the day only costs there.
        return Refusal(engineer.id, ("会使当天其他预约晚到",))
    return found
