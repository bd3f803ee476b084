"""Hold a window in an engineer's day, atomically and with the way there and back in mind.

The roster row is locked first, so that two bookings of one day come one after the other instead of running into
the exclusion constraint (which alone costs deadlocks); the constraint stays as the backstop.
"""

import secrets
from datetime import datetime, time, timedelta
from typing import NamedTuple

import asyncpg

from app.domain.dispatch.board import ANNOUNCED_BEFORE
from app.domain.dispatch.insertion import assess
from app.domain.dispatch.place import Rules
from app.domain.dispatch.plan import PROMISED, Candidate, Insertion, Job, Refusal, Span
from app.domain.situation import Engineer, Priority, Visit, VisitState, Window
from app.domain.travel import Point
from app.domain.zone import ZONE
from app.errors import Conflict, InvalidInput
from app.models.visits import LIVE_VISITS
from app.services.dispatch.lines import OF_ROW, Line, unmade
from app.services.dispatch.rules import Sought, entrusted, licensed, welcome
from app.services.dispatch.working import SPANS, Working, done_today, working
from app.services.plans.request import request_plan_for
from app.services.tickets.change import Change

STRICT = Rules(limits=PROMISED)

_LOCK = """
WITH locked AS MATERIALIZED (
    SELECT day FROM rosters WHERE engineer_id = $1::uuid AND spans && $2::tstzmultirange
     ORDER BY day FOR NO KEY UPDATE
)
UPDATE rosters SET version = version + 1 WHERE engineer_id = $1::uuid AND day IN (SELECT day FROM locked)
"""
_SOUGHT = Sought(
    skill="",
    licences="$3::text[]",
    district="$7::text",
    customer="$4::uuid",
    day="$2::date",
    service="$5::text",
    warranty="$6::text",
)
# With the days around, so that each stop is found in the span to which it belongs.
_SPANS = f"""
SELECT {SPANS}, e.latitude, e.longitude,
       {licensed("e", _SOUGHT)} AS licensed, {welcome("e", _SOUGHT)} AS welcome,
       {entrusted("e", _SOUGHT)} AS entrusted
  FROM engineers e JOIN rosters r ON r.engineer_id = e.id, unnest(r.spans) AS span
 WHERE e.id = $1::uuid AND r.day BETWEEN $2::date - 1 AND $2::date + 1
 GROUP BY e.id
"""
_STOPS = f"""
SELECT {OF_ROW}
  FROM visits v
 WHERE engineer_id = $1::uuid AND planned && tstzrange($2, $3) AND ticket_id <> $4 AND {LIVE_VISITS}
 ORDER BY lower(planned)
"""
_MOVE = """
UPDATE visits v SET planned = tstzrange(n.start_at, n.end_at)
  FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) AS n (id, start_at, end_at)
 WHERE v.id = n.id
"""
_INSERT = """
INSERT INTO visits (ticket_id, engineer_id, state, promised, planned, latitude, longitude, arrival_code, created_at,
                    announced_at, link, meets, accompanies)
VALUES ($1, $2::uuid, 'booked', tstzrange($3, $4), tstzrange($5, $6), $7, $8, $9, $10, $11, $12,
        CASE WHEN $13::timestamptz IS NOT NULL THEN tstzrange($13, $14::timestamptz) END, $15)
RETURNING id
"""


class SlotTaken(Conflict):
    """``slots`` beside the error are those that could be had instead when it was written."""

    code, msg = "slot_taken", "这个时段刚刚被约走了，请选择其他时段。"


class _Roster(NamedTuple):
    """The row has the working spans of the days around, of which those that ``window`` touches are locked."""

    row: asyncpg.Record
    home: Point


