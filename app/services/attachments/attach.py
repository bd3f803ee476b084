"""Binding uploaded photos to a ticket, inside the transaction of whoever opens or moves it."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.situation import Photo, Purpose
from app.errors import InvalidInput
from app.services.attachments.upload import OF_THE_JOB, uploader_of

MAX_AT_ONCE = 9

# A photo that this actor has already put on this very ticket is his to name again. What shows the job belongs to
# the visit of the moment, unless it was taken at an earlier one. Behind a closed door nothing was done: a visit that
# found nobody has the photo of the door, and nothing else.
BIND = """
UPDATE attachments a
   SET ticket_id = $2, purpose = coalesce($3, purpose),
       visit_id = CASE WHEN coalesce($3, purpose) = ANY ($6::text[])
                       THEN coalesce(visit_id, (SELECT v.id FROM tickets t JOIN visits v ON v.id = t.visit_id
                                                 WHERE t.id = $2 AND (v.state <> 'no_access'
                                                       OR coalesce($3, a.purpose) = 'no_access')))
                       ELSE visit_id END
 WHERE id = ANY ($1) AND (ticket_id IS NULL OR ticket_id = $2) AND asset_id IS NULL
   AND withdrawn_at IS NULL
   AND (customer_id = $4 OR staff_id = $5)
RETURNING id, purpose, item, visit_id, media_type
"""


async def attach(
    connection: asyncpg.Connection,
    *,
    ids: Sequence[UUID],
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
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MAX_AT_ONCE:
        raise InvalidInput.at(field, f"一次最多提交 {MAX_AT_ONCE} 张照片。", "too_many")
    uploader = uploader_of(actor)
    said = purpose.value if purpose else None
    of_the_job = sorted(OF_THE_JOB)
    rows = await connection.fetch(
        BIND, wanted, ticket_id, said, uploader.customer_id, uploader.staff_id, of_the_job
    )
    bound = {row["id"]: _photo(row, actor) for row in rows}
    for position, wanted_id in enumerate(ids):
        if wanted_id not in bound:
            msg = "这张照片不存在或已被使用，请重新上传。"
            raise InvalidInput.at(f"{field}.{position}", msg, "unknown_attachment")
    return tuple(bound[wanted_id] for wanted_id in wanted)


def _photo(row: asyncpg.Record, actor: Actor) -> Photo:
    return Photo(
        str(row["id"]), Purpose(row["purpose"]), actor.id, row["item"], row["visit_id"], row["media_type"]
    )
