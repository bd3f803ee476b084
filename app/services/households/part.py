"""What is left of households when two customers who were one become two again."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

# Of what the one was given as both, the other may now be in charge without being a member.
_OWNED_FROM_OUTSIDE = """
UPDATE households h SET owner_id = (SELECT m.customer_id FROM household_members m WHERE m.household_id = h.id
                                     ORDER BY m.joined_at, m.id LIMIT 1)
 WHERE h.owner_id = ANY ($1::uuid[])
   AND NOT EXISTS (SELECT FROM household_members m WHERE m.household_id = h.id AND m.customer_id = h.owner_id)
"""
_SHOWN_FROM_OUTSIDE = """
UPDATE assets a SET household_id = NULL
 WHERE a.customer_id = ANY ($1::uuid[]) AND a.household_id IS NOT NULL
   AND NOT EXISTS (SELECT FROM household_members m
                    WHERE m.household_id = a.household_id AND m.customer_id = a.customer_id)
"""


async def part_households(connection: asyncpg.Connection, customers: Sequence[UUID]) -> None:
    await connection.execute(_OWNED_FROM_OUTSIDE, customers)
    await connection.execute(_SHOWN_FROM_OUTSIDE, customers)
