"""The clocks of a ticket against its policy, read from its events and segments."""

import asyncpg

from app.domain.lifecycle import Clock, ClockMode, Role, State
from app.domain.service_levels.calendar import seconds
from app.domain.service_levels.clocks import Happening, Stored, runs_of
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
    runs = runs_of(happenings, stored, binding.policy.levels[s.priority])
    return measures(runs, binding.policy, s.priority, binding.calendar)
