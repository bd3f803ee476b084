"""What machines could not or would not decide, for people to decide."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.content import LABELS, CheckState, ContentKind, SubjectKind
from app.errors import NotFound
from app.schemas.content import CheckOut, CheckPage, Decision, DecisionIn
from app.services.attachments.urls import SignUrl, Variant
from app.services.cursors import cut, place_by_number

_COLUMNS = """
SELECT k.id, k.subject_kind, k.subject_id, k.kind, k.state, k.label, k.reason, k.decided_by, k.created_at,
       k.checked_at,
       CASE k.subject_kind
            WHEN 'comment' THEN (SELECT comment FROM ratings WHERE ticket_id = k.subject_id::bigint)
            WHEN 'nickname' THEN (SELECT nickname FROM customers WHERE id = k.subject_id::uuid)
            END AS text,
       CASE k.subject_kind
            WHEN 'comment' THEN (SELECT number FROM tickets WHERE id = k.subject_id::bigint)
            WHEN 'photo' THEN (SELECT t.number FROM attachments a JOIN tickets t ON t.id = a.ticket_id
                                WHERE a.id = k.subject_id::uuid)
            END AS ticket
  FROM content_checks k
"""
_PAGE = f"{_COLUMNS} WHERE k.state = $1 AND ($2::bigint IS NULL OR k.id > $2) ORDER BY k.id LIMIT $3"
_ONE = f"{_COLUMNS} WHERE k.id = $1"
# The fence keeps what WeChat says later from turning over what a person decided.
_DECIDE = """
UPDATE content_checks SET state = $2, reason = $3, decided_by = 'staff', checked_at = $4, fence = fence + 1
 WHERE id = $1 RETURNING id
"""
_AUDIT = """
INSERT INTO audit_log (at, actor_role, actor_id, action, subject, reason) VALUES ($1, $2, $3, $4, $5, $6)
"""


class NoSuchCheck(NotFound):
    msg = "没有找到这条审核记录。"


async def list_checks(
    connection: asyncpg.Connection,
    state: CheckState,
    sign_url: SignUrl,
    *,
    actor: Actor,
    cursor: str | None,
    limit: int,
) -> CheckPage:
    """Oldest first: who waits longest is next."""
    _, after = place_by_number(cursor)
    rows = await connection.fetch(_PAGE, state.value, after, limit + 1)
    page, next_cursor = cut(rows, limit, "created_at")
    return CheckPage(items=[_told(row, sign_url, actor) for row in page], next_cursor=next_cursor)


async def decide(
    connection: asyncpg.Connection,
    check_id: int,
    body: DecisionIn,
    sign_url: SignUrl,
    *,
    actor: Actor,
    now: datetime,
) -> CheckOut:
    """A person's word counts in every state: what machines let through can be taken down."""
    state = CheckState.PASSED if body.decision is Decision.SHOW else CheckState.RISKY
    if await connection.fetchval(_DECIDE, check_id, state.value, body.reason, now) is None:
        raise NoSuchCheck
    row = await connection.fetchrow(_ONE, check_id)
    subject = f"{row['subject_kind']} {row['subject_id']}"
    action = f"content_{body.decision.value}"
    await connection.execute(_AUDIT, now, actor.role.value, actor.id, action, subject, body.reason)
    return _told(row, sign_url, actor)


def _told(row: asyncpg.Record, sign_url: SignUrl, actor: Actor) -> CheckOut:
    image = row["kind"] == ContentKind.IMAGE
    return CheckOut(
        id=str(row["id"]),
        subject=SubjectKind(row["subject_kind"]),
        kind=ContentKind(row["kind"]),
        state=CheckState(row["state"]),
        text=row["text"],
        photo_url=sign_url(row["subject_id"], Variant.FULL.value, actor.id) if image else None,
        ticket=row["ticket"],
        label=row["label"],
        label_text=None if row["label"] is None else LABELS.get(row["label"], "其他"),
        reason=row["reason"],
        decided_by=row["decided_by"],
        created_at=row["created_at"],
        checked_at=row["checked_at"],
    )
