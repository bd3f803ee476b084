"""What has served its time is deleted, a bounded number of rows at a time."""

from datetime import datetime, timedelta

import asyncpg

# An idempotency key outlives every client that may still repeat its request.
KEYS = timedelta(days=7)
CALLBACKS = timedelta(days=30)
# Long enough to answer "who was signed in then?", short enough not to keep what nobody asks for.
SESSIONS = timedelta(days=30)
# A lock lasts a quarter of an hour; a day later its counter counts nothing any more.
GUARDS = timedelta(days=1)
# As long as anybody may come back to a job: the longest warranty on a repair and the time to dispute it.
MESSAGES = timedelta(days=730)
# Long enough to see whether something comes back.
ALARMS = timedelta(days=180)
# A window lasts two days at most.
WINDOWS = timedelta(days=30)
# Long enough to find a fault of the receiver's and to play again what it lost.
DELIVERIES = timedelta(days=30)
BATCH = 5000

_STATEMENTS = (
    (
        "DELETE FROM idempotency_keys WHERE (scope, key) IN "
        "(SELECT scope, key FROM idempotency_keys WHERE created_at < $1 LIMIT $2)",
        KEYS,
    ),
    (
        "DELETE FROM wechat_inbound WHERE id IN "
        "(SELECT id FROM wechat_inbound WHERE received_at < $1 AND handled_at IS NOT NULL LIMIT $2)",
        CALLBACKS,
    ),
    (
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 LIMIT $2)",
        SESSIONS,
    ),
    (
        "DELETE FROM sign_in_guards WHERE subject IN "
        "(SELECT subject FROM sign_in_guards WHERE since < $1 LIMIT $2)",
        GUARDS,
    ),
    (
        "DELETE FROM ticket_messages WHERE id IN "
        "(SELECT m.id FROM ticket_messages m JOIN tickets t ON t.id = m.ticket_id"
        " WHERE m.created_at < $1 AND t.closed_at < $1 ORDER BY m.created_at LIMIT $2)",
        MESSAGES,
    ),
    (
        "DELETE FROM conversations WHERE ticket_id IN "
        "(SELECT c.ticket_id FROM conversations c WHERE c.last_at < $1"
        " AND NOT EXISTS (SELECT FROM ticket_messages m WHERE m.ticket_id = c.ticket_id)"
        " ORDER BY c.last_at LIMIT $2)",
        MESSAGES,
    ),
    (
        "DELETE FROM reply_windows WHERE (appid, openid, kind) IN "
        "(SELECT appid, openid, kind FROM reply_windows WHERE until < $1 LIMIT $2)",
        WINDOWS,
    ),
    (
        "DELETE FROM webhook_deliveries WHERE id IN "
        "(SELECT id FROM webhook_deliveries WHERE settled_at < $1 ORDER BY settled_at LIMIT $2)",
        DELIVERIES,
    ),
    (
        "DELETE FROM alarms WHERE id IN (SELECT id FROM alarms WHERE closed_at < $1 LIMIT $2)",
        ALARMS,
    ),
)


async def forget_expired(connection: asyncpg.Connection, now: datetime) -> None:
    for statement, kept in _STATEMENTS:
        await connection.execute(statement, now - kept, BATCH)
