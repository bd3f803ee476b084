"""Who of us hears of an urging."""

import asyncpg

from app.domain.situation import Situation
from app.domain.urging import Told
from app.services.tickets.managers import managers_of

_DESK = """
SELECT id::text FROM staff
 WHERE active AND role = 'agent' AND (service_point_id IS NULL OR service_point_id = $1::uuid) ORDER BY id
"""


async def audience(
    connection: asyncpg.Connection, s: Situation, wanted: tuple[Told, ...]
) -> tuple[tuple[Told, ...], list[str]]:
    """Whom it reaches, and their ids. Where nobody sits at the desk, its work is the managers'."""
    desk = [row["id"] for row in await connection.fetch(_DESK, s.service_point_id)]
    if Told.DESK in wanted and not desk:
        wanted = (*(each for each in wanted if each is Told.ENGINEER), Told.MANAGERS)
    people = [s.engineer.id] if Told.ENGINEER in wanted and s.engineer else []
    people += desk if Told.DESK in wanted else []
    people += await managers_of(connection, s) if Told.MANAGERS in wanted else []
    return wanted, list(dict.fromkeys(people))
