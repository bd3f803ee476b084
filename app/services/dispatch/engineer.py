"""The engineer as a ticket shows him."""

import asyncpg

from app.domain.situation import Engineer
from app.errors import NotFound

_CARD = """
SELECT s.name, s.phone, e.employee_no, e.photo_url, s.contractor_id::text
  FROM engineers e JOIN staff s ON s.id = e.id WHERE e.id = $1::uuid
"""


async def engineer_card(connection: asyncpg.Connection, engineer_id: str) -> Engineer:
    row = await connection.fetchrow(_CARD, engineer_id)
    if row is None:
        raise NotFound("没有找到这位工程师。")
    return Engineer(engineer_id, **row)
