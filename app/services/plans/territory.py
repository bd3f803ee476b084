"""A territory's day as it stands: who works, who is visited, and what the work rules allow."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import asyncpg

from app.domain.dispatch.board import Board
from app.domain.dispatch.plan import Candidate, Span, Stop, tours
from app.domain.dispatch.tours import Visit
from app.domain.travel import Point
from app.domain.zone import ZONE
from app.models.visits import LIVE_VISITS
from app.services.dispatch.lately import fairly
from app.services.dispatch.rules import may_do
from app.services.dispatch.working import SPANS, done_today
from app.services.plans.unfit import MAY_STILL_COME, OF_VISIT
from app.services.urgings.raised import RAISED

# Work that begins so long after a span's end is nobody's who works that span.
_AFTER_HOURS = 30 * 60

_ENGINEERS = f"""
SELECT e.id::text, s.name, e.latitude, e.longitude, s.active, k.id::text AS contractor_id,
       k.name AS contractor, last.latitude AS last_latitude, last.longitude AS last_longitude,
       worked.spans, worked.days, worked.most,
       (SELECT array_agg(r.version ORDER BY r.day) FROM rosters r
         WHERE r.engineer_id = e.id AND r.day BETWEEN $2::date - 1 AND $2::date) AS versions
  FROM engineers e JOIN staff s ON s.id = e.id LEFT JOIN contractors k ON k.id = s.contractor_id
  LEFT JOIN LATERAL (SELECT {SPANS} FROM rosters r, unnest(r.spans) AS span
                      WHERE r.engineer_id = e.id AND r.day BETWEEN $2::date - 1 AND $2::date
                        AND span && tstzrange($3, $4)) worked ON TRUE
  LEFT JOIN LATERAL (SELECT v.latitude, v.longitude FROM visits v
                      WHERE v.engineer_id = e.id AND v.finished_at BETWEEN $5::timestamptz - interval '4 hours' AND $5
                      ORDER BY v.finished_at DESC LIMIT 1) last ON TRUE
 WHERE s.service_point_id = $1::uuid
 ORDER BY e.id
"""
# Two people on one ticket have agreed on one time: such visits are planned around.
_VISITS = f"""
SELECT v.id, v.ticket_id, t.number, v.engineer_id::text, v.latitude, v.longitude, v.departed_at, v.announced_at,
       v.stranded_at, t.priority <> 'normal' AND NOT {RAISED} AS urgent,
       lower(coalesce(v.meets, v.promised)) AS window_start,
       upper(coalesce(v.meets, v.promised)) AS window_end,
       lower(v.planned) AS planned_start, upper(v.planned) AS planned_end,
       EXISTS (SELECT FROM visits o WHERE o.ticket_id = v.ticket_id AND o.id <> v.id
                  AND {LIVE_VISITS.replace("state", "o.state")}) AS pinned,
       (SELECT array_agg(e.id::text) FROM engineers e JOIN staff m ON m.id = e.id
         WHERE m.service_point_id = $1::uuid AND m.active AND {may_do("e", OF_VISIT)}
           AND e.id <> ALL (t.declined_by)) AS able,
       {MAY_STILL_COME} AS may_still_come
  FROM visits v JOIN tickets t ON t.id = v.ticket_id JOIN staff s ON s.id = v.engineer_id
  JOIN engineers own ON own.id = v.engineer_id
 WHERE s.service_point_id = $1::uuid AND v.planned && tstzrange($2, $3) AND {LIVE_VISITS.replace("state", "v.state")}
 ORDER BY lower(v.planned), v.id
