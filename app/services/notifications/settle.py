"""Write how tries ended, many at once. A try whose lease has passed to another worker is not heard any more."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from app.domain.delivery import Verdict
from app.services.notifications.deliver import Tried

_STATES = {
    Verdict.ACCEPTED: "accepted",
    Verdict.IN_REVIEW: "in_review",
    Verdict.RETRY: "queued",
    Verdict.DEAD: "dead",
}

_SETTLE = """
WITH tried AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[],
                         $7::text[], $8::text[], $9::bigint[], $10::text[], $11::text[])
        AS n (id, fence, state, retry_at, uncertain_since, reason, msgid, outcome, errcode, errmsg, rid)
), settled AS (
    UPDATE outbox o
       SET state = n.state, lease_until = NULL, available_at = coalesce(n.retry_at, o.available_at),
           uncertain_since = n.uncertain_since, reason = coalesce(n.reason, o.reason),
           msgid = coalesce(n.msgid, o.msgid),
           settled_at = CASE WHEN n.state = 'queued' THEN NULL ELSE $12::timestamptz END
      FROM tried n WHERE o.id = n.id AND o.fence = n.fence AND o.state = 'leased'
 RETURNING o.id
)
UPDATE push_attempts a
   SET finished_at = $12, outcome = n.outcome, errcode = n.errcode, errmsg = n.errmsg, rid = n.rid
  FROM tried n WHERE a.push_id = n.id AND a.fence = n.fence AND a.finished_at IS NULL
"""
# Whoever followed again after the try began is reachable, whatever the try found.
_UNREACHABLE = """
UPDATE wechat_identities w SET follows = FALSE, unreachable_reason = n.reason
  FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS n (openid, reason, began)
 WHERE w.appid = $4 AND w.openid = n.openid AND (w.followed_at IS NULL OR w.followed_at <= n.began)
"""


async def settle(
    connection: asyncpg.Connection, tried: Sequence[Tried], *, appid: str, now: datetime
) -> None:
    await connection.execute(
        _SETTLE,
        [t.push.id for t in tried],
        [t.push.fence for t in tried],
        [_STATES[t.decision.verdict] for t in tried],
        [t.decision.retry_at for t in tried],
        [t.decision.uncertain_since for t in tried],
        [t.reason for t in tried],
        [t.msgid for t in tried],
        [t.outcome for t in tried],
        [t.errcode for t in tried],
        [t.errmsg for t in tried],
        [t.rid for t in tried],
        now,
    )
    gone = [t for t in tried if t.unreachable is not None]
    if gone:
        openids, reasons = [t.push.openid for t in gone], [t.unreachable for t in gone]
        began = [t.push.history.started_at for t in gone]
        await connection.execute(_UNREACHABLE, openids, reasons, began, appid)
