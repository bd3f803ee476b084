"""Hold a window in an engineer's day, atomically and with the way there and back in mind.

The roster row is locked first, so that two bookings of one day come one after the other instead of running into
the exclusion constraint (which alone costs deadlocks); the constraint stays as the backstop.
"""

import secrets
from dataclasses import replace
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
from app.services.dispatch.lines import OF_COLUMNS, TIMES, Line, unmade
from app.services.dispatch.rules import Sought, entrusted, licensed, welcome
from app.services.dispatch.working import SPANS, Done, Working, working
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
_READ = f"""
SELECT e.latitude, e.longitude, worked.*, booked.*,
       (SELECT count(*) FROM visits d WHERE d.engineer_id = e.id AND d.finished_at >= $8) AS done,
       {licensed("e", _SOUGHT)} AS licensed, {welcome("e", _SOUGHT)} AS welcome,
       {entrusted("e", _SOUGHT)} AS entrusted
  FROM engineers e
  CROSS JOIN LATERAL (SELECT {SPANS} FROM rosters r, unnest(r.spans) AS span
                       WHERE r.engineer_id = e.id AND r.day BETWEEN $2::date - 1 AND $2::date + 1) worked
  CROSS JOIN LATERAL (SELECT {OF_COLUMNS}
                        FROM (SELECT v.*, {TIMES} FROM visits v
                               WHERE v.engineer_id = e.id AND v.planned && tstzrange($9, $10) AND v.ticket_id <> $11
                                 AND {LIVE_VISITS}
                               ORDER BY lower(v.planned)) v) booked
 WHERE e.id = $1::uuid
"""
# In one statement: whether anybody is in two places is looked at when both parts are done.
_WRITE = """
WITH moved AS (
    UPDATE visits v SET planned = tstzrange(n.start_at, n.end_at)
      FROM unnest($16::bigint[], $17::timestamptz[], $18::timestamptz[]) AS n (id, start_at, end_at)
     WHERE v.id = n.id
)
INSERT INTO visits (ticket_id, engineer_id, state, promised, planned, latitude, longitude, arrival_code, created_at,
                    announced_at, link, meets, accompanies)
VALUES ($1, $2::uuid, 'booked', tstzrange($3, $4), tstzrange($5, $6), $7, $8, $9, $10, $11, $12,
        CASE WHEN $13::timestamptz IS NOT NULL THEN tstzrange($13, $14::timestamptz) END, $15)
RETURNING id
"""


# As above, for a visit that there is already.
_TAKE_OVER = """
WITH moved AS (
    UPDATE visits v SET planned = tstzrange(n.start_at, n.end_at)
      FROM unnest($5::bigint[], $6::timestamptz[], $7::timestamptz[]) AS n (id, start_at, end_at)
     WHERE v.id = n.id
)
UPDATE visits SET engineer_id = $2::uuid, planned = tstzrange($3, $4), stranded_at = NULL WHERE id = $1
"""


class SlotTaken(Conflict):
    """``slots`` beside the error are those that could be had instead when it was written."""

    code, msg = "slot_taken", "这个时段刚刚被约走了，请选择其他时段。"


class _Fitted(NamedTuple):
    place: Point
    insertion: Insertion


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
    await lock_days(change.connection, engineer.id, window)
    place, found = await _fit(change, engineer, window, point, meets=meets)
    code = f"{secrets.randbelow(10**6):06d}"
    link = secrets.token_urlsafe(18)
    # So shortly before, he who is booked is he who comes.
    announced_at = change.now if window.start <= change.now + ANNOUNCED_BEFORE else None
    visit_id = await change.connection.fetchval(
        _WRITE,
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
        *_moves(found),
    )
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


async def take_over(
    change: Change, engineer: Engineer, visit: Visit, point: Point | None, *, meets: Window
) -> Visit:
    """The same appointment with another engineer, who begins within ``meets``. His day is locked by the caller.

    Errors: slot_taken when it does not fit.
    """
    _, found = await _fit(change, engineer, visit.window, point, meets=meets)
    planned = Window(found.planned.start_at, found.planned.end_at)
    await change.connection.execute(
        _TAKE_OVER, visit.id, engineer.id, planned.start, planned.end, *_moves(found)
    )
    return replace(visit, engineer_id=engineer.id, planned=planned)


