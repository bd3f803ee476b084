"""Count anew how long the steps of a job take, from the events of the last months: each hour, for the next one."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg

from app.domain.promise.book import Book, Kind
from app.domain.promise.grounds import Usual, measured
from app.domain.promise.kept import DONE_BY
from app.domain.promise.steps import AT_THE_DESK, MEASURED, Step, states_of
from app.domain.service_levels import standing
from app.domain.service_levels.calendar import Calendar, open_seconds, seconds
from app.services.promises.book import read_book

# What was done long ago was done by others, in another season.
MEMORY = timedelta(days=90)
# The newest of each circle; more of them would tell nothing more.
CASES = 100

# A step lasts from the event that entered its first state to the one that left its last one. What the system did by
# itself took nobody's time, and what ended otherwise than by being done says nothing. What needs no visit is answered
# and solved in one state: the first word of somebody of ours ends the response, and from it on it takes to be solved.
_DURATIONS = """
WITH steps (state, step) AS (SELECT * FROM unnest($2::text[], $3::text[])),
seen AS (
    SELECT e.ticket_id, e.seq, e.at, e.event, e.actor_role, e.state,
           NOT t.on_site AND e.state = 'submitted' AND bool_or(
               e.event IN ('message', 'ask_info') AND e.actor_role NOT IN ('customer', 'system')) OVER w AS attended
      FROM tickets t JOIN ticket_events e ON e.ticket_id = t.id
     WHERE t.created_at >= $1
       AND (e.from_state IS DISTINCT FROM e.state OR (NOT t.on_site AND e.event = 'message'))
    WINDOW w AS (PARTITION BY e.ticket_id ORDER BY e.seq)
), changes AS (
    SELECT h.*, CASE WHEN h.attended THEN 'solve' ELSE s.step END AS step,
           lag(CASE WHEN h.attended THEN 'solve' ELSE s.step END) OVER w AS before
      FROM seen h LEFT JOIN steps s ON s.state = h.state
    WINDOW w AS (PARTITION BY h.ticket_id ORDER BY h.seq)
), stays AS (
    SELECT *, lead(at) OVER w AS left_at, lead(event) OVER w AS left_by, lead(actor_role) OVER w AS by
      FROM changes WHERE step IS DISTINCT FROM before
    WINDOW w AS (PARTITION BY ticket_id ORDER BY seq)
), done AS (
    SELECT t.service_point_id::text AS point, t.category, t.priority <> 'normal' AS pressing, y.step, y.at, y.left_at,
           row_number() OVER (PARTITION BY t.service_point_id, t.category, t.priority <> 'normal', y.step
                              ORDER BY y.left_at DESC) AS nth
      FROM stays y JOIN tickets t ON t.id = y.ticket_id
      JOIN unnest($4::text[], $5::text[]) AS d (step, event) ON d.step = y.step AND d.event = y.left_by
     WHERE y.by <> 'system' AND y.left_at >= y.at
)
SELECT point, category, pressing, step, at, left_at FROM done WHERE nth <= $6
"""
_FORGET = "DELETE FROM usual_times"
_KEEP = """
INSERT INTO usual_times (service_point_id, category, pressing, step, usual, longest, n, counted_at)
SELECT point::uuid, category, pressing, step, usual, longest, n, $8
  FROM unnest($1::text[], $2::text[], $3::bool[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
    AS u (point, category, pressing, step, usual, longest, n)
"""


async def count_usual(connection: asyncpg.Connection, now: datetime) -> int:
    """How many circles are known now. The caller gives a transaction and commits it."""
    states = [(state.value, step.value) for step in MEASURED for state in states_of(step)]
    done = [(step.value, event) for step in MEASURED for event in sorted(DONE_BY[step])]
    rows = await connection.fetch(_DURATIONS, now - MEMORY, *_columns(states), *_columns(done), CASES)
    found = by_circle(rows, await read_book(connection))
    await connection.execute(_FORGET)
    await connection.execute(
        _KEEP,
        [kind.point for kind in found],
        [kind.category for kind in found],
        [kind.pressing for kind in found],
        [kind.step.value for kind in found],
        [usual.seconds for usual in found.values()],
        [usual.longest for usual in found.values()],
        [usual.n for usual in found.values()],
        now,
    )
    return len(found)


def by_circle(rows: Sequence[asyncpg.Record], book: Book) -> dict[Kind, Usual]:
    """Of each branch and category, of each category everywhere, and of everything."""
    durations: dict[Kind, list[int]] = defaultdict(list)
    for row in rows:
        step, pressing = Step(row["step"]), row["pressing"]
        took = _took(row, step, _calendar(book, row["point"]))
        circles = {(row["point"], row["category"]), (None, row["category"]), (None, "")}
        for point, category in circles:
            durations[Kind(point, category, pressing, step)].append(took)
    return {kind: measured(each) for kind, each in durations.items()}


def _took(row: asyncpg.Record, step: Step, calendar: Calendar) -> int:
    start, end = seconds(row["at"]), seconds(row["left_at"])
    at_the_desk = step in AT_THE_DESK and not row["pressing"]
    return open_seconds(calendar, start, end) if at_the_desk else end - start


def _calendar(book: Book, point: str | None) -> Calendar:
    found = book.calendars.get(point) or book.calendars.get(None)
    return found[0] if found else standing.CALENDAR


def _columns(pairs: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [first for first, _ in pairs], [second for _, second in pairs]
