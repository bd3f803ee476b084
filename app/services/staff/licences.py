"""The licences of an engineer, with number and last day."""

from datetime import datetime

import asyncpg

from app.schemas.rules import LicenceList, LicenceOut, LicencesIn
from app.services.plans.unfit import replan_unfit
from app.services.rosters.engineers import known

_READ = """
SELECT h.licence, coalesce(l.number, '') AS number, l.expires_on
  FROM engineers e CROSS JOIN unnest(e.licences) AS h (licence)
  LEFT JOIN engineer_licences l ON l.engineer_id = e.id AND l.licence = h.licence
 WHERE e.id = $1::uuid ORDER BY h.licence
"""
_HAS = "UPDATE engineers SET licences = $2 WHERE id = $1::uuid"
_FORGET = "DELETE FROM engineer_licences WHERE engineer_id = $1::uuid"
_WRITE = """
INSERT INTO engineer_licences (engineer_id, licence, number, expires_on)
SELECT $1::uuid, * FROM unnest($2::text[], $3::text[], $4::date[])
"""


async def read_licences(connection: asyncpg.Connection, engineer_id: str) -> LicenceList:
    await known(connection, engineer_id)
    return LicenceList(items=[LicenceOut(**row) for row in await connection.fetch(_READ, engineer_id)])


async def write_licences(
    connection: asyncpg.Connection, engineer_id: str, body: LicencesIn, *, now: datetime
) -> LicenceList:
    """From now on he is sent, and books, by these; for what he may not do any more, somebody else is looked for."""
    await known(connection, engineer_id)
    names = [item.licence.value for item in body.items]
    # The row of the engineer first: whoever writes the same at the same time waits here.
    await connection.execute(_HAS, engineer_id, sorted(names))
    await connection.execute(_FORGET, engineer_id)
    numbers, ends = [item.number for item in body.items], [item.expires_on for item in body.items]
    await connection.execute(_WRITE, engineer_id, names, numbers, ends)
    await replan_unfit(connection, engineer_id, now=now, cause="证照变动")
    return await read_licences(connection, engineer_id)
