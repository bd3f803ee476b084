"""Whether somebody signs in with a second factor, and whether his role demands it."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

_STANDING = """
SELECT f.proved_at, EXISTS (SELECT FROM second_factor_roles r WHERE r.role = s.role) AS demanded,
       (SELECT count(*) FROM recovery_codes c WHERE c.staff_id = s.id AND c.used_at IS NULL) AS codes_left
  FROM staff s LEFT JOIN second_factors f ON f.staff_id = s.id
 WHERE s.id = $1::uuid
"""


@dataclass(frozen=True)
class Standing:
    """``codes_left`` of his recovery codes have not been used."""

    proved_at: datetime | None
    demanded: bool
    codes_left: int

    @property
    def on(self) -> bool:
        return self.proved_at is not None


async def standing_of(connection: asyncpg.Connection, staff_id: object) -> Standing:
    """Of a member of staff who exists."""
    return Standing(**dict(await connection.fetchrow(_STANDING, staff_id)))
