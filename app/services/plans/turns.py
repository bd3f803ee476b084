"""Whose turn it is to be planned: what was asked for, and every territory with visits ahead each quarter of an hour."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import asyncpg
import orjson

from app.domain.dispatch.changes import Group
from app.domain.zone import ZONE
from app.models.visits import LIVE_VISITS
from app.services.plans.territory import Territory

EVERY = timedelta(minutes=15)
HORIZON_DAYS = 3
# Whoever has not finished by then has died.
_LEASE = timedelta(minutes=3)
_ROUND = "定时"

_DUE = f"""
INSERT INTO plan_requests (service_point_id, day, cause, wanted_at)
SELECT DISTINCT s.service_point_id, (lower(v.planned) AT TIME ZONE '{ZONE.key}')::date, '{_ROUND}', $1::timestamptz
  FROM visits v JOIN staff s ON s.id = v.engineer_id
 WHERE {LIVE_VISITS.replace("state", "v.state")} AND v.departed_at IS NULL AND s.service_point_id IS NOT NULL
   AND lower(v.planned) BETWEEN $1::timestamptz - interval '12 hours' AND $2::timestamptz
   AND NOT EXISTS (SELECT FROM plan_reports p
                    WHERE p.service_point_id = s.service_point_id AND p.planned_at > $1::timestamptz - $3::interval
                      AND p.day = (lower(v.planned) AT TIME ZONE '{ZONE.key}')::date)
   AND NOT EXISTS (SELECT FROM plan_requests r
                    WHERE r.service_point_id = s.service_point_id
                      AND r.day = (lower(v.planned) AT TIME ZONE '{ZONE.key}')::date)
"""
# What was asked for more than once is planned once: all who asked by then are answered together. Whoever asks later
# has a row that nobody has taken, for he knows something that the planner does not.
_TAKE = """
WITH next AS (
    SELECT service_point_id, day, cause FROM plan_requests
     WHERE wanted_at <= $1 AND (taken_at IS NULL OR taken_at < $1::timestamptz - $2::interval)
     ORDER BY wanted_at, id LIMIT 1
), taken AS (
    UPDATE plan_requests r SET taken_at = $1 FROM next
     WHERE r.service_point_id = next.service_point_id AND r.day = next.day AND r.wanted_at <= $1
)
SELECT service_point_id::text, day, cause,
       NOT EXISTS (SELECT FROM plan_reports p
                    WHERE p.service_point_id = next.service_point_id AND p.day = next.day) AS first
  FROM next
"""
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('plan turns', 0))"
_DONE = "DELETE FROM plan_requests WHERE service_point_id = $1::uuid AND day = $2 AND taken_at = $3"
_GIVE_BACK = """
UPDATE plan_requests SET taken_at = NULL WHERE service_point_id = $1::uuid AND day = $2 AND taken_at = $3
"""
_REPORT = """
INSERT INTO plan_reports (service_point_id, day, cause, planned_at, engineers, visits, minutes_before, minutes_won,
                          changes, stranded)
VALUES ($1::uuid, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


@dataclass(frozen=True)
class Turn:
    """``first`` plan of a day: it gets more time than those that follow."""

    service_point_id: str
    day: date
    cause: str
    first: bool
    taken_at: datetime


async def ask_for_rounds(connection: asyncpg.Connection, now: datetime) -> None:
    """A request for each territory's day that has not been planned for a quarter of an hour."""
    horizon = now + timedelta(days=HORIZON_DAYS)
    await connection.execute(_DUE, now, horizon, EVERY)


async def take_turn(connection: asyncpg.Connection, now: datetime) -> Turn | None:
    await connection.execute(_ONE_AT_A_TIME)
    row = await connection.fetchrow(_TAKE, now, _LEASE)
    return row and Turn(row["service_point_id"], row["day"], row["cause"], row["first"], now)


async def give_back(connection: asyncpg.Connection, turn: Turn) -> None:
    """Untouched, for whoever plans next."""
    await connection.execute(_GIVE_BACK, turn.service_point_id, turn.day, turn.taken_at)


async def conclude(
    connection: asyncpg.Connection,
    turn: Turn,
    territory: Territory,
    *,
    minutes_before: float,
    done: list[Group],
    stranded: list[str],
) -> None:
    """Keep what came of it. A request that was repeated meanwhile stays for another turn."""
    await connection.execute(
        _REPORT,
        turn.service_point_id,
        turn.day,
        turn.cause,
        turn.taken_at,
        len({span.engineer_id for span in territory.board.spans}),
        len(territory.visits),
        round(minutes_before, 1),
        round(sum(group.gain for group in done), 1),
        orjson.dumps(_changes(territory, done)).decode(),
        orjson.dumps([{"number": number} for number in stranded]).decode(),
    )
    await connection.execute(_DONE, turn.service_point_id, turn.day, turn.taken_at)


def _changes(territory: Territory, done: list[Group]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for group in done:
        for seat in group.seats:
            seen = territory.visits[seat.visit_id]
            if seen.engineer_id != seat.engineer_id or seen.planned != seat.planned:
                found.append(
                    {
                        "number": seen.number,
                        "from": territory.names.get(seen.engineer_id),
                        "to": territory.names.get(seat.engineer_id),
                        "planned_before": seen.planned.start_at,
                        "planned": seat.planned.start_at,
                    }
                )
    return found
