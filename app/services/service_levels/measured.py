"""The clocks of a ticket against its policy, read from its events and segments."""

import asyncpg

from app.domain.lifecycle import Clock, ClockMode, Role, State
from app.domain.service_levels.calendar import seconds
from app.domain.service_levels.clocks import (
    OURS,
    SILENT,
    Earlier,
    Happening,
    Stored,
    runs_of,
    with_earlier,
)
from app.domain.service_levels.measure import Measure, measures
from app.domain.situation import Situation
from app.services.service_levels.binding import Binding

_HAPPENINGS = """
SELECT seq, event, state, actor_role, at, from_state IS DISTINCT FROM state AS entered
  FROM ticket_events WHERE ticket_id = $1 ORDER BY seq
"""
_SEGMENTS = """
SELECT clock, from_seq, mode, started_at, ended_at
  FROM clock_segments WHERE ticket_id = $1 AND clock <> 'legal' ORDER BY from_seq
"""
# Also what was merged into a ticket that was merged into this one.
_EARLIER = """
WITH RECURSIVE parts (id) AS (
    SELECT ticket_id FROM ticket_merges WHERE into_id = $1 AND undone_at IS NULL
     UNION
    SELECT m.ticket_id FROM ticket_merges m JOIN parts p ON m.into_id = p.id WHERE m.undone_at IS NULL
)
SELECT t.created_at,
       (SELECT min(e.at) FROM ticket_events e WHERE e.ticket_id = t.id AND e.event <> 'merge'
           AND e.actor_role = ANY ($2) AND e.event <> ALL ($3)) AS answered_at
  FROM parts p JOIN tickets t ON t.id = p.id
"""


async def measured(connection: asyncpg.Connection, s: Situation, binding: Binding) -> list[Measure]:
    happenings = [
        Happening(
            row["seq"],
            row["event"],
            State(row["state"]),
            Role(row["actor_role"]),
            seconds(row["at"]),
            row["entered"],
        )
        for row in await connection.fetch(_HAPPENINGS, s.id)
    ]
    stored = [
        Stored(
            Clock(row["clock"]),
            row["from_seq"],
            ClockMode(row["mode"]),
            seconds(row["started_at"]),
            None if row["ended_at"] is None else seconds(row["ended_at"]),
        )
        for row in await connection.fetch(_SEGMENTS, s.id)
    ]
    runs = with_earlier(
        runs_of(happenings, stored, binding.policy.levels[s.priority]), await _earlier(connection, s.id)
    )
    return measures(runs, binding.policy, s.priority, binding.calendar)


async def _earlier(connection: asyncpg.Connection, ticket_id: int) -> list[Earlier]:
    rows = await connection.fetch(_EARLIER, ticket_id, sorted(OURS), sorted(SILENT))
    return [
        Earlier(
            seconds(row["created_at"]), None if row["answered_at"] is None else seconds(row["answered_at"])
        )
        for row in rows
    ]
