"""Staff hear of an incident by a fact of its first ticket: notices travel with tickets, in their lanes."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.notices import staff_notice
from app.domain.situation import Situation
from app.services.tickets.fact import add_fact
from app.services.tickets.record import Entry

LEVEL = "专案组"

# Where the fault belongs to no service point, it is everybody's.
_MANAGERS = """
SELECT id::text FROM staff
 WHERE active AND role = 'manager'
   AND (service_point_id IS NULL OR $1::uuid IS NULL OR service_point_id = $1)
 ORDER BY id
"""
# In a house without managers somebody must hear of it all the same.
_ADMINS = "SELECT id::text FROM staff WHERE active AND role = 'admin' ORDER BY id"


async def managers_of_area(connection: asyncpg.Connection, service_point_id: str | None) -> list[str]:
    found = await connection.fetch(_MANAGERS, service_point_id) or await connection.fetch(_ADMINS)
    return [row["id"] for row in found]


async def tell_staff(
    connection: asyncpg.Connection,
    anchor: Situation,
    whom: Sequence[str],
    *,
    number: str,
    text: str,
    now: datetime,
) -> None:
    """``anchor`` is locked by the caller; ``whom`` each once, in the order given."""
    notices = [
        staff_notice(anchor, each, matter=f"{anchor.service} {number}", level=LEVEL, hint=text, at=now)
        for each in dict.fromkeys(whom)
    ]
    entry = Entry("incident_told", f"{number}：{text}", {"incident": number})
    await add_fact(connection, anchor, entry, actor=SYSTEM, now=now, notices=notices)
