"""Who is told when a ticket needs a manager: those of its branch, and those of the whole house."""

from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.notices import staff_notice
from app.domain.situation import Situation
from app.services.tickets.fact import add_fact
from app.services.tickets.record import Entry

_MANAGERS = """
SELECT id::text FROM staff
 WHERE active AND role = 'manager' AND (service_point_id IS NULL OR service_point_id = $1::uuid)
 ORDER BY id
"""


async def managers_of(connection: asyncpg.Connection, s: Situation) -> list[str]:
    return [row["id"] for row in await connection.fetch(_MANAGERS, s.service_point_id)]


async def tell_managers(
    connection: asyncpg.Connection, s: Situation, fact: Entry, *, level: str, now: datetime
) -> None:
    """Nobody did it in time: a fact of the ticket, and a notice for each of them with its words."""
    notices = [
        staff_notice(s, each, matter=s.service, level=level, hint=fact.text, at=now)
        for each in await managers_of(connection, s)
    ]
    await add_fact(connection, s, fact, actor=SYSTEM, now=now, notices=notices)
