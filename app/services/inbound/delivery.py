"""TEMPLATESENDJOBFINISH: what WeChat accepted has reached the person, or has not."""

from datetime import datetime

import asyncpg

from app.wechat.events import JobStatus

_SETTLE = """
UPDATE outbox SET state = $2, settled_at = $3, reason = $4
 WHERE msgid = $1 AND state IN ('accepted', 'in_review') RETURNING id
"""
_KNOWN = "SELECT 1 FROM outbox WHERE msgid = $1"
# What a later message of the same ticket to the same person has overtaken, or is about to, would only confuse.
_OVERTAKEN = """
UPDATE outbox o SET state = 'superseded', settled_at = $2, reason = 'system_failed'
 WHERE o.msgid = $1 AND o.state = 'accepted'
   AND EXISTS (SELECT FROM outbox l WHERE l.ticket_id = o.ticket_id AND l.recipient_id = o.recipient_id
                  AND l.id > o.id AND l.state IN ('leased', 'accepted', 'delivered', 'in_review'))
RETURNING o.id
"""
# WeChat's own failure: sent once more as a new message, since the first one's id is used up.
# The reason stays on the row through the second sending, which makes it the last.
_ONCE_MORE = """
UPDATE outbox SET state = 'queued', available_at = $2, created_at = $2, settled_at = NULL, msgid = NULL,
       client_msg_id = gen_random_uuid(), uncertain_since = NULL, reason = 'system_failed_once'
 WHERE msgid = $1 AND state = 'accepted' AND reason IS DISTINCT FROM 'system_failed_once'
RETURNING pg_notify('huixiang', 'ticket ' || ticket_id)
"""
_BLOCKED = """
UPDATE wechat_identities SET follows = FALSE, unreachable_reason = 'user_block' WHERE appid = $1 AND openid = $2
"""
# 40252: held for review without a msgid. The event that ends the review is matched by person and age, unless
# it may belong to a message whose answer has yet to be written.
_REVIEWED = """
UPDATE outbox o SET state = 'delivered', settled_at = $4, msgid = $3
 WHERE o.id = (SELECT r.id FROM outbox r
                 JOIN wechat_identities w ON w.appid = $1 AND w.openid = $2
                  AND r.recipient_id IN (w.customer_id, w.staff_id)
                WHERE r.state = 'in_review'
                  AND NOT EXISTS (SELECT FROM outbox l WHERE l.recipient_id = r.recipient_id AND l.state = 'leased')
                ORDER BY r.id LIMIT 1)
RETURNING o.id
"""


async def delivered(
    connection: asyncpg.Connection, appid: str, openid: str, msgid: str, status: JobStatus, now: datetime
) -> bool:
    """False when no message with this msgid is known yet."""
    if status is JobStatus.SYSTEM_FAILED:
        if await connection.fetchval(_OVERTAKEN, msgid, now) is not None:
            return True
        if await connection.fetchval(_ONCE_MORE, msgid, now) is not None:
            return True
        return await _settled(connection, msgid, "dead", "system_failed", now)
    if status is JobStatus.USER_BLOCK:
        await connection.execute(_BLOCKED, appid, openid)
        return await _settled(connection, msgid, "dead", "user_block", now)
    if await _settled(connection, msgid, "delivered", None, now):
        return True
    return await connection.fetchval(_REVIEWED, appid, openid, msgid, now) is not None


async def _settled(
    connection: asyncpg.Connection, msgid: str, state: str, reason: str | None, now: datetime
) -> bool:
    if await connection.fetchval(_SETTLE, msgid, state, now, reason) is not None:
        return True
    # Told before, under another callback.
    return await connection.fetchval(_KNOWN, msgid) is not None
