"""Whether anything can be due for any incident: hardly ever, so the worker asks this first."""

import asyncpg

_BUSY = """
SELECT EXISTS (SELECT FROM incidents WHERE state NOT IN ('dismissed', 'reviewed'))
    OR EXISTS (SELECT FROM incident_tickets WHERE ended_at IS NULL)
    OR EXISTS (SELECT FROM incident_actions WHERE done_at IS NULL)
"""


async def is_idle(connection: asyncpg.Connection) -> bool:
    return not await connection.fetchval(_BUSY)
