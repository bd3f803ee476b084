"""Points for what has just happened, in the transaction in which it happens; and back when it is undone.

Each cause has one row, by a unique index: a job or a request that is repeated awards nothing more. Where no rules are
published, or they give nothing for it, nothing is written.
"""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.membership.rules import Reason

# A bound of the year counts what was awarded, also if it was taken back: nobody earns by adding and removing.
_AWARD = """
INSERT INTO member_points (customer_id, change, reason, ticket_id, seq, asset_id, rules_version, at, earned_at)
SELECT $1::uuid,
       CASE WHEN (SELECT count(*) FROM member_points p
                   WHERE p.customer_id = $1::uuid AND p.reason = $2 AND p.reverses_id IS NULL AND p.change > 0
                     AND p.at > $6::timestamptz - interval '365 days') >= (r.award->>'most_a_year')::bigint THEN 0
            ELSE (r.award->>'points')::bigint END,
       $2, $3::bigint, $4::bigint, $5::uuid, r.version, $6, $6
  FROM (SELECT version, document->'awards'->($2::text) AS award FROM membership_rules
         WHERE published_at <= $6 ORDER BY version DESC LIMIT 1) r
 WHERE (r.award->>'points')::bigint > 0
ON CONFLICT DO NOTHING
"""
# The last row of a cause is taken back, if it stands the other way. What counts again does so since when it first did.
_TAKE_BACK = """
INSERT INTO member_points (customer_id, change, reason, ticket_id, seq, asset_id, reverses_id, at, earned_at)
SELECT p.customer_id, -p.change, p.reason, p.ticket_id, p.seq, p.asset_id, p.id, $3, p.earned_at
  FROM member_points p
 WHERE {cause} AND p.reason = $2 AND {sign}
   AND NOT EXISTS (SELECT FROM member_points r WHERE r.reverses_id = p.id)
ON CONFLICT DO NOTHING RETURNING id
"""
_OF_TICKET = _TAKE_BACK.format(cause="p.ticket_id = $1", sign="p.change > 0")
_OF_ASSET = _TAKE_BACK.format(cause="p.asset_id = $1 AND p.customer_id = $4::uuid", sign="p.change > 0")
_TO_ASSET = _TAKE_BACK.format(cause="p.asset_id = $1 AND p.customer_id = $4::uuid", sign="p.change < 0")
_LOCK = "SELECT FROM customers WHERE id = $1::uuid FOR NO KEY UPDATE"
_REGISTERED = "UPDATE assets SET registered_at = $2 WHERE id = $1 AND registered_at IS NULL RETURNING id"
_UNREGISTERED = """
UPDATE assets a SET registered_at = NULL
 WHERE a.id = $1 AND a.customer_id = $2::uuid
   AND NOT EXISTS (SELECT FROM member_points p WHERE p.asset_id = a.id AND p.customer_id <> a.customer_id)
RETURNING a.id
"""


async def award_ticket(
    connection: asyncpg.Connection,
    reason: Reason,
    ticket_id: int,
    customer_id: str,
    *,
    now: datetime,
    seq: int | None = None,
) -> None:
    """``seq``: of the event, where a ticket may have several of the kind."""
    await connection.execute(_AWARD, customer_id, reason.value, ticket_id, seq, None, now)


async def take_back_confirmed(connection: asyncpg.Connection, ticket_id: int, now: datetime) -> None:
    """It is to be done over."""
    await connection.execute(_OF_TICKET, ticket_id, Reason.CONFIRMED.value, now)


async def one_at_a_time(connection: asyncpg.Connection, customer_id: str) -> None:
    """Whoever looks at what somebody has before he adds to it locks him first, and before his appliances, as a merge
    of customers does; so two at once are not both the last that counts this year."""
    await connection.execute(_LOCK, customer_id)


async def registered(connection: asyncpg.Connection, asset_id: UUID, customer_id: str, now: datetime) -> None:
    """Put on his list by himself, for the first time or again, ``one_at_a_time``."""
    if await connection.fetchval(_REGISTERED, asset_id, now) is None:
        return
    reason = Reason.APPLIANCE.value
    if await connection.fetchval(_TO_ASSET, asset_id, reason, now, customer_id) is None:
        await connection.execute(_AWARD, customer_id, reason, None, None, asset_id, now)


async def taken_off(connection: asyncpg.Connection, asset_id: UUID, customer_id: str, now: datetime) -> None:
    """Off his list; what somebody got for it who then gave it away is his."""
    if await connection.fetchval(_UNREGISTERED, asset_id, customer_id) is not None:
        await connection.execute(_OF_ASSET, asset_id, Reason.APPLIANCE.value, now, customer_id)
