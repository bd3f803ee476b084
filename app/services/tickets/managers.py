"""Who is told when a ticket needs a manager: those of its branch, and those of the whole house."""

import asyncpg

from app.domain.situation import Situation

_MANAGERS = """
SELECT id::text FROM staff
 WHERE active AND role = 'manager' AND (service_point_id IS NULL OR service_point_id = $1::uuid)
 ORDER BY id
"""


async def managers_of(connection: asyncpg.Connection, s: Situation) -> list[str]:
    return [row["id"] for row in await connection.fetch(_MANAGERS, s.service_point_id)]
