"""Who is calling: the token names a session row, and the rows say who that is now."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.errors import Unauthenticated
from app.services.sessions.tokens import decode

# One statement a request. The role comes from the staff row, so a change of it counts at once.
_WHO = """
SELECT coalesce(p.role, 'customer') AS role, coalesce(p.name, c.nickname, '') AS name,
       coalesce(s.customer_id, s.staff_id) AS subject
  FROM sessions s
  LEFT JOIN customers c ON c.id = s.customer_id
  LEFT JOIN staff p ON p.id = s.staff_id AND p.active
 WHERE s.id = $1 AND s.audience = $2
   AND (coalesce(s.customer_id, s.staff_id) = $3
        -- The customer was merged since: his session moved, and his token still names him as he was.
        OR EXISTS (SELECT FROM customers gone WHERE gone.id = $3 AND gone.merged_into = s.customer_id))
   AND s.revoked_at IS NULL AND s.expires_at > $4 AND coalesce(c.id, p.id) IS NOT NULL
"""


async def actor_of(connection: asyncpg.Connection, token: str, *, now: datetime, key: bytes) -> Actor:
    """Raises Unauthenticated for a token that is forged, expired, revoked, or of somebody who left."""
    claims = decode(token, key=key, now=now)
    row = await connection.fetchrow(_WHO, claims.session_id, claims.audience.value, claims.subject, now)
    if row is None:
        raise Unauthenticated
    return Actor(Role(row["role"]), str(row["subject"]), str(claims.session_id), row["name"])
