"""Events are followed up to the oldest transaction of the server (ADR 35); here, those of other tests count too."""

import asyncio

import asyncpg

_OTHERS = """
SELECT EXISTS (SELECT FROM pg_stat_activity
                WHERE datname <> current_database()
                  AND backend_xid::text::bigint <= (SELECT max(xact) FROM ticket_events))
"""
_PATIENCE = 150


async def others_ended(connection: asyncpg.Connection) -> None:
    """Wait for those of other databases that are older than an event of ours. Outside a transaction."""
    async with asyncio.timeout(_PATIENCE):
        while await connection.fetchval(_OTHERS):
            await connection.execute("SELECT pg_sleep(0.02)")
