"""Binding uploaded photos to a ticket, inside the transaction of whoever opens or moves it."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.situation import Photo, Purpose
from app.errors import InvalidInput
from app.services.attachments.upload import uploader_of

MAX_AT_ONCE = 9

# A photo that this actor has already put on this very ticket is his to name again.
BIND = """
UPDATE attachments SET ticket_id = $2, purpose = coalesce($3, purpose)
WHERE id = ANY($1) AND (ticket_id IS NULL OR ticket_id = $2)
  AND (customer_id = $4 OR staff_id = $5)
RETURNING id, purpose
"""


async def attach(
    connection: asyncpg.Connection,
    *,
    ids: Sequence[str],
    ticket_id: int,
    actor: Actor,
    purpose: Purpose | None = None,
    field: str = "body.attachment_ids",
) -> tuple[Photo, ...]:
    """Raises InvalidInput naming the first id that is unknown, another's, or on another ticket: all or none.

    ``purpose`` replaces what was said at the upload. The photos come back in the order of the ids.
    """
    if not ids:
        return ()
    wanted = _parse(ids, field)
    if len(set(wanted)) > MAX_AT_ONCE:
        raise InvalidInput.at(field, f"一次最多提交 {MAX_AT_ONCE} 张照片。", "too_many")
    uploader = uploader_of(actor)
    rows = await connection.fetch(
        BIND,
        list(set(wanted)),
        ticket_id,
        purpose.value if purpose else None,
        uploader.customer_id,
        uploader.staff_id,
    )
    bound = {row["id"]: Photo(str(row["id"]), Purpose(row["purpose"]), actor.id) for row in rows}
    for position, wanted_id in enumerate(wanted):
        if wanted_id not in bound:
            raise _unknown(field, position)
    return tuple(bound[wanted_id] for wanted_id in dict.fromkeys(wanted))


def _parse(ids: Sequence[str], field: str) -> list[UUID]:
    parsed = []
    for position, text in enumerate(ids):
        try:
            parsed.append(UUID(text))
        except ValueError as malformed:
            raise _unknown(field, position) from malformed
    return parsed


def _unknown(field: str, position: int) -> InvalidInput:
    return InvalidInput.at(
        f"{field}.{position}", "这张照片不存在或已被使用，请重新上传。", "unknown_attachment"
    )
