"""Clocks: the stored segments against a fold of the events, and what was told of a deadline against the arithmetic."""

from collections.abc import Iterator
from itertools import groupby

import asyncpg

from app.domain.lifecycle import Clock, ClockMode, State
from app.domain.service_levels.calendar import moment
from app.domain.service_levels.fold import Happened, Kept, fold
from app.services.reconcile.difference import Counted, Difference
from app.services.service_levels.binding import binding_of
from app.services.service_levels.measured import measured
from app.services.tickets.load import load_by_id

BATCH = 1000
SHOWN = 50

_BATCH = "SELECT id, number FROM tickets WHERE id > $1 ORDER BY id LIMIT $2"
# Who has to see a quote first is said by its event; what was quoted before events said so, by the quote.
_EVENTS = """
SELECT e.ticket_id, e.seq, e.event, e.state, e.at, e.data->>'decision' = 'approve' AS approved,
       coalesce((e.data->>'in_review')::boolean,
                e.event IN ('quote', 'revise_quote')
                AND EXISTS (SELECT FROM quotes q WHERE q.ticket_id = e.ticket_id
                               AND q.version = (e.data->>'version')::bigint
                               AND (q.state = 'in_review' OR q.reviewed_at IS NOT NULL))) AS in_review
  FROM ticket_events e WHERE e.ticket_id = ANY ($1::bigint[]) ORDER BY e.ticket_id, e.seq
"""
_SEGMENTS = """
SELECT ticket_id, clock, from_seq, mode, started_at, ended_at
  FROM clock_segments WHERE ticket_id = ANY ($1::bigint[]) ORDER BY ticket_id
"""
# A ticket that rose to another level, got another policy or an earlier report merged in, counts by that from then on.
_TOLD = """
SELECT l.ticket_id, t.number, l.metric, l.from_seq, l.mark, l.due_at
  FROM service_level_events l JOIN tickets t ON t.id = l.ticket_id JOIN service_levels s ON s.ticket_id = t.id
 WHERE t.urged < 2 AND s.attached_at <= l.fired_at
   AND NOT EXISTS (SELECT FROM ticket_merges m
                    WHERE m.into_id = t.id AND coalesce(m.undone_at, m.merged_at) > l.fired_at)
 ORDER BY l.ticket_id, l.due_at, l.mark
"""


async def count_clocks(connection: asyncpg.Connection) -> Counted:
    compared, found, last = 0, list[Difference](), 0
    while batch := await connection.fetch(_BATCH, last, BATCH):
        numbers = {row["id"]: row["number"] for row in batch}
        last = batch[-1]["id"]
        folded = await _folded(connection, list(numbers))
        stored = await _stored(connection, list(numbers))
        compared += sum(map(len, stored.values()))
        for ticket, number in numbers.items():
            found += _differ(number, stored.get(ticket, []), folded.get(ticket, []))
    return Counted("计时段与事件推算", compared, tuple(found[:SHOWN]))


async def _folded(connection: asyncpg.Connection, tickets: list[int]) -> dict[int, list[Kept]]:
    rows = await connection.fetch(_EVENTS, tickets)
    return {
        ticket: fold([_happened(row) for row in events])
        for ticket, events in groupby(rows, lambda row: row["ticket_id"])
    }


def _happened(row: asyncpg.Record) -> Happened:
    state = State(row["state"])
    return Happened(row["seq"], row["event"], state, row["at"], row["in_review"], bool(row["approved"]))


async def _stored(connection: asyncpg.Connection, tickets: list[int]) -> dict[int, list[Kept]]:
    rows = await connection.fetch(_SEGMENTS, tickets)
    return {
        ticket: [
            Kept(
                Clock(row["clock"]),
                row["from_seq"],
                ClockMode(row["mode"]),
                row["started_at"],
                row["ended_at"],
            )
            for row in segments
        ]
        for ticket, segments in groupby(rows, lambda row: row["ticket_id"])
    }


def _differ(number: str, stored: list[Kept], folded: list[Kept]) -> Iterator[Difference]:
    kept, counted = ({(each.clock, each.from_seq): each for each in side} for side in (stored, folded))
    for key in sorted(kept.keys() | counted.keys()):
        if kept.get(key) != counted.get(key):
            yield Difference(
                "clocks", f"{number} {key[0]}#{key[1]}", _said(kept.get(key)), _said(counted.get(key))
            )


def _said(segment: Kept | None) -> str:
    if segment is None:
        return "–"
    until = segment.until.isoformat() if segment.until else "…"
    return f"{segment.mode} {segment.since.isoformat()} – {until}"


async def count_deadlines(connection: asyncpg.Connection) -> Counted:
    """What was told was due when the clocks, the calendar and the policy say so."""
    compared, found = 0, list[Difference]()
    rows = await connection.fetch(_TOLD)
    for ticket, told in groupby(rows, lambda row: row["ticket_id"]):
        due = await _due(connection, ticket)
        for row in told:
            compared += 1
            counted = due.get((row["metric"], row["from_seq"], row["mark"]), "–")
            if row["due_at"].isoformat() != counted:
                key = f"{row['number']} {row['metric']}#{row['from_seq']} {row['mark']}"
                found.append(Difference("deadlines", key, row["due_at"].isoformat(), counted))
    return Counted("时限预警的到期时间", compared, tuple(found[:SHOWN]))


async def _due(connection: asyncpg.Connection, ticket: int) -> dict[tuple[str, int, str], str]:
    binding = await binding_of(connection, ticket)
    found = {}
    for measure in await measured(connection, await load_by_id(connection, ticket), binding):
        for mark in measure.marks(binding.policy.steps):
            at = measure.reached(mark.after)
            if at is not None:
                found[measure.run.metric.value, measure.run.from_seq, mark.name] = moment(at).isoformat()
    return found
