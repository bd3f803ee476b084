"""The files of what was forgotten go from the store after the commit, and their rows only when they are gone."""

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.integrations.storage import ObjectStore
from app.services.attachments.objects import keys_of

BATCH = 200

# Taken by nobody else meanwhile; should this process die, the next one deletes what is gone once more.
_NEXT = """
SELECT attachment_id FROM file_removals ORDER BY asked_at, attachment_id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
_GONE = "DELETE FROM file_removals WHERE attachment_id = ANY ($1::uuid[])"


async def remove_files(sessions: async_sessionmaker[AsyncSession], store: ObjectStore) -> int:
    """How many pictures went. Raises StorageUnavailable, and then all of the batch is tried again."""
    removed = 0
    while True:
        async with sessions.begin() as session:
            done = await _remove_some(await driver(session), store)
        removed += done
        if done < BATCH:
            return removed


async def _remove_some(connection: asyncpg.Connection, store: ObjectStore) -> int:
    found = [row["attachment_id"] for row in await connection.fetch(_NEXT, BATCH)]
    for attachment_id in found:
        for key in keys_of(attachment_id):
            await store.delete(key)
    await connection.execute(_GONE, found)
    return len(found)