async def hold(
    change: Change,
    engineer: Engineer,
    window: Window,
    point: Point | None,
    *,
    meets: Window | None = None,
    accompanies: int | None = None,
) -> Visit:
    """A new visit of this engineer in this window, planned so that every promise of the day is kept.

    Of two who come together each has one: ``meets`` is when both begin, ``accompanies`` the visit of the first.

    Errors: invalid_input for a window that lies in the past, slot_taken when it does not fit.
    """
    _check(window, change.now)
    roster = await _lock(change, engineer, window)
    if roster is None:
        raise SlotTaken("工程师这个时段不上班，请选择其他时段。")
    place = point or roster.home
    found = await _fit(change, engineer, meets or window, roster, place)
    if isinstance(found, Refusal):
        raise SlotTaken(detail="; ".join(found.reasons))
    await change.connection.execute("SET CONSTRAINTS ex_visits_engineer_planned DEFERRED")
    if found.moves:
        await change.connection.execute(
            _MOVE,
            [int(move.visit_id) for move in found.moves],
            [move.planned.start_at for move in found.moves],
            [move.planned.end_at for move in found.moves],
        )
    code = f"{secrets.randbelow(10**6):06d}"
    link = secrets.token_urlsafe(18)
    # So shortly before, he who is booked is he who comes.
    announced_at = change.now if window.start <= change.now + ANNOUNCED_BEFORE else None
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
        announced_at,
        None if accompanies else link,
        meets and meets.start,
        meets and meets.end,
        accompanies,
    )
    # Checked here rather than at COMMIT, so that the caller of this capability gets the answer.
    await change.connection.execute("SET CONSTRAINTS ex_visits_engineer_planned IMMEDIATE")
    if change.before.priority is not Priority.NORMAL:
        await request_plan_for(change.connection, engineer.id, window.start, now=change.now, cause="紧急预约")
    planned = Window(found.planned.start_at, found.planned.end_at)
    return Visit(
        visit_id,
        engineer.id,
        VisitState.BOOKED,
        window,
        code,
        planned=planned,
        announced_at=announced_at,
        link=link,
    )


def _check(window: Window, now: datetime) -> None:
    if window.end <= now:
        raise InvalidInput.at("body.window", "预约时段已过，请选择以后的时段。", "in_the_past")


async def lock_days(connection: asyncpg.Connection, engineer_id: str, *windows: Window) -> None:
    """For whoever changes a visit before he holds another: the day comes before its visits, always.

    The other way round he would keep a visit that somebody who has the day wants to move, and wait for the day.
    """
    times = [asyncpg.Range(window.start, window.end) for window in windows]
    await connection.execute(_LOCK, engineer_id, times)


async def _lock(change: Change, engineer: Engineer, window: Window) -> _Roster | None:
    """None when he does not work then. What a dispatcher decided or a licence allowed once may hold no more."""
    s, connection = change.before, change.connection
    await lock_days(connection, engineer.id, window)
    day = window.start.astimezone(ZONE).date()
    row = await connection.fetchrow(
        _SPANS,
        engineer.id,
        day,
        list(s.required_licences),
        s.customer_id,
        s.service_type,
        s.warranty,
        s.address.district if s.address else "",
    )
    if row and not row["licensed"]:
        raise SlotTaken(f"{engineer.name}的证照在这一天不再有效，请选择更早的时段或改派。")
    if row and not row["welcome"]:
        raise SlotTaken(f"客户要求不再由{engineer.name}上门，请先改派。")
    if row and not row["entrusted"]:
        raise SlotTaken(f"这张工单按规则不能由{engineer.name}所在的外包服务商承接，请先改派。")
    spans = [Span.of(span.lower, span.upper) for span in row["spans"]] if row else []
    if not any(span.overlaps(Span.of(window.start, window.end)) for span in spans):
        return None
    return _Roster(row, Point(row["latitude"], row["longitude"]))


async def _fit(
    change: Change, engineer: Engineer, window: Window, roster: _Roster, place: Point
) -> Insertion | Refusal:
    """The cheapest place in those of his spans that the window touches."""
    stops = await _stops(change, engineer, window)
    midnight = datetime.combine(change.now.astimezone(ZONE).date(), time(), ZONE)
    done = await done_today(change.connection, [engineer.id], midnight)
    span = Span.of(window.start, window.end)
    now = int(change.now.timestamp())
    job = Job(place, change.before.standard_minutes, earliest=now, due=span.end, windows=(span,))
    answers = [
        assess(job, _candidate(engineer, roster, its), STRICT)
        for its in working(engineer.id, roster.row, stops, done)
        if its.span.overlaps(span)
    ]
    kept = [a for a in answers if isinstance(a, Insertion)]
    if kept:
        return min(kept, key=lambda found: found.total)
    return next(a for a in answers if isinstance(a, Refusal))


def _candidate(engineer: Engineer, roster: _Roster, its: Working) -> Candidate:
    return Candidate(
        engineer.id,
        roster.home,
        its.span,
        unmade(its.stops),
        name=engineer.name,
        max_visits=its.max_visits,
        other_visits=its.other_visits,
    )


async def _stops(change: Change, engineer: Engineer, window: Window) -> list[Line]:
    around = window.start - timedelta(days=1), window.end + timedelta(days=1)
    rows = await change.connection.fetch(_STOPS, engineer.id, *around, change.before.id)
    return [Line(*row) for row in rows]
