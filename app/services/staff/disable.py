"""Somebody leaves: he can no longer sign in, and no new job goes to him. What he did stays his."""

import asyncpg

from app.services.staff.password import NoSuchStaff

# Every request asks whether its caller is active, so his sessions end with this row.
_DISABLE = "UPDATE staff SET active = FALSE WHERE username = $1 RETURNING id"
_IN_HAND = """
SELECT number FROM tickets
 WHERE engineer_id = $1 AND state = ANY ('{accepted,scheduled,en_route,on_site,quote_pending,in_repair}'::text[])
 ORDER BY id
"""


async def disable(connection: asyncpg.Connection, username: str) -> list[str]:
    """The numbers of the jobs that he still has in hand, which somebody must take over."""
    staff_id = await connection.fetchval(_DISABLE, username)
    if staff_id is None:
        raise NoSuchStaff
    return [row["number"] for row in await connection.fetch(_IN_HAND, staff_id)]
