"""Tell what is due of the deadlines of tickets: warnings and escalation steps, one ticket a transaction, each once.

A row says when to look again. The clocks are read anew at every look, so a pause, another policy or a clock that was
set back only moves that moment; what was told is a row beside the entry of the timeline, in the same transaction.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.domain.lifecycle import ENDS
from app.domain.service_levels.calendar import moment, seconds
from app.domain.service_levels.measure import TASK_FORCE, Mark, Measure
from app.domain.service_levels.policy import Case
from app.domain.situation import Situation
from app.services.service_levels.binding import Binding, binding_of
from app.services.service_levels.measured import measured
from app.services.service_levels.tell import tell
from app.services.tickets.load import load_by_id

FAILED_AGAIN_AFTER = timedelta(minutes=5)

log = logging.getLogger(__name__)

_DUE = """
SELECT t.id FROM service_levels l JOIN tickets t ON t.id = l.ticket_id
 WHERE l.next_at <= $1 ORDER BY l.next_at, t.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
_WATCH = """
INSERT INTO service_levels (ticket_id, next_at) VALUES ($1, $2)
ON CONFLICT (ticket_id) DO UPDATE SET next_at = excluded.next_at
"""
_ATTACH = (
    "UPDATE service_levels SET policy_version = $2, calendar_id = $3, attached_at = $4 WHERE ticket_id = $1"
)
_NEXT = "UPDATE service_levels SET next_at = $2 WHERE ticket_id = $1"
_BEHIND = "SELECT metric, from_seq, mark FROM service_level_events WHERE ticket_id = $1"
# Whoever calls for a task force need not be told when there is one.
_IN_TASK_FORCE = "SELECT EXISTS (SELECT FROM incident_tickets WHERE ticket_id = $1 AND ended_at IS NULL)"
_MARK = """
INSERT INTO service_level_events (ticket_id, metric, from_seq, mark, due_at, fired_at, told)
SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bool[])
"""

Key = tuple[str, int, str]


@dataclass(frozen=True)
class Due:
    """A mark of a clock, and when it is reached as things stand."""

    measure: Measure
    mark: Mark
    at: int

    @property
    def key(self) -> Key:
        return self.measure.run.metric.value, self.measure.run.from_seq, self.mark.name


async def watch(connection: asyncpg.Connection, ticket_id: int, now: datetime) -> None:
    """Have somebody look at once; he finds out by himself when to look again."""
    await connection.execute(_WATCH, ticket_id, now)


async def look_one(connection: asyncpg.Connection, now: datetime) -> bool:
    """Look at one ticket that is due; False when none is. The caller gives a transaction and commits it."""
    ticket_id = await connection.fetchval(_DUE, now)
    if ticket_id is None:
        return False
    look = connection.transaction()
    await look.start()
    try:
        next_at = await _look(connection, ticket_id, now)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, asyncpg.DataError):
        # One ticket that cannot be counted must not keep the others from it.
        await look.rollback()
        log.exception("service_levels.failed", extra={"ticket_id": ticket_id})
        next_at = now + FAILED_AGAIN_AFTER
    else:
        await look.commit()
    await connection.execute(_NEXT, ticket_id, next_at)
    return True


async def _look(connection: asyncpg.Connection, ticket_id: int, now: datetime) -> datetime | None:
    s = await load_by_id(connection, ticket_id)
    binding = await binding_of(connection, s.id)
    if not binding.attached:
        await connection.execute(_ATTACH, s.id, binding.policy_version, binding.calendar_id, now)
    if s.state in ENDS:
        return None
    behind: set[Key] = {tuple(row) for row in await connection.fetch(_BEHIND, s.id)}
    ahead = [due for due in _ahead(await measured(connection, s, binding), binding) if due.key not in behind]
    at = seconds(now)
    reached = sorted((due for due in ahead if due.at <= at), key=lambda due: due.at)
    if reached:
        await _fire(connection, s, reached, now)
    return min((moment(due.at) for due in ahead if due.at > at), default=None)


def _ahead(found: Sequence[Measure], binding: Binding) -> Iterator[Due]:
    """What the clocks that still count have to tell; a clock that pauses tells what it had reached before."""
    for measure in found:
        if measure.run.over:
            continue
        for mark in measure.marks(binding.policy.steps):
            at = measure.reached(mark.after)
            if at is not None:
                yield Due(measure, mark, at)


async def _fire(connection: asyncpg.Connection, s: Situation, reached: list[Due], now: datetime) -> None:
    """After a long sleep only the highest warning of a clock is said; all of them are behind us then."""
    told = [due for due in reached if _said(s, due, reached)]
    if any(due.mark.name == TASK_FORCE for due in told) and await connection.fetchval(_IN_TASK_FORCE, s.id):
        told = [due for due in told if due.mark.name != TASK_FORCE]
    await connection.execute(
        _MARK,
        s.id,
        [due.key[0] for due in reached],
        [due.key[1] for due in reached],
        [due.key[2] for due in reached],
        [moment(due.at) for due in reached],
        [now] * len(reached),
        [due in told for due in reached],
    )
    for due in told:
        s = await tell(connection, s, due.measure, due.mark, now)


def _said(s: Situation, due: Due, reached: list[Due]) -> bool:
    if due.mark.step is not None:
        return due.mark.step.applies(Case(s.priority, s.state, s.engineer is not None, s.urged))
    if due.mark.percent is None:
        return True
    return not any(
        other.measure is due.measure and (other.mark.percent or 0) > due.mark.percent for other in reached
    )
