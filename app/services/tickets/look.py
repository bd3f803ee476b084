"""How is it going? What customers ask most, and often at the same moment: then one statement answers them all."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from app.batch import Batch
from app.db import Database
from app.domain.actor import Actor
from app.domain.situation import Situation
from app.services.sessions.actor import Credential, actor_of, customer_signed_in
from app.services.tickets.load import COLUMNS, JOINED, load, situation

# Enough to keep one being answered while the next is read.
_LANES = 2
_OWN = f"""
SELECT asked.place, {COLUMNS}
  FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::timestamptz[])
       WITH ORDINALITY AS asked (number, customer, session, now, place)
  JOIN tickets t ON t.number = asked.number AND t.customer_id = asked.customer
{JOINED}
 WHERE {customer_signed_in("asked.customer", "asked.session", "asked.now")}
"""


class _Own(NamedTuple):
    """A customer's look at a ticket of his own, as far as his token may be believed."""

    number: str
    customer: UUID
    session: UUID
    now: datetime


class Looks:
    """The tickets that are being looked at."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._own = Batch(self._of_their_own, lanes=_LANES)

    async def look(self, number: str, credential: Credential) -> tuple[Actor, Situation]:
        """Who is calling, and the ticket; NotFound when he may not see it."""
        if (customer := credential.customer) is not None:
            claims = credential.claims
            row = await self._own.ask(_Own(number, claims.subject, claims.session_id, credential.now))
            if row is not None:
                return customer, situation(row)
        async with self._database().reads.acquire() as connection:
            actor = await actor_of(connection, credential)
            return actor, await load(connection, number, actor)

    async def _of_their_own(self, asked: Sequence[_Own]) -> list[asyncpg.Record | None]:
        """None for whoever is not signed in, or has no such ticket."""
        columns = zip(*asked, strict=True)
        async with self._database().kept.acquire() as connection:
            rows = await connection.fetch(_OWN, *columns)
        found = {row["place"]: row for row in rows}
        return [found.get(place) for place in range(1, len(asked) + 1)]
