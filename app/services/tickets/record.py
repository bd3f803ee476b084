"""The only place that writes a ticket's state, its events and the messages they cause.

One statement does it all, compare-and-set on state and version included, so that nothing of it can be left out:
the row, the event, the clock segments, the outbox rows and the NOTIFY that wakes whoever waits for them.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from app.bell import Topic, ring_sql
from app.domain.actor import Actor
from app.domain.lifecycle import ENDS, ClockMode, State, clock_modes
from app.domain.notices import Notice
from app.domain.promise.pledge import Pledge
from app.domain.service_levels.clocks import answers, stirs
from app.domain.situation import Situation
from app.domain.timeouts import wake_at
from app.errors import Conflict
from app.tracing import current_trace_id

# Nobody waits for what is done or has ended.
_ASKS_NO_MORE = ENDS | {State.COMPLETED, State.CONFIRMED}


class StaleVersion(Conflict):
    code, msg = "stale_version", "工单刚刚有了新进展，请刷新后再操作。"


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: ``text`` is for everybody, ``data`` for staff and machines."""

    event: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)


_WRITE = f"""
WITH moved AS (
    UPDATE tickets
       SET state = $4, version = $5, seq = seq + 1, category = $6, priority = $7, warranty = $8,
           engineer_id = $9, visit_id = $10, offer_id = $11, quote_id = $12, declined_by = $13, missing = $14,
           rebooked_by_customer = $15, reopened = $16, urged = $17, parts_due = $18, resume_at = $19,
           merged_into = $20, promised_at = $21, promise = $22, wake_at = $23, wake_step = $24,
           entered_at = $25, completed_at = $26, closed_at = $27
     WHERE id = $1 AND state = $2 AND version = $3
 RETURNING id, seq
), event AS (
    INSERT INTO ticket_events (ticket_id, seq, event, from_state, state, actor_role, actor_id, text, data, at)
    SELECT id, seq, $28, $2, $4, $29, $30, $31, $32, $33 FROM moved
), ended AS (
    -- A clock that was set back meanwhile: the segment has no length.
    UPDATE clock_segments c SET ended_at = greatest(c.started_at, $33)
      FROM moved WHERE c.ticket_id = moved.id AND c.ended_at IS NULL AND c.clock = ANY ($34::text[])
 RETURNING 1
), begun AS (
    INSERT INTO clock_segments (ticket_id, clock, from_seq, mode, started_at)
    -- Counting the ended ones first makes them end before their successors claim the place of "the open one".
    SELECT moved.id, n.clock, moved.seq, n.mode, $33
      FROM moved, (SELECT count(*) FROM ended) first, unnest($35::text[], $36::text[]) AS n (clock, mode)
), pushed AS (
    INSERT INTO outbox (ticket_id, seq, kind, recipient, recipient_id, slots, available_at, client_msg_id,
                        trace_id, created_at)
    SELECT moved.id, moved.seq, n.kind, n.recipient, n.recipient_id, n.slots, $33, n.client_msg_id, $42, $33
      FROM moved,
           unnest($37::text[], $38::text[], $39::uuid[], $40::jsonb[], $41::uuid[])
               AS n (kind, recipient, recipient_id, slots, client_msg_id)
), promised AS (
    -- Its history: a row for each step and each time that was told. With the second event, also what the report was
    -- answered with, which nobody had to wait for.
    INSERT INTO promises (ticket_id, seq, first_seq, step, promised_at, text, basis, inputs, at, look_at)
    SELECT t.id, 1, 1, 'response', greatest(t.promised_at, t.created_at), t.promise, 'submitted', '{{}}'::jsonb,
           t.created_at, NULL::timestamptz
      FROM moved JOIN tickets t ON t.id = moved.id WHERE moved.seq = 2
     UNION ALL
    SELECT t.id, moved.seq,
           CASE WHEN coalesce(p.step, 'response') = $44::text AND NOT $48::bool THEN coalesce(p.first_seq, 1)
                ELSE moved.seq END,
           $44::text, greatest($21, $33), $22, $45::text, $46::jsonb, $33, $47::timestamptz
      FROM moved JOIN tickets t ON t.id = moved.id
      LEFT JOIN LATERAL (
          SELECT step, first_seq FROM promises WHERE ticket_id = t.id ORDER BY seq DESC LIMIT 1) p ON TRUE
     WHERE $44::text IS NOT NULL
       AND ($44::text <> coalesce(p.step, 'response') OR $21 <> t.promised_at OR $48::bool)
    ON CONFLICT DO NOTHING
), answered AS (
    -- Whoever urged has his answer, or asks no more.
    UPDATE urgings u
       SET answered_at = CASE WHEN $49 THEN greatest(u.at, $33) END, answered_by = CASE WHEN $49 THEN $30 END,
           lapsed_at = CASE WHEN NOT $49 THEN $33 END
      FROM moved WHERE u.ticket_id = moved.id AND u.due_at IS NOT NULL AND u.answered_at IS NULL
       AND u.lapsed_at IS NULL AND ($49::bool OR $50::bool)
), watched AS (
    INSERT INTO service_levels (ticket_id, next_at) SELECT id, $33 FROM moved WHERE $43
    ON CONFLICT (ticket_id) DO UPDATE SET next_at = excluded.next_at
)
SELECT seq, {ring_sql(Topic.TICKET, "id")} FROM moved
"""