def _moves(found: Insertion) -> tuple[list[int], list[datetime], list[datetime]]:
    return (
        [int(move.visit_id) for move in found.moves],
        [move.planned.start_at for move in found.moves],
        [move.planned.end_at for move in found.moves],
    )


async def look(change: Change, engineer: Engineer, window: Window, point: Point | None) -> None:
    """Whether ``hold`` would find room, asked without a lock: whoever finds none keeps nobody waiting.

    Errors: those of ``hold``.
    """
    _check(window, change.now)
    await _fit(change, engineer, window, point)


def _check(window: Window, now: datetime) -> None:
    if window.end <= now:
        raise InvalidInput.at("body.window", "预约时段已过，请选择以后的时段。", "in_the_past")


async def lock_days(connection: asyncpg.Connection, engineer_id: str, *windows: Window) -> None:
    """For whoever changes a visit before he holds another: the day comes before its visits, always.

    The other way round he would keep a visit that somebody who has the day wants to move, and wait for the day.
    """
    times = [asyncpg.Range(window.start, window.end) for window in windows]
    await connection.execute(_LOCK, engineer_id, times)


async def _fit(
    change: Change, engineer: Engineer, window: Window, point: Point | None, *, meets: Window | None = None
) -> _Fitted:
    """The cheapest place in those of his spans that the window touches."""
    row = await _read(change, engineer, window)
    if not _works(row, window):
        raise SlotTaken("工程师这个时段不上班，请选择其他时段。")
    _entitled(row, engineer)
    home = Point(row["latitude"], row["longitude"])
    span = Span.of((meets or window).start, (meets or window).end)
    place, now = point or home, int(change.now.timestamp())
    job = Job(place, change.before.standard_minutes, earliest=now, due=span.end, windows=(span,))
    done = Done(change.now.astimezone(ZONE).date(), {engineer.id: row["done"]})
    answers = [
        assess(job, _candidate(engineer, home, its), STRICT)
        for its in working(engineer.id, row, Line.of_columns(row), done)
        if its.span.overlaps(span)
    ]
    kept = [a for a in answers if isinstance(a, Insertion)]
    if not kept:
        reasons = [reason for a in answers if isinstance(a, Refusal) for reason in a.reasons]
        raise SlotTaken(detail="; ".join(reasons))
    return _Fitted(place, min(kept, key=lambda found: found.total))


async def _read(change: Change, engineer: Engineer, window: Window) -> asyncpg.Record:
    s = change.before
    return await change.connection.fetchrow(
        _READ,
        engineer.id,
        window.start.astimezone(ZONE).date(),
        list(s.required_licences),
        s.customer_id,
        s.service_type,
        s.warranty,
        s.address.district if s.address else "",
        datetime.combine(change.now.astimezone(ZONE).date(), time(), ZONE),
        window.start - timedelta(days=1),
        window.end + timedelta(days=1),
        s.id,
    )


def _works(row: asyncpg.Record, window: Window) -> bool:
    wanted = Span.of(window.start, window.end)
    return any(Span.of(span.lower, span.upper).overlaps(wanted) for span in row["spans"] or ())


def _entitled(row: asyncpg.Record, engineer: Engineer) -> None:
    """What a dispatcher decided or a licence allowed once may hold no more."""
    if not row["licensed"]:
        raise SlotTaken(f"{engineer.name}的证照在这一天不再有效，请选择更早的时段或改派。")
    if not row["welcome"]:
        raise SlotTaken(f"客户要求不再由{engineer.name}上门，请先改派。")
    if not row["entrusted"]:
        raise SlotTaken(f"这张工单按规则不能由{engineer.name}所在的外包服务商承接，请先改派。")


def _candidate(engineer: Engineer, home: Point, its: Working) -> Candidate:
    return Candidate(
        engineer.id,
        home,
        its.span,
        unmade(its.stops),
        name=engineer.name,
        max_visits=its.max_visits,
        other_visits=its.other_visits,
    )
