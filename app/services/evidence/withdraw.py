"""Taking back a photo that shows the wrong thing: it stays, marked, for staff, and counts no more."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.errors import NotFound
from app.services.evidence.note import SEALED, EvidenceSealed
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load
from app.services.tickets.record import Entry

_WITHDRAW = """
UPDATE attachments SET withdrawn_at = $4, withdrawn_reason = $5
 WHERE id = $1 AND ticket_id = $2 AND staff_id = $3::uuid AND visit_id IS NOT NULL AND withdrawn_at IS NULL
RETURNING sha256
"""


async def withdraw(
    connection: asyncpg.Connection, number: str, piece_id: UUID, reason: str, *, actor: Actor, now: datetime
) -> None:
    """By whoever uploaded it, once. Errors: not_found for what is not his, evidence_sealed."""
    s = await load(connection, number, actor, lock=True)
    if s.state in SEALED:
        raise EvidenceSealed
    sha256 = await connection.fetchval(_WITHDRAW, piece_id, s.id, actor.id, now, reason)
    if sha256 is None:
        raise NotFound("没有找到您上传的这张照片。")
    data = {"attachment_id": str(piece_id), "sha256": sha256, "reason": reason}
    entry = Entry("evidence_withdrawn", f"撤回现场凭证：{reason}", data)
    await add_fact(connection, s, entry, actor=actor, now=now)
