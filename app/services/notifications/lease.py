"""Take due messages out of the outbox for a while, at most one of a ticket and of a person at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.domain.delivery import History
from app.models.messages import UNSETTLED

# Longer than any call may take (see app.wechat.http), so that a lease never ends under a healthy worker.
LEASE = timedelta(seconds=45)

# After a long calm the planner believes that nothing is ever unsettled, and would join the first backlog with itself
# row by row. Scalar subqueries leave it no join to choose: each is one look into an index, whatever the statistics say.
# A row in "leased" is due again when its lease has ended: the worker died, and nobody knows how the try ended.
_LEASE = f"""
WITH candidates AS MATERIALIZED (
    SELECT o.id, o.recipient_id, o.available_at FROM outbox o
     WHERE o.{UNSETTLED} AND o.available_at <= $1
       AND (SELECT min(e.id) FROM outbox e WHERE e.ticket_id = o.ticket_id AND e.{UNSETTLED}) = o.id
       AND (SELECT count(*) FROM outbox e WHERE e.recipient_id = o.recipient_id AND e.id <> o.id
                AND e.state = 'leased' AND e.lease_until > $1) = 0
     ORDER BY o.available_at, o.id LIMIT $2 * 4
), firsts AS MATERIALIZED (
    SELECT DISTINCT ON (recipient_id) id FROM candidates ORDER BY recipient_id, available_at, id
), due AS (
    -- Asked again of the locked row: another relay may have taken it since the statement began.
    SELECT o.id FROM outbox o
     WHERE o.id = ANY (ARRAY(SELECT id FROM firsts)) AND o.{UNSETTLED} AND o.available_at <= $1
     ORDER BY o.available_at, o.id
     LIMIT $2 FOR UPDATE OF o SKIP LOCKED
), leased AS (
    UPDATE outbox o
       SET state = 'leased', fence = fence + 1, attempts = attempts + 1, lease_until = $1 + $3::interval,
           available_at = $1 + $3::interval,
           uncertain_since = CASE WHEN o.state = 'leased' THEN coalesce(o.uncertain_since, o.lease_until - $3::interval)
                                  ELSE o.uncertain_since END
      FROM due WHERE o.id = due.id
 RETURNING o.*
), started AS (
    INSERT INTO push_attempts (push_id, fence, started_at) SELECT id, fence, $1 FROM leased
)
SELECT l.id, l.fence, l.ticket_id, l.seq, l.kind, l.recipient, l.recipient_id, l.slots, l.client_msg_id,
       l.attempts, l.created_at, l.uncertain_since, l.trace_id, t.number, i.openid, i.follows,
       i.unreachable_reason
  FROM leased l
  JOIN tickets t ON t.id = l.ticket_id
  LEFT JOIN LATERAL (
      SELECT openid, follows, unreachable_reason FROM wechat_identities w
       WHERE w.appid = $4 AND (w.customer_id = l.recipient_id OR w.staff_id = l.recipient_id)
       ORDER BY w.follows DESC, w.id DESC LIMIT 1
  ) i ON TRUE
 ORDER BY l.id
"""
# What a relay shows the server as its name, by which the others know that it lives.
RELAY = "huixiang-relay"
# A relay that finds itself alone takes over at once what the dead have left. Should it be wrong, nothing is seen
# twice: the fence keeps the other's outcome out, and WeChat knows the client_msg_id.
_RECLAIM = f"""
UPDATE outbox SET lease_until = $1, available_at = $1,
       uncertain_since = coalesce(uncertain_since, lease_until - $3::interval)
 WHERE state = 'leased' AND id <> ALL ($2::bigint[])
   AND NOT EXISTS (SELECT FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = '{RELAY}' AND pid <> pg_backend_pid())
"""


@dataclass(frozen=True)
class Leased:
    """One message in the hands of this worker. ``fence`` proves later that it still is."""

    id: int
    fence: int
    ticket_id: int
    seq: int
    number: str
    kind: str
    recipient: str
    recipient_id: str
    slots: dict[str, str]
    client_msg_id: str
    openid: str | None
    follows: bool
    unreachable_reason: str | None
    history: History
    trace_id: str


async def lease(connection: asyncpg.Connection, *, appid: str, limit: int, now: datetime) -> list[Leased]:
    """Due messages, oldest first, with an attempt written for each before anything is sent."""
    rows = await connection.fetch(_LEASE, now, limit, LEASE, appid)
    return [_leased(row, now) for row in rows]


async def reclaim(connection: asyncpg.Connection, *, keep: Sequence[int], now: datetime) -> None:
    """End the leases of dead relays, if no other relay is connected; ``keep`` are those of this one."""
    await connection.execute(_RECLAIM, now, list(keep), LEASE)


def _leased(row: asyncpg.Record, now: datetime) -> Leased:
    return Leased(
        id=row["id"],
        fence=row["fence"],
        ticket_id=row["ticket_id"],
        seq=row["seq"],
        number=row["number"],
        kind=row["kind"],
        recipient=row["recipient"],
        recipient_id=str(row["recipient_id"]),
        slots=row["slots"],
        client_msg_id=row["client_msg_id"].hex,
        openid=row["openid"],
        follows=bool(row["follows"]),
        unreachable_reason=row["unreachable_reason"],
        history=History(row["created_at"], now, row["attempts"], row["uncertain_since"]),
        trace_id=row["trace_id"],
    )
