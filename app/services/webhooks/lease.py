"""Take what is due: of each endpoint a few, of each ticket the earliest alone."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import asyncpg

from app.domain.webhooks import body
from app.domain.webhooks.retry import GIVE_UP
from app.services.credentials.keyring import KeyRing

# Longer than a call may last; whoever was killed in the middle of one holds up its ticket no longer than this.
LEASE = timedelta(seconds=60)
# Of one endpoint at once. Each has its own, so that a slow one keeps nobody else waiting.
LINES = 4

_LEASE = """
WITH taken AS (
    SELECT d.id
      FROM webhook_endpoints p
     CROSS JOIN LATERAL (
        SELECT count(*) AS lines FROM webhook_deliveries s
         WHERE s.endpoint_id = p.id AND s.settled_at IS NULL AND s.state = 'sending' AND s.due_at > $1) busy
     CROSS JOIN LATERAL (
        SELECT d.id FROM webhook_deliveries d
         WHERE d.endpoint_id = p.id AND d.settled_at IS NULL AND d.due_at <= $1
           AND NOT EXISTS (SELECT FROM webhook_deliveries b
                            WHERE b.endpoint_id = p.id AND b.ticket_id = d.ticket_id AND b.seq < d.seq
                              AND b.settled_at IS NULL)
         ORDER BY d.due_at, d.id
         LIMIT greatest(0, CASE WHEN p.rest_until IS NULL THEN $3 ELSE 1 END - busy.lines)
           FOR NO KEY UPDATE SKIP LOCKED) d
     WHERE p.state = 'active' AND (p.rest_until IS NULL OR p.rest_until <= $1)
), leased AS (
    UPDATE webhook_deliveries d
       SET state = 'sending', due_at = $2, attempts = attempts + 1, tries = tries + 1,
           give_up_at = coalesce(give_up_at, $4)
      FROM taken WHERE d.id = taken.id
 RETURNING d.*
), begun AS (
    INSERT INTO webhook_attempts (delivery_id, attempt, started_at) SELECT id, attempts, $1 FROM leased
)
SELECT d.id, d.attempts, d.tries, d.give_up_at, d.created_at, p.url, p.secret, p.previous_secret,
       p.previous_until, t.number, t.service_type, e.seq, e.event, e.from_state, e.state, e.actor_role, e.at,
       t.channel, r.reference AS external_reference
  FROM leased d
  JOIN webhook_endpoints p ON p.id = d.endpoint_id
  LEFT JOIN tickets t ON t.id = d.ticket_id
  LEFT JOIN external_references r ON r.ticket_id = d.ticket_id
  LEFT JOIN ticket_events e ON e.ticket_id = d.ticket_id AND e.seq = d.seq
 ORDER BY d.id
"""


@dataclass(frozen=True)
class Leased:
    """``attempt`` is the fence: once somebody else has taken it over, the outcome of this one counts no more."""

    id: int
    attempt: int
    tries: int
    give_up_at: datetime
    url: str
    event_id: str
    body: bytes
    # None of them opens when the key under which they were sealed is gone.
    secrets: tuple[str, ...]


async def lease(connection: asyncpg.Connection, ring: KeyRing, now: datetime) -> Sequence[Leased]:
    rows = await connection.fetch(_LEASE, now, now + LEASE, LINES, now + GIVE_UP)
    return [_leased(row, ring, now) for row in rows]


def _leased(row: asyncpg.Record, ring: KeyRing, now: datetime) -> Leased:
    if row["number"] is None:
        event_id, told = body.ping_id(row["id"]), body.of_ping(row["id"], row["created_at"])
    else:
        happened = body.Happened(**{field.name: row[field.name] for field in fields(body.Happened)})
        event_id, told = happened.id, body.of_event(happened)
    sealed = [row["secret"]]
    if row["previous_until"] is not None and row["previous_until"] > now:
        sealed.append(row["previous_secret"])
    opened = (ring.open(secret) for secret in sealed)
    return Leased(
        id=row["id"],
        attempt=row["attempts"],
        tries=row["tries"],
        give_up_at=row["give_up_at"],
        url=row["url"],
        event_id=event_id,
        body=told,
        secrets=tuple(secret for secret in opened if secret is not None),
    )
