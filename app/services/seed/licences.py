"""The papers behind the licences of the town's engineers; some of them end soon."""

from collections.abc import Sequence
from datetime import date, timedelta

import asyncpg

from app.services.seed.people import FieldEngineer

_INSERT = """
INSERT INTO engineer_licences (engineer_id, licence, number, expires_on)
SELECT n.engineer, n.licence, n.number, n.expires_on
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::date[]) AS n (engineer, licence, number, expires_on)
  JOIN engineers e ON e.id = n.engineer
ON CONFLICT DO NOTHING
"""


async def plant_licences(
    connection: asyncpg.Connection, engineers: Sequence[FieldEngineer], today: date
) -> None:
    papers = [
        (engineer.id, licence, f"T{310000 + 10 * engineer.number + kind}", _until(engineer, today))
        for engineer in engineers
        for kind, licence in enumerate(engineer.licences)
    ]
    await connection.execute(_INSERT, *map(list, zip(*papers, strict=True)))


def _until(engineer: FieldEngineer, today: date) -> date:
    """Within six years, but for every thirteenth, who has to see to it this month."""
    return today + timedelta(days=20 if engineer.number % 13 == 5 else 200 + 61 * (engineer.number % 30))
