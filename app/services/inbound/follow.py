"""Following and unfollowing decide at once whether a person can be reached."""

import uuid
from datetime import datetime

import asyncpg

_FOLLOW = """
INSERT INTO wechat_identities (appid, openid, unionid, customer_id, follows, followed_at)
VALUES ($1, $2, $3, $4, TRUE, $5)
ON CONFLICT (appid, openid) DO UPDATE
   SET follows = TRUE, followed_at = greatest(excluded.followed_at, wechat_identities.followed_at),
       unreachable_reason = NULL, unionid = coalesce(excluded.unionid, wechat_identities.unionid),
       customer_id = CASE WHEN wechat_identities.staff_id IS NULL
                          THEN coalesce(wechat_identities.customer_id, excluded.customer_id) END
"""
_OWNER = """
SELECT customer_id, staff_id FROM wechat_identities
 WHERE (appid = $1 AND openid = $2) OR (unionid = $3 AND $3 IS NOT NULL)
 ORDER BY (customer_id IS NULL), id LIMIT 1
"""
_CUSTOMER = "INSERT INTO customers (id, nickname, phone) VALUES ($1, '', '')"
# Callbacks keep no order: one that tells of an earlier moment than the last follow has been overtaken by it.
_UNFOLLOW = """
UPDATE wechat_identities SET follows = FALSE, unreachable_reason = 'unfollowed'
 WHERE appid = $1 AND openid = $2 AND (followed_at IS NULL OR followed_at <= $3)
"""


async def followed(
    connection: asyncpg.Connection, appid: str, openid: str, unionid: str | None, at: datetime
) -> None:
    """The follower is the customer who is known by this openid or this unionid; else a new one."""
    owner = await connection.fetchrow(_OWNER, appid, openid, unionid)
    customer_id = owner and owner["customer_id"]
    if customer_id is None and not (owner and owner["staff_id"]):
        customer_id = uuid.uuid4()
        await connection.execute(_CUSTOMER, customer_id)
    await connection.execute(_FOLLOW, appid, openid, unionid, customer_id, at)


async def unfollowed(connection: asyncpg.Connection, appid: str, openid: str, at: datetime) -> None:
    await connection.execute(_UNFOLLOW, appid, openid, at)
