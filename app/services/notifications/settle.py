"""Write how tries ended, many at once. A try whose lease has passed to another worker is not heard any more."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from app.domain.delivery import Verdict
from app.domain.ladder import FINAL, Channel
from app.services.notifications.aftermath import aftermath, has_aftermath
from app.services.notifications.deliver import Tried

_STATES = {
    Verdict.ACCEPTED: "accepted",
    Verdict.IN_REVIEW: "in_review",
    Verdict.RETRY: "queued",
    Verdict.DESCEND: "queued",
    Verdict.DEFER: "deferred",
    Verdict.INBOX: "inbox",
    Verdict.PARKED: "parked",
    Verdict.SUPERSEDED: "superseded",
    Verdict.DEAD: "dead",
}

_SETTLE = """
WITH tried AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[],
                         $7::text[], $8::text[], $9::bigint[], $10::text[], $11::text[], $13::text[], $14::text[],
                         $15::text[])
        AS n (id, fence, state, retry_at, uncertain_since, reason, msgid, outcome, errcode, errmsg, rid,
              tried_channel, appid, channel)
), settled AS (
    UPDATE outbox o
       SET state = n.state, lease_until = NULL, available_at = coalesce(n.retry_at, o.available_at),
           uncertain_since = n.uncertain_since, reason = coalesce(n.reason, o.reason),
           msgid = coalesce(n.msgid, o.msgid), channel = n.channel, appid = coalesce(n.appid, o.appid),
           deferred_at = CASE WHEN n.state = 'deferred' THEN $12::timestamptz ELSE o.deferred_at END,
           settled_at = CASE WHEN n.state IN ('queued', 'deferred') THEN NULL ELSE $12::timestamptz END
      FROM tried n WHERE o.id = n.id AND o.fence = n.fence AND o.state = 'leased'
 RETURNING o.id
), ended AS (
    UPDATE push_attempts a
       SET finished_at = $12, outcome = n.outcome, errcode = n.errcode, errmsg = n.errmsg, rid = n.rid,
           channel = n.tried_channel, appid = n.appid
      FROM tried n WHERE a.push_id = n.id AND a.fence = n.fence AND a.finished_at IS NULL
)
SELECT id FROM settled
"""


async def settle(connection: asyncpg.Connection, tried: Sequence[Tried], *, now: datetime) -> None:
    more = [t for t in tried if has_aftermath(t)]
    if not more:
        await _write(connection, tried, now)
        return
    # What a try did to consents, windows and alarms stands and falls with it.
    async with connection.transaction():
        heard = await _write(connection, tried, now)
        for each in more:
            if each.push.id in heard:
                await aftermath(connection, each, now)


async def _write(connection: asyncpg.Connection, tried: Sequence[Tried], now: datetime) -> set[int]:
    rows = await connection.fetch(
        _SETTLE,
        [t.push.id for t in tried],
        [t.push.fence for t in tried],
        [_state(t) for t in tried],
        [t.decision.retry_at for t in tried],
        [t.decision.uncertain_since for t in tried],
        [t.reason for t in tried],
        [t.msgid for t in tried],
        [t.outcome for t in tried],
        [t.errcode for t in tried],
        [t.errmsg for t in tried],
        [t.rid for t in tried],
        now,
        [t.channel.value for t in tried],
        [t.appid for t in tried],
        [_channel(t) for t in tried],
    )
    return {row["id"] for row in rows}


def _state(tried: Tried) -> str:
    if tried.decision.verdict is Verdict.ACCEPTED and tried.channel in FINAL:
        return "delivered"
    return _STATES[tried.decision.verdict]


def _channel(tried: Tried) -> str | None:
    """Where the next try will be, or what carried it."""
    match tried.decision.verdict:
        case Verdict.INBOX | Verdict.PARKED:
            return Channel.INBOX.value
        case Verdict.DESCEND:
            return (tried.next_channel or Channel.INBOX).value
        case Verdict.DEFER | Verdict.RETRY:
            return tried.push.channel.value if tried.push.channel else None
        case _:
            return tried.channel.value
