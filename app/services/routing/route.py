"""Send tickets to teams and people: when they come, when somebody becomes free, when somebody has gone."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from app.domain.lifecycle import SETTLED
from app.domain.routing.choice import ABSENCE, HEARTBEAT
from app.models.teams import RouteCause
from app.services.followers.follow import Follower, Passed, next_events
from app.services.routing.decide import Decision, decide, facts_of, team_row, within
from app.services.routing.seats import locked_seats, mark_given

# Few at a time: while they are being given, nobody else gives anything to the same people.
BATCH = 20
_SETTLED = ", ".join(f"'{state}'" for state in sorted(SETTLED))

_END_SETTLED = f"""
UPDATE ticket_routes r SET ended_at = greatest(r.at, $2) FROM tickets t
 WHERE t.id = r.ticket_id AND r.ticket_id = ANY ($1::bigint[]) AND r.ended_at IS NULL AND t.state IN ({_SETTLED})
"""
_UNROUTED = f"""
SELECT t.id FROM tickets t
 WHERE t.id = ANY ($1::bigint[]) AND t.state NOT IN ({_SETTLED})
   AND NOT EXISTS (SELECT FROM ticket_routes r WHERE r.ticket_id = t.id AND r.ended_at IS NULL)
 ORDER BY t.id
"""
_BEGIN = """
INSERT INTO ticket_routes (ticket_id, team_id, staff_id, cause, rank, why, at)
VALUES ($1, $2::uuid, $3::uuid, $4, $5, $6, $7) ON CONFLICT (ticket_id) WHERE ended_at IS NULL DO NOTHING RETURNING id
"""
_END = "UPDATE ticket_routes SET ended_at = greatest(at, $2) WHERE id = $1"
# Of the teams, and of those that overflow into them, where somebody looks free.
_WAITING = """
SELECT r.id, r.ticket_id, r.team_id::text, r.rank, r.why FROM ticket_routes r
 WHERE r.ended_at IS NULL AND r.staff_id IS NULL
   AND EXISTS (SELECT FROM teams g JOIN team_members m ON m.team_id IN (g.id, g.overflow_id)
                 JOIN desk_seats d ON d.staff_id = m.staff_id
                WHERE g.id = r.team_id AND d.presence = 'online' AND d.seen_at > $1)
 ORDER BY r.rank DESC, r.at, r.id LIMIT $2 FOR NO KEY UPDATE OF r SKIP LOCKED
"""
_LEFT_BEHIND = """
SELECT r.id, r.ticket_id, r.team_id::text, r.rank, r.why
  FROM ticket_routes r JOIN desk_seats d ON d.staff_id = r.staff_id
 WHERE r.ended_at IS NULL AND d.seen_at <= $1
   AND EXISTS (SELECT FROM teams g JOIN team_members m ON m.team_id IN (g.id, g.overflow_id)
                 JOIN desk_seats o ON o.staff_id = m.staff_id
                WHERE g.id = r.team_id AND o.presence = 'online' AND o.seen_at > $2)
 ORDER BY r.rank DESC, r.at, r.id LIMIT $3 FOR NO KEY UPDATE OF r SKIP LOCKED
"""


async def route_new(connection: asyncpg.Connection, now: datetime) -> bool:
    """What came since, or came back; what is settled gives its place free. False when nothing happened."""
    passed = await next_events(connection, Follower.ROUTING, limit=BATCH)
    if passed:
        await route(connection, passed, now)
    return bool(passed)


async def route(connection: asyncpg.Connection, passed: Sequence[Passed], now: datetime) -> None:
    tickets = sorted({each.ticket_id for each in passed})
    await connection.execute(_END_SETTLED, tickets, now)
    for row in await connection.fetch(_UNROUTED, tickets):
        facts = await facts_of(connection, row["id"], now)
        decision = await decide(connection, facts, seats_of=locked_seats, now=now)
        if decision is not None:
            await _begin(connection, row["id"], decision, now)


async def give_waiting(connection: asyncpg.Connection, now: datetime) -> bool:
    """What waits in the queues of teams in which somebody is there; False when nobody could be given anything."""
    rows = await connection.fetch(_WAITING, now - HEARTBEAT, BATCH)
    return await _give(connection, rows, RouteCause.WAITED, now)


async def give_left_behind(connection: asyncpg.Connection, now: datetime) -> bool:
    """What is with people who have gone, if somebody else is free for it; otherwise it stays theirs."""
    rows = await connection.fetch(_LEFT_BEHIND, now - ABSENCE, now - HEARTBEAT, BATCH)
    return await _give(connection, rows, RouteCause.ABSENT, now)


async def _give(
    connection: asyncpg.Connection, rows: Sequence[asyncpg.Record], cause: RouteCause, now: datetime
) -> bool:
    given = False
    for row in rows:
        team = await team_row(connection, row["team_id"])
        facts = await facts_of(connection, row["ticket_id"], now)
        told = {key: row["why"].get(key) for key in ("rule", "version", "because", "member")}
        decision = await within(
            connection,
            team,
            facts,
            cause=cause,
            rank=row["rank"],
            told=told,
            seats_of=locked_seats,
            now=now,
        )
        if decision.staff is not None:
            await connection.execute(_END, row["id"], now)
            await _begin(connection, row["ticket_id"], decision, now)
            given = True
    return given


async def _begin(connection: asyncpg.Connection, ticket_id: int, decision: Decision, now: datetime) -> None:
    staff_id = decision.staff.staff_id if decision.staff else None
    begun = await connection.fetchval(
        _BEGIN,
        ticket_id,
        decision.team_id,
        staff_id,
        decision.cause.value,
        decision.rank,
        orjson.dumps(decision.why).decode(),
        now,
    )
    if begun is not None and staff_id is not None:
        await mark_given(connection, staff_id, now)
