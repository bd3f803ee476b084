"""Who is calling: the token names a session row, and the rows say who that is now.

The statements of the hot paths look at that row themselves (``customer_signed_in``): a customer's request is then
one round trip. Whatever they do not find is asked for again in two, which says what is wrong with it.
"""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.situation import Channel
from app.errors import Unauthenticated
from app.services.sessions.tokens import Claims, decode

# One statement a request. The role comes from the staff row, so a change of it counts at once.
_WHO = """
SELECT coalesce(p.role, 'customer') AS role, coalesce(p.name, c.nickname, '') AS name,
       coalesce(s.customer_id, s.staff_id) AS subject, p.contractor_id::text, p.points
  FROM sessions s
  LEFT JOIN customers c ON c.id = s.customer_id
  LEFT JOIN staff p ON p.id = s.staff_id AND p.active
 WHERE s.id = $1 AND s.audience = $2
   AND (coalesce(s.customer_id, s.staff_id) = $3
        -- The customer was merged since: his session moved, and his token still names him as he was.
        OR EXISTS (SELECT FROM customers gone WHERE gone.id = $3 AND gone.merged_into = s.customer_id))
   AND s.revoked_at IS NULL AND s.expires_at > $4 AND coalesce(c.id, p.id) IS NOT NULL
"""


def customer_signed_in(customer: str, session: str, now: str) -> str:
    """Whether his session holds, as SQL over the three values that a token gives."""
    return f"""EXISTS (
    SELECT FROM sessions x
     WHERE x.id = {session} AND x.customer_id = {customer} AND x.audience = 'customer' AND x.revoked_at IS NULL
       AND x.expires_at > {now}
)"""


@dataclass(frozen=True)
class Credential:
    """A token of ours that is neither forged nor over; whether its session still holds, only the rows know."""

    claims: Claims
    now: datetime
    # In the cookie of our own pages.
    of_page: bool = False

    @property
    def customer(self) -> Actor | None:
        """Whom it names, if a customer: to be believed only by a statement that looks at the session."""
        return self.claims.customer

    @property
    def channel(self) -> Channel:
        """By which way a customer with this token reports."""
        return Channel.H5 if self.of_page else Channel.MINI_PROGRAM


def credential_of(token: str, *, now: datetime, key: bytes, of_page: bool = False) -> Credential:
    """Raises Unauthenticated for a token that is forged or expired."""
    return Credential(decode(token, key=key, now=now), now, of_page)


async def actor_of(connection: asyncpg.Connection, credential: Credential) -> Actor:
    """Raises Unauthenticated for a session that is over or revoked, or of somebody who left."""
    claims = credential.claims
    row = await connection.fetchrow(
        _WHO, claims.session_id, claims.audience.value, claims.subject, credential.now
    )
    if row is None:
        raise Unauthenticated
    return Actor(
        Role(row["role"]),
        str(row["subject"]),
        str(claims.session_id),
        row["name"],
        row["contractor_id"],
        None if row["points"] is None else tuple(map(str, row["points"])),
    )
