"""Write down how a call went, what follows for its delivery, and what for its endpoint."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.webhooks import retry
from app.domain.webhooks.retry import DeliveryState
from app.integrations.webhooks import Answer
from app.services.alarms.raise_alarm import raise_alarm
from app.services.webhooks.lease import Leased

KIND = "webhook"
# The receiver says that it is no more and wants nothing ever again.
GONE = 410

_SETTLE = """
WITH settled AS (
    UPDATE webhook_deliveries
       SET state = $3, due_at = coalesce($4::timestamptz, due_at),
           settled_at = CASE WHEN $4 IS NULL THEN $5::timestamptz END
     WHERE id = $1 AND attempts = $2 AND state = 'sending'
 RETURNING endpoint_id
), ended AS (
    UPDATE webhook_attempts SET milliseconds = $6, status = $7, error = $8, answer = $9
     WHERE delivery_id = $1 AND attempt = $2 AND milliseconds IS NULL
)
SELECT endpoint_id FROM settled
"""
_WELL = """
UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, rest_until = NULL WHERE id = $1 AND failures > 0
"""
_FAILED = """
UPDATE webhook_endpoints SET failures = failures + 1, failing_since = coalesce(failing_since, $2)
 WHERE id = $1 RETURNING url, state, failures, failing_since
"""
_REST = "UPDATE webhook_endpoints SET rest_until = $2, state = $3 WHERE id = $1"


@dataclass(frozen=True)
class Tried:
    delivery: Leased
    answer: Answer
    now: datetime


async def settle(connection: asyncpg.Connection, tried: Tried) -> None:
    """Does nothing for a worker that comes too late: somebody else has taken the delivery over."""
    delivery, answer, now = tried.delivery, tried.answer, tried.now
    state, due_at = _verdict(tried)
    endpoint_id = await connection.fetchval(
        _SETTLE,
        delivery.id,
        delivery.attempt,
        state.value,
        due_at,
        now,
        answer.milliseconds,
        answer.status,
        answer.error,
        answer.beginning,
    )
    if endpoint_id is None:
        return
    if answer.taken:
        await connection.execute(_WELL, endpoint_id)
    else:
        await _blame(connection, endpoint_id, answer, now)


def _verdict(tried: Tried) -> tuple[DeliveryState, datetime | None]:
    """The state, and when to try again if at all."""
    if tried.answer.taken:
        return DeliveryState.DELIVERED, None
    dice = secrets.randbelow(1000) / 1000
    due_at = retry.next_try(
        tried.delivery.tries,
        now=tried.now,
        give_up_at=tried.delivery.give_up_at,
        dice=dice,
        asked=tried.answer.retry_after,
    )
    if due_at is None or tried.answer.status == GONE:
        return DeliveryState.DEAD, None
    return DeliveryState.QUEUED, due_at


async def _blame(connection: asyncpg.Connection, endpoint_id: object, answer: Answer, now: datetime) -> None:
    row = await connection.fetchrow(_FAILED, endpoint_id, now)
    over = answer.status == GONE or now - row["failing_since"] >= retry.DISABLE
    disabled = over and row["state"] == "active"
    pause = retry.rest(row["failures"])
    rests = now + pause if pause else None
    await connection.execute(_REST, endpoint_id, rests, "disabled" if disabled else row["state"])
    if disabled:
        why = answer.error or f"HTTP {answer.status}"
        detail = (
            f"Webhook {row['url']} 长时间无法送达（{why}），已自动停用。修复后请重新启用，并补发未送达的。"
        )
        await raise_alarm(connection, KIND, str(endpoint_id), detail, now=now)
