"""Why the deadlines of a ticket are what they are, segment by segment."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.service_levels.calendar import moment, seconds
from app.domain.service_levels.measure import Measure
from app.domain.service_levels.policy import INTERNAL, METRIC_LABELS
from app.domain.service_levels.trace import described, lines, verdict
from app.domain.situation import PRIORITY_LABELS
from app.schemas.service_levels import (
    ClockOut,
    LevelEventOut,
    SegmentOut,
    SpanOut,
    TicketServiceLevelOut,
)
from app.services.service_levels.binding import binding_of
from app.services.service_levels.measured import measured
from app.services.tickets.load import load

_EVENTS = """
SELECT metric, from_seq, mark, due_at, fired_at, told FROM service_level_events
 WHERE ticket_id = $1 ORDER BY fired_at, due_at, mark
"""
# A long pause over months of nights would fill pages; the counted seconds are those of all of them.
_SPANS = 62


async def explain(
    connection: asyncpg.Connection, number: str, *, actor: Actor, now: datetime
) -> TicketServiceLevelOut:
    """Errors: not_found."""
    s = await load(connection, number, actor)
    binding = await binding_of(connection, s.id)
    found = await measured(connection, s, binding)
    events = await connection.fetch(_EVENTS, s.id)
    return TicketServiceLevelOut(
        number=s.number,
        priority=s.priority,
        level=PRIORITY_LABELS[s.priority],
        task_force=binding.policy.levels[s.priority].task_force,
        policy_version=binding.policy.version,
        calendar=binding.calendar_name,
        clocks=[_clock(measure, seconds(now)) for measure in found],
        events=[LevelEventOut(**row) for row in events],
    )


def _clock(measure: Measure, now: int) -> ClockOut:
    run, used = measure.run, measure.used(now)
    found = lines(measure, now)
    return ClockOut(
        metric=run.metric,
        label=METRIC_LABELS[run.metric],
        internal=run.metric in INTERNAL,
        from_seq=run.from_seq,
        target_seconds=measure.target.seconds,
        always=measure.target.always,
        used_seconds=used,
        remaining_seconds=measure.target.seconds - used,
        status=measure.status(),
        breached=measure.breached(now),
        due_at=None if measure.due is None else moment(measure.due),
        met_at=None if run.met_at is None else moment(run.met_at),
        segments=[
            SegmentOut(
                since=moment(line.since),
                until=None if line.until is None else moment(line.until),
                running=line.running,
                why=line.why,
                counted_seconds=line.counted,
                used_seconds=line.used,
                open_spans=[SpanOut(since=moment(a), until=moment(b)) for a, b in line.spans[:_SPANS]],
            )
            for line in found
        ],
        text=[*described(measure, found), verdict(measure, now)],
    )
