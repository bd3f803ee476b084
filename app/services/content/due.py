"""Take what is to be looked at, and write down what was found. WeChat is asked between the two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.domain.content import ContentKind, Judgement, SubjectKind
from app.models.content import DecidedBy

BATCH = 10
# Longer than the calls of a whole batch; whoever dies over it leaves it to the next one.
_LEASE = timedelta(minutes=2)

_TAKE = """
WITH due AS (
    SELECT id FROM content_checks WHERE state = 'pending' AND available_at <= $1
     ORDER BY available_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE content_checks c SET attempts = attempts + 1, available_at = $1 + $3::interval
      FROM due WHERE c.id = due.id RETURNING c.*
)
SELECT t.id, t.fence, t.attempts, t.subject_kind, t.subject_id, t.kind, t.trace_id, i.appid, i.openid,
       CASE t.subject_kind
            WHEN 'comment' THEN (SELECT comment FROM ratings WHERE ticket_id = t.subject_id::bigint)
            WHEN 'nickname' THEN (SELECT nickname FROM customers WHERE id = t.subject_id::uuid)
            ELSE '' END AS text
  FROM taken t
  LEFT JOIN LATERAL (
      SELECT w.appid, w.openid FROM wechat_identities w
       WHERE w.customer_id = t.customer_id AND w.appid = ANY ($4) ORDER BY w.id DESC LIMIT 1
  ) i ON TRUE
 ORDER BY t.id
"""
_SETTLE = """
UPDATE content_checks SET state = $3, reason = $4, label = $5, decided_by = $6, checked_at = $7
 WHERE id = $1 AND fence = $2 AND state = 'pending'
"""
_ASKED = """
UPDATE content_checks SET appid = $3, trace_id = $4, asked_at = $5, available_at = $6
 WHERE id = $1 AND fence = $2 AND state = 'pending'
"""
_LATER = "UPDATE content_checks SET available_at = $3, reason = $4 WHERE id = $1 AND fence = $2 AND state = 'pending'"


@dataclass(frozen=True)
class Due:
    """``openid`` is the publisher's in the mini-program ``appid``; he may have none."""

    id: int
    fence: int
    attempts: int
    subject: SubjectKind
    subject_id: str
    kind: ContentKind
    text: str
    appid: str | None
    openid: str | None
    trace_id: str | None


@dataclass(frozen=True)
class Asked:
    """WeChat will tell by an event that carries this id, until then at the latest."""

    appid: str
    trace_id: str | None
    until: datetime


@dataclass(frozen=True)
class Later:
    at: datetime
    reason: str
    # Something of the account's settings: nobody but an operator can mend it.
    alarm: str | None = None
    rid: str | None = None


Found = Judgement | Asked | Later


async def take(connection: asyncpg.Connection, minis: Sequence[str], now: datetime) -> list[Due]:
    rows = await connection.fetch(_TAKE, now, BATCH, _LEASE, list(minis))
    return [
        Due(
            row["id"],
            row["fence"],
            row["attempts"],
            SubjectKind(row["subject_kind"]),
            row["subject_id"],
            ContentKind(row["kind"]),
            row["text"] or "",
            row["appid"],
            row["openid"],
            row["trace_id"],
        )
        for row in rows
    ]


async def write(connection: asyncpg.Connection, due: Due, found: Found, now: datetime) -> None:
    """Of no effect when the content has changed, or a person has decided, since it was taken."""
    match found:
        case Judgement(state, reason, label):
            by = DecidedBy.WECHAT.value
            await connection.execute(_SETTLE, due.id, due.fence, state.value, reason, label, by, now)
        case Asked(appid, trace_id, until):
            await connection.execute(_ASKED, due.id, due.fence, appid, trace_id, now, until)
        case Later(at, reason):
            await connection.execute(_LATER, due.id, due.fence, at, reason)
