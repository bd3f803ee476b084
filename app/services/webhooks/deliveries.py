"""What was sent to an endpoint and how it went; send it again; try whether anybody is there."""

import uuid
from datetime import datetime
from typing import Literal

import asyncpg

from app.domain.webhooks.body import PING, ping_id
from app.errors import NotFound
from app.schemas.webhooks import DeliveryOut, DeliveryPage, ReplayIn, ReplayOut
from app.services.cursors import cut, place_by_number
from app.services.webhooks.endpoints import read_endpoint

Which = Literal["waiting", "delivered", "dead"]

_COLUMNS = """
SELECT d.id, d.event, d.state, d.seq, d.created_at, CASE WHEN d.settled_at IS NULL THEN d.due_at END AS due_at,
       t.number,
       coalesce((SELECT jsonb_agg(to_jsonb(a) - 'delivery_id' ORDER BY a.attempt)
                   FROM webhook_attempts a WHERE a.delivery_id = d.id), '[]') AS attempts
  FROM webhook_deliveries d LEFT JOIN tickets t ON t.id = d.ticket_id
"""
_PAGE = f"""
{_COLUMNS}
 WHERE d.endpoint_id = $1 AND ($2::text[] IS NULL OR d.state = ANY ($2))
   AND ($3::timestamptz IS NULL OR (d.created_at, d.id) < ($3, $4::bigint))
 ORDER BY d.created_at DESC, d.id DESC LIMIT $5
"""
_ONE = f"{_COLUMNS} WHERE d.endpoint_id = $1 AND d.id = $2"
_STATES = {"waiting": ["queued", "sending"], "delivered": ["delivered"], "dead": ["dead"]}
_PING = """
INSERT INTO webhook_deliveries (endpoint_id, event, due_at, created_at) VALUES ($1, $2, $3, $3) RETURNING id
"""
_REPLAY = """
UPDATE webhook_deliveries SET state = 'queued', due_at = $2, tries = 0, give_up_at = NULL, settled_at = NULL
 WHERE endpoint_id = $1 AND settled_at IS NOT NULL
   AND ($3::bigint IS NULL OR id = $3)
   AND ($4::timestamptz IS NULL OR created_at >= $4 AND (state = 'dead' OR $5))
"""


async def list_deliveries(
    connection: asyncpg.Connection,
    endpoint_id: uuid.UUID,
    which: Which | None,
    *,
    cursor: str | None,
    limit: int,
) -> DeliveryPage:
    await read_endpoint(connection, endpoint_id)
    before, key = place_by_number(cursor)
    states = _STATES[which] if which else None
    rows = await connection.fetch(_PAGE, endpoint_id, states, before, key, limit + 1)
    page, next_cursor = cut(rows, limit, "created_at")
    return DeliveryPage(items=[_out(row) for row in page], next_cursor=next_cursor)


async def ping(connection: asyncpg.Connection, endpoint_id: uuid.UUID, now: datetime) -> DeliveryOut:
    """Goes the way of every delivery, signature included; its outcome stands in the list."""
    await read_endpoint(connection, endpoint_id)
    made = await connection.fetchval(_PING, endpoint_id, PING, now)
    return _out(await connection.fetchrow(_ONE, endpoint_id, made))


async def replay(
    connection: asyncpg.Connection, endpoint_id: uuid.UUID, body: ReplayIn, now: datetime
) -> ReplayOut:
    """With the same id and the same bytes; what is still waiting stays as it is. Errors: not_found."""
    await read_endpoint(connection, endpoint_id)
    if body.delivery_id and await connection.fetchrow(_ONE, endpoint_id, body.delivery_id) is None:
        raise NotFound("没有找到这次投递。")
    done = await connection.execute(
        _REPLAY, endpoint_id, now, body.delivery_id, body.since, body.delivered_too
    )
    return ReplayOut(queued=int(done.rpartition(" ")[2]))


def _out(row: asyncpg.Record) -> DeliveryOut:
    number = row["number"]
    return DeliveryOut.model_validate(
        {
            "id": row["id"],
            "event_id": f"{number}-{row['seq']}" if number else ping_id(row["id"]),
            "event": row["event"],
            "ticket": number,
            "state": row["state"],
            "due_at": row["due_at"],
            "attempts": row["attempts"],
            "created_at": row["created_at"],
        }
    )