"""


@dataclass(frozen=True)
class Seen:
    """A visit as it was when the plan was made; one that has changed since is left alone."""

    id: int
    ticket_id: int
    number: str
    engineer_id: str
    planned: Span
    announced: bool
    stranded: bool
    window: Span


@dataclass(frozen=True)
class Hired:
    """The contractor whose engineer somebody is."""

    contractor_id: str
    contractor: str


@dataclass(frozen=True)
class Territory:
    day: date
    board: Board
    names: Mapping[str, str]
    hired: Mapping[str, Hired]
    versions: Mapping[str, tuple[int, ...]]
    visits: Mapping[str, Seen]


async def read_territory(
    connection: asyncpg.Connection, service_point_id: str, day: date, now: datetime
) -> Territory:
    """From now on: what is under way stays as it is, and its engineer is free when it is expected to be done."""
    begin = datetime.combine(day, time(), ZONE)
    end = begin + timedelta(days=1)
    people = await connection.fetch(_ENGINEERS, service_point_id, day, max(begin, now), end, now)
    rows = await connection.fetch(_VISITS, service_point_id, begin, end)
    open_rows = [row for row in rows if row["departed_at"] is None]
    today = datetime.combine(now.astimezone(ZONE).date(), time(), ZONE)
    done = await done_today(connection, [row["id"] for row in people], today)
    over = {row["id"]: done.on(row["id"], day) for row in people}
    board = _board(people, rows, open_rows, over, int(now.timestamp()))
    board = replace(board, spans=tuple(await fairly(connection, board.spans, now)))
    return Territory(
        day,
        board,
        {row["id"]: row["name"] for row in people},
        {row["id"]: Hired(row["contractor_id"], row["contractor"]) for row in people if row["contractor"]},
        {row["id"]: tuple(row["versions"] or ()) for row in people},
        {str(row["id"]): _seen(row) for row in open_rows},
    )


def _board(
    people: list[asyncpg.Record],
    rows: list[asyncpg.Record],
    open_rows: list[asyncpg.Record],
    over: Mapping[str, int],
    now: int,
) -> Board:
    numbers = {row["id"]: i for i, row in enumerate(open_rows)}
    visits = tuple(_visit(row) for row in open_rows)
    spans: list[Candidate] = []
    queues: list[tuple[int, ...]] = []
    for person in people:
        his = [visits_stop(row) for row in rows if row["engineer_id"] == person["id"]]
        working = [Span.of(s.lower, s.upper) for s in person["spans"] or ()] if person["active"] else []
        his_to_keep = {visit.stop.visit_id for visit in visits if person["id"] in visit.engineers}
        begun = over[person["id"]] + sum(stop.frozen for stop in his)
        for (span, stops), most in zip(tours(working, his), person["most"] or (), strict=False):
            under_way = [s for s in stops if s.frozen]
            candidate = _candidate(person, span, under_way, now)
            spans.append(replace(candidate, max_visits=most, other_visits=begun))
            ahead = [
                s
                for s in stops
                if not s.frozen and s.visit_id in his_to_keep and s.planned.start < span.end + _AFTER_HOURS
            ]
            queues.append(tuple(numbers[int(s.visit_id)] for s in ahead))
    held = {visit for queue in queues for visit in queue}
    loose = tuple(i for i in range(len(visits)) if i not in held)
    return Board(tuple(spans), visits, tuple(queues), loose)


def _candidate(person: asyncpg.Record, span: Span, under_way: list[Stop], now: int) -> Candidate:
    begins, origin = max(span.start, now), None
    if person["last_latitude"] is not None and span.start <= now:
        origin = Point(person["last_latitude"], person["last_longitude"])
    if under_way:
        begins, origin = max(begins, under_way[-1].planned.end), under_way[-1].point
    return Candidate(
        engineer_id=person["id"],
        name=person["name"],
        home=Point(person["latitude"], person["longitude"]),
        shift=Span(begins, max(begins, span.end)),
        origin=origin,
    )


def visits_stop(row: asyncpg.Record) -> Stop:
    planned = Span.of(row["planned_start"], row["planned_end"])
    window = Span.of(row["window_start"], row["window_end"])
    return Stop(
        visit_id=str(row["id"]),
        point=Point(row["latitude"], row["longitude"]),
        window=Span(planned.start, planned.start) if row["pinned"] else window,
        planned=planned,
        minutes=(planned.end - planned.start) // 60,
        urgent=row["urgent"],
        frozen=row["departed_at"] is not None,
    )


def _visit(row: asyncpg.Record) -> Visit:
    able = {row["engineer_id"]} if row["may_still_come"] else set()
    if not row["pinned"]:
        able |= set(row["able"] or ())
    held_by = row["engineer_id"] if row["announced_at"] is not None else None
    return Visit(visits_stop(row), frozenset(able), held_by, row["pinned"])


def _seen(row: asyncpg.Record) -> Seen:
    return Seen(
        row["id"],
        row["ticket_id"],
        row["number"],
        row["engineer_id"],
        Span.of(row["planned_start"], row["planned_end"]),
        row["announced_at"] is not None,
        row["stranded_at"] is not None,
        Span.of(row["window_start"], row["window_end"]),
    )
