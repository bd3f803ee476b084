"""Following and unfollowing decide at once whether a person can be reached."""

from datetime import datetime

import asyncpg

from app.services.customers.recognise import recognise

_FOLLOW = """
UPDATE wechat_identities SET follows = TRUE, followed_at = greatest($3, followed_at), unreachable_reason = NULL
 WHERE appid = $1 AND openid = $2
"""
# Callbacks keep no order: one that tells of an earlier moment than the last follow has been overtaken by it.
_UNFOLLOW = """
UPDATE wechat_identities SET follows = FALSE, unreachable_reason = 'unfollowed'
 WHERE appid = $1 AND openid = $2 AND (followed_at IS NULL OR followed_at <= $3)
"""


async def followed(
    connection: asyncpg.Connection, appid: str, openid: str, unionid: str | None, at: datetime
) -> None:
    """The follower is the customer who is known by this openid or this unionid; else a new one."""
    await recognise(connection, appid, openid, unionid, now=at, staff_stay_staff=True)
    await connection.execute(_FOLLOW, appid, openid, at)


async def unfollowed(connection: asyncpg.Connection, appid: str, openid: str, at: datetime) -> None:
    await connection.execute(_UNFOLLOW, appid, openid, at)