async def record(
    connection: asyncpg.Connection,
    before: Situation,
    after: Situation,
    entry: Entry,
    *,
    actor: Actor,
    now: datetime,
    notices: Sequence[Notice] = (),
    wake: tuple[datetime | None, int] | None = None,
) -> Situation:
    """Write what happened and return the situation as it is now.

    A change of state makes a new version; a fact beside the state (urging, reminder) keeps version and clocks.
    Raises StaleVersion when the row is no longer what ``before`` says.
    """
    next_wake, wake_step = wake or (wake_at(after), 0)
    ended, begun = _clock_changes(before, after)
    seq = await connection.fetchval(
        _WRITE,
        before.id,
        before.state.value,
        before.version,
        after.state.value,
        after.version,
        after.category,
        after.priority.value,
        after.warranty.value,
        after.engineer_id,
        after.visit.id if after.visit else None,
        after.offer.id if after.offer else None,
        after.quote.id if after.quote else None,
        list(after.declined_by),
        list(after.missing),
        after.rebooked_by_customer,
        after.reopened,
        after.urged,
        after.parts_due,
        after.resume_at,
        after.merged_into,
        after.promised_at,
        after.promise,
        next_wake,
        wake_step,
        after.entered_at,
        after.completed_at,
        after.closed_at,
        entry.event,
        actor.role.value,
        actor.id,
        entry.text,
        orjson.dumps(entry.data).decode(),
        now,
        ended,
        [clock for clock, _ in begun],
        [mode for _, mode in begun],
        [notice.kind.value for notice in notices],
        [notice.recipient.value for notice in notices],
        [notice.recipient_id for notice in notices],
        [orjson.dumps(notice.slots).decode() for notice in notices],
        [uuid.uuid4() for _ in notices],
        current_trace_id(),
        stirs(before.state, after.state, entry.event, begins=ClockMode.RUN in (mode for _, mode in begun)),
        *_pledged(after.pledge),
        after.urged > 0 and answers(entry.event, actor.role),
        after.urged > 0 and after.state in _ASKS_NO_MORE,
    )
    if seq is None:
        raise StaleVersion
    return after


def _pledged(pledge: Pledge | None) -> tuple[str | None, str, str, datetime | None, bool]:
    """None where nothing was promised anew, or nothing is left to be promised."""
    if pledge is None:
        return None, "", "{}", None, False
    inputs = orjson.dumps({**pledge.inputs}).decode()
    return pledge.step.value, pledge.basis, inputs, pledge.look_at, pledge.anew


def _clock_changes(before: Situation, after: Situation) -> tuple[list[str], list[tuple[str, str]]]:
    """Which clocks end their segment, and which begin one in which mode."""
    was = clock_modes(before.state, with_us=before.quote_with_us, nobody_home=before.nobody_home)
    is_ = clock_modes(after.state, with_us=after.quote_with_us, nobody_home=after.nobody_home)
    changed = [clock for clock in was if was[clock] is not is_[clock]]
    begun = [(c.value, is_[c].value) for c in changed if is_[c] is not ClockMode.STOP]
    return [clock.value for clock in changed], begun
