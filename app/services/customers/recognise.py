"""Whose openid is this? One person is one customer, in however many accounts he turns up."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.models.people import MergeCause
from app.services.customers.merge import Wish, merge

# Held until COMMIT: two first visits at once, perhaps in two accounts, must make one customer. Always the openid
# first and the person second, so that nobody waits in a circle.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_KNOWN = """
SELECT id, unionid, customer_id, staff_id FROM wechat_identities WHERE appid = $1 AND openid = $2
"""
_SAME_PERSON = """
SELECT customer_id, staff_id FROM wechat_identities WHERE unionid = $1 AND coalesce(customer_id, staff_id) IS NOT NULL
"""
# The one with the longer history stays, then the older one.
_LONGEST_KNOWN = """
SELECT c.id FROM customers c WHERE c.id = ANY ($1::uuid[])
 ORDER BY (SELECT count(*) FROM tickets t WHERE t.customer_id = c.id) DESC, c.created_at, c.id
"""
# People have said that these two are not one; a unionid does not argue with them again.
_PARTED = """
SELECT EXISTS (SELECT FROM customer_merges WHERE undone_at IS NOT NULL
                  AND (customer_id = $1 AND into_id = $2 OR customer_id = $2 AND into_id = $1))
"""
_NEW_CUSTOMER = "INSERT INTO customers (id, nickname, phone) VALUES ($1, '', '')"
_NEW_IDENTITY = """
INSERT INTO wechat_identities (appid, openid, unionid, customer_id, follows) VALUES ($1, $2, $3, $4, FALSE)
"""
_UPDATE = "UPDATE wechat_identities SET unionid = $2, customer_id = $3 WHERE id = $1"


@dataclass(frozen=True)
class Owner:
    """At most one of the two."""

    customer_id: uuid.UUID | None
    staff_id: uuid.UUID | None = None


async def recognise(
    connection: asyncpg.Connection,
    appid: str,
    openid: str,
    unionid: str | None,
    *,
    now: datetime,
    staff_stay_staff: bool = False,
) -> Owner:
    """The owner of this openid, who is made known if he is new. The caller gives the transaction.

    Customers who share a unionid are one person and become one customer. ``staff_stay_staff``: another openid
    of a colleague is nobody's, as long as he only follows with it.
    """
    for lock in (f"{appid}:{openid}", unionid):
        if lock is not None:
            await connection.execute(_ONE_AT_A_TIME, lock)
    row = await connection.fetchrow(_KNOWN, appid, openid)
    unionid = unionid or (row and row["unionid"])
    if row is not None and row["staff_id"] is not None:
        await connection.execute(_UPDATE, row["id"], unionid, None)
        return Owner(None, row["staff_id"])
    same = await connection.fetch(_SAME_PERSON, unionid) if unionid else []
    mine = row["customer_id"] if row is not None else None
    customer_id = await _one_of(connection, mine, {r["customer_id"] for r in same} - {None}, now)
    is_colleague = any(r["staff_id"] is not None for r in same)
    if customer_id is None and not (staff_stay_staff and is_colleague):
        customer_id = uuid.uuid4()
        await connection.execute(_NEW_CUSTOMER, customer_id)
    if row is None:
        await connection.execute(_NEW_IDENTITY, appid, openid, unionid, customer_id)
    else:
        await connection.execute(_UPDATE, row["id"], unionid, customer_id)
    return Owner(customer_id)


async def _one_of(
    connection: asyncpg.Connection, mine: uuid.UUID | None, same: set[uuid.UUID], now: datetime
) -> uuid.UUID | None:
    """The customer that all of them are from now on."""
    if mine is not None:
        same = {each for each in same if not await connection.fetchval(_PARTED, mine, each)} | {mine}
    ranked = [row["id"] for row in await connection.fetch(_LONGEST_KNOWN, list(same))]
    if not ranked:
        return None
    kept: uuid.UUID = ranked[0]
    for other in ranked[1:]:
        if not await connection.fetchval(_PARTED, kept, other):
            wish = Wish(other, kept, MergeCause.UNIONID, "同一微信用户（unionid 相同）")
            await merge(connection, wish, actor=SYSTEM, now=now)
    return kept
