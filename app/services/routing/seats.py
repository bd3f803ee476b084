"""Who of a team is there, and how much each has; locked, so that nobody gets two things for one free place."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from app.domain.lifecycle import SETTLED
from app.domain.routing.choice import Presence, Seat

_SETTLED = ", ".join(f"'{state}'" for state in sorted(SETTLED))
_LOAD = f"""(SELECT count(*) FROM ticket_routes r JOIN tickets t ON t.id = r.ticket_id
              WHERE r.staff_id = m.staff_id AND r.ended_at IS NULL AND t.state NOT IN ({_SETTLED}))"""
_SEATS = f"""
SELECT m.staff_id::text, s.name, m.skills, coalesce(d.presence, 'offline') AS presence, d.seen_at,
       coalesce(d.capacity, 0) AS capacity, {_LOAD} AS load, d.last_assigned_at
  FROM team_members m
  JOIN staff s ON s.id = m.staff_id AND s.active
  LEFT JOIN desk_seats d ON d.staff_id = m.staff_id
 WHERE m.team_id = $1::uuid ORDER BY m.staff_id
"""
# Whoever is just being given something by somebody else is passed over.
_LOCK = """
SELECT staff_id::text FROM desk_seats WHERE staff_id = ANY ($1::uuid[]) ORDER BY staff_id FOR NO KEY UPDATE SKIP LOCKED
"""
_GIVEN = "UPDATE desk_seats SET last_assigned_at = $2 WHERE staff_id = $1::uuid"


async def seats_of(connection: asyncpg.Connection, team_id: str) -> Sequence[Seat]:
    """To look at."""
    return [_seat(row) for row in await connection.fetch(_SEATS, team_id)]


async def locked_seats(connection: asyncpg.Connection, team_id: str) -> Sequence[Seat]:
    """To give something to: read after the locks are held, so that the loads are what they are."""
    members = [seat.staff_id for seat in await seats_of(connection, team_id)]
    held = {row["staff_id"] for row in await connection.fetch(_LOCK, members)}
    return [seat for seat in await seats_of(connection, team_id) if seat.staff_id in held]


async def mark_given(connection: asyncpg.Connection, staff_id: str, now: datetime) -> None:
    await connection.execute(_GIVEN, staff_id, now)


def _seat(row: asyncpg.Record) -> Seat:
    return Seat(
        staff_id=row["staff_id"],
        name=row["name"],
        presence=Presence(row["presence"]),
        seen_at=row["seen_at"],
        skills=tuple(row["skills"]),
        capacity=row["capacity"],
        load=row["load"],
        last_assigned_at=row["last_assigned_at"],
    )
