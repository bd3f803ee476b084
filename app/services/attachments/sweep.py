"""Removing what nobody used: photos without a ticket and objects without a photo."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.integrations.storage import ObjectStore
from app.models.tickets import Attachment
from app.services.attachments.objects import PREFIX, id_of, keys_of
from app.services.attachments.upload import UNUSED_FOR, Sessions

BATCH = 500


@dataclass(frozen=True)
class Swept:
    photos: int
    orphans: int


async def sweep(sessions: Sessions, store: ObjectStore, *, now: datetime) -> Swept:
    """Safe to run twice and beside itself. A crash between row and objects leaves orphans to the next run."""
    before = now - UNUSED_FOR
    photos = 0
    while removed := await _remove_unused(sessions, store, before):
        photos += removed
    return Swept(photos, await _remove_orphans(sessions, store, before))


async def _remove_unused(sessions: Sessions, store: ObjectStore, before: datetime) -> int:
    # Locked rows are skipped: somebody is attaching that photo at this moment.
    unused = (
        select(Attachment.id)
        .where(Attachment.ticket_id.is_(None), Attachment.asset_id.is_(None), Attachment.created_at < before)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    async with sessions.begin() as session:
        rows = await session.scalars(
            delete(Attachment).where(Attachment.id.in_(unused)).returning(Attachment.id)
        )
        removed = rows.all()
    for attachment_id in removed:
        for key in keys_of(attachment_id):
            await store.delete(key)
    return len(removed)


async def _remove_orphans(sessions: Sessions, store: ObjectStore, before: datetime) -> int:
    """A day's grace covers every upload that has stored its object and not yet written its row."""
    removed = 0
    async for keys in store.older_than(before, prefix=PREFIX):
        async with sessions.begin() as session:
            orphans = await _without_row(session, keys)
        for key in orphans:
            await store.delete(key)
        removed += len(orphans)
    return removed


async def _without_row(session: AsyncSession, keys: list[str]) -> list[str]:
    owners = {key: owner for key in keys if (owner := id_of(key)) is not None}
    known = set(await session.scalars(select(Attachment.id).where(Attachment.id.in_(owners.values()))))
    return [key for key, owner in owners.items() if owner not in known]
