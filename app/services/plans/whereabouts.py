"""Where each engineer of a service point is at this moment, as far as his work says it."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

_NOW = """
SELECT DISTINCT ON (v.engineer_id) v.engineer_id::text, t.number, t.address->>'district' AS district, v.eta,
       v.arrived_at IS NOT NULL AS there, coalesce(v.arrived_at, v.departed_at) AS since
  FROM visits v JOIN tickets t ON t.id = v.ticket_id JOIN staff s ON s.id = v.engineer_id
 WHERE s.service_point_id = $1::uuid AND v.state IN ('en_route', 'arrived', 'working')
 ORDER BY v.engineer_id, v.departed_at DESC NULLS LAST
"""


@dataclass(frozen=True)
class Where:
    """``there``: at the customer's; else on the way to him, expected at ``eta``."""

    number: str
    district: str
    there: bool
    since: datetime | None
    eta: datetime | None


async def whereabouts(connection: asyncpg.Connection, service_point_id: str) -> dict[str, Where]:
    """By engineer; who is not in it is between two jobs, or off."""
    return {
        row["engineer_id"]: Where(
            row["number"], row["district"] or "", row["there"], row["since"], row["eta"]
        )
        for row in await connection.fetch(_NOW, service_point_id)
    }
