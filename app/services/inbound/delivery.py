"""What WeChat accepted has reached the person, or has not: TEMPLATESENDJOBFINISH and subscribe_msg_sent_event."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from app.bell import Topic, ring_sql
from app.domain.card import reason_zh
from app.domain.ladder import Channel, ladder_of
from app.services.templates.try_out import trial_reported
from app.wechat.events import JobStatus, SubscribeSent

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
_ONCE_MORE = f"""
UPDATE outbox SET state = 'queued', available_at = $2, created_at = $2, settled_at = NULL, msgid = NULL,
       client_msg_id = gen_random_uuid(), uncertain_since = NULL, reason = 'system_failed_once'
 WHERE msgid = $1 AND state = 'accepted' AND reason IS DISTINCT FROM 'system_failed_once'
RETURNING {ring_sql(Topic.TICKET, "ticket_id")}
"""
# Down the ladder, unless later news of the ticket have gone out: then it only stays in the inbox.
_DOWN = f"""
UPDATE outbox o
   SET state = CASE WHEN later THEN 'inbox' ELSE 'queued' END, channel = CASE WHEN later THEN 'inbox' ELSE $2 END,
       available_at = $3, settled_at = CASE WHEN later THEN $3::timestamptz END, msgid = NULL, reason = $4
  FROM (SELECT a.id, EXISTS (SELECT FROM outbox l WHERE l.ticket_id = a.ticket_id AND l.id > a.id
                                AND l.recipient_id = a.recipient_id
                                AND l.state IN ('leased', 'accepted', 'delivered', 'in_review')) AS later
          FROM outbox a WHERE a.id = $1 FOR UPDATE) x
 WHERE o.id = x.id AND o.state = 'accepted'
RETURNING {ring_sql(Topic.TICKET, "o.ticket_id")}
"""
_ACCEPTED = "SELECT id, kind, slots, channel FROM outbox WHERE msgid = $1 AND state = 'accepted'"
# The answer may have named no msgid: then it is the oldest notice to this person that nobody has reported on.
_UNNAMED = """
SELECT o.id, o.kind, o.slots, o.channel FROM outbox o
 WHERE o.state = 'accepted' AND o.channel = 'subscribe' AND o.appid = $1 AND o.msgid IS NULL
   AND o.recipient_id = (SELECT coalesce(w.customer_id, w.staff_id) FROM wechat_identities w
                          WHERE w.appid = $1 AND w.openid = $2)
 ORDER BY o.id LIMIT 1
"""
_REACHED = "UPDATE outbox SET state = 'delivered', settled_at = $2, reason = NULL WHERE id = $1 AND state = 'accepted'"
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
                WHERE r.state = 'in_review' AND NOT EXISTS (SELECT FROM outbox k WHERE k.msgid = $3)
                  AND NOT EXISTS (SELECT FROM outbox l WHERE l.recipient_id = r.recipient_id AND l.state = 'leased')
                ORDER BY r.id LIMIT 1)
RETURNING o.id
"""


async def delivered(
    connection: asyncpg.Connection, appid: str, openid: str, msgid: str, status: JobStatus, now: datetime
) -> bool:
    """False when no message with this msgid is known yet."""
    # Asked first: the answer that names the msgid may be written between any two statements of this.
    known = await connection.fetchval(_KNOWN, msgid) is not None
    failed = None if status is JobStatus.SUCCESS else reason_zh(status.value) or status.value
    if not known and await trial_reported(connection, msgid, failed, now):
        return True
    if status is JobStatus.SUCCESS:
        if await connection.fetchval(_SETTLE, msgid, "delivered", now, None) is not None or known:
            return True
        return await connection.fetchval(_REVIEWED, appid, openid, msgid, now) is not None
    if status is JobStatus.USER_BLOCK:
        await connection.execute(_BLOCKED, appid, openid)
    if known:
        await _failed(connection, msgid, status, now)
    return known


async def subscribes_sent(
    connection: asyncpg.Connection, appid: str, openid: str, messages: Sequence[SubscribeSent], now: datetime
) -> bool:
    """False while one of them is not known yet."""
    return all([await _subscribe_sent(connection, appid, openid, sent, now) for sent in messages])


async def _subscribe_sent(
    connection: asyncpg.Connection, appid: str, openid: str, sent: SubscribeSent, now: datetime
) -> bool:
    known = await connection.fetchval(_KNOWN, sent.msgid) is not None
    row = await connection.fetchrow(_ACCEPTED, sent.msgid)
    if row is None and known:
        return True
    row = row or await connection.fetchrow(_UNNAMED, appid, openid)
    if row is None:
        return False
    if sent.errcode in ("", "0"):
        await connection.execute(_REACHED, row["id"], now)
    else:
        await _descend(connection, row, "system_failed", now)
    return True


async def _failed(connection: asyncpg.Connection, msgid: str, status: JobStatus, now: datetime) -> None:
    if status is JobStatus.SYSTEM_FAILED:
        if await connection.fetchval(_OVERTAKEN, msgid, now) is not None:
            return
        if await connection.fetchval(_ONCE_MORE, msgid, now) is not None:
            return
    row = await connection.fetchrow(_ACCEPTED, msgid)
    if row is not None:
        await _descend(connection, row, status.value, now)


async def _descend(connection: asyncpg.Connection, row: asyncpg.Record, reason: str, now: datetime) -> None:
    ladder = ladder_of(row["kind"], row["slots"])
    below = ladder.below(Channel(row["channel"] or Channel.TEMPLATE)) if ladder else ()
    rung = below[0] if below else Channel.INBOX
    await connection.fetchval(_DOWN, row["id"], rung.value, now, reason)
