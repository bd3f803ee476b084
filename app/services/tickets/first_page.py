"""What have I asked for? A customer's newest; those who ask at the same moment are answered by one statement."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from app.batch import Batch
from app.db import Database
from app.services.sessions.actor import Credential, actor_of, customer_signed_in
from app.services.tickets.list_tickets import OF_CUSTOMER, Listed, Page, list_tickets, listed

FIRST = Page()

# Enough to keep one being answered while the next is read.
_LANES = 2
_OWN = f"""
SELECT asked.place, mine.id, mine.item
  FROM (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[])
                 WITH ORDINALITY AS token (customer, session, now, place)
         WHERE {customer_signed_in("token.customer", "token.session", "token.now")}) asked
 CROSS JOIN LATERAL (
       {OF_CUSTOMER} WHERE t.customer_id = asked.customer ORDER BY t.id DESC LIMIT {FIRST.limit + 1}) mine
 ORDER BY asked.place, mine.id DESC
"""


class _Own(NamedTuple):
    """A customer who asks for his own, as far as his token may be believed."""

    customer: UUID
    session: UUID
    now: datetime


class FirstPages:
    """The lists that are being asked for."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._own = Batch(self._of_their_own, lanes=_LANES)

    async def of(self, credential: Credential) -> Listed:
        """Raises Unauthenticated for a session that is over."""
        if credential.customer is not None:
            claims = credential.claims
            rows = await self._own.ask(_Own(claims.subject, claims.session_id, credential.now))
            if rows:
                return listed(rows, FIRST)
        async with self._database().reads.acquire() as connection:
            return await list_tickets(connection, await actor_of(connection, credential), FIRST)

    async def _of_their_own(self, asked: Sequence[_Own]) -> list[list[asyncpg.Record]]:
        """Nothing for whoever is not signed in, or has asked for nothing yet."""
        columns = zip(*asked, strict=True)
        async with self._database().kept.acquire() as connection:
            rows = await connection.fetch(_OWN, *columns)
        found: list[list[asyncpg.Record]] = [[] for _ in asked]
        for row in rows:
            found[row["place"] - 1].append(row)
        return found
