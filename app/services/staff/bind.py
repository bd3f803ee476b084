"""Tie a WeChat identity to a member of staff: offers and warnings reach him there from then on."""

import asyncpg

from app.errors import Conflict, NotFound

_STAFF = "SELECT id FROM staff WHERE username = $1 AND active"
# Following makes every stranger a customer; one who has reported nothing yet may turn out to be a colleague.
_REPORTED = """
SELECT EXISTS (SELECT FROM wechat_identities w JOIN tickets t ON t.customer_id = w.customer_id
                WHERE w.appid = $1 AND w.openid = $2)
"""
_BIND = """
INSERT INTO wechat_identities (appid, openid, staff_id, follows) VALUES ($1, $2, $3, TRUE)
ON CONFLICT (appid, openid) DO UPDATE SET staff_id = excluded.staff_id, customer_id = NULL
"""


class BelongsToCustomer(Conflict):
    code, msg = "belongs_to_customer", "这个微信已有报修记录，不能绑定为员工。"


async def bind_wechat(connection: asyncpg.Connection, username: str, appid: str, openid: str) -> None:
    """Errors: not_found for an unknown or disabled account, belongs_to_customer when he has reported as one."""
    staff_id = await connection.fetchval(_STAFF, username)
    if staff_id is None:
        raise NotFound(f"没有找到在用的账号 {username}。")
    if await connection.fetchval(_REPORTED, appid, openid):
        raise BelongsToCustomer
    await connection.execute(_BIND, appid, openid, staff_id)
