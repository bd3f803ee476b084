"""What a merge would do, before anybody does it."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.schemas.customers import MergeConflict, MergePreview, MoveOut
from app.services.customers.find import card_of
from app.services.customers.merge import AUDIT, AlreadyMerged, NoSuchCustomer, SameCustomer
from app.services.customers.owned import OWNED, Moved

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "tickets": "工单",
        "assets": "设备与车辆",
        "given": "转出的设备",
        "received": "接收的设备",
        "households": "管理的家庭",
        "memberships": "所在的家庭",
        "identities": "微信身份",
        "photos": "照片",
        "ratings": "评价",
        "points": "会员积分",
        "urgings": "催单",
        "pushes": "消息",
        "sessions": "登录",
        "checks": "内容审核",
        "earlier": "此前并入的客户",
    }
)
_COUNTS = " UNION ALL ".join(
    f"SELECT '{owned.name}' AS name, count(*) AS n FROM {owned.table} WHERE {owned.column} = $1"
    for owned in OWNED
)
_GONE = "SELECT EXISTS (SELECT FROM customers WHERE id = ANY ($1::uuid[]) AND merged_into IS NOT NULL)"
# To think about, not forbidden: people change numbers and have two telephones.
_DOUBTS = (
    (
        "different_unionids",
        "双方的微信不是同一个用户，请确认确属同一人。",
        """SELECT EXISTS (SELECT FROM wechat_identities a JOIN wechat_identities b ON a.unionid <> b.unionid
                           WHERE a.customer_id = $1 AND b.customer_id = $2)""",
    ),
    (
        "two_in_one_account",
        "双方在同一个公众号或小程序里各有一个微信，合并后消息只会发给其中一个。",
        """SELECT EXISTS (SELECT FROM wechat_identities a JOIN wechat_identities b ON a.appid = b.appid
                           WHERE a.customer_id = $1 AND b.customer_id = $2)""",
    ),
    (
        "different_phones",
        "双方的手机号不同，合并后以保留一方的手机号为准。",
        """SELECT EXISTS (SELECT FROM customers a JOIN customers b ON a.phone <> b.phone
                           WHERE a.id = $1 AND b.id = $2 AND a.phone <> '' AND b.phone <> '')""",
    ),
    (
        "same_appliance",
        "双方登记了序列号相同的设备，将合为一台，服务记录合在一起。",
        """SELECT EXISTS (SELECT FROM assets a JOIN assets b ON a.serial_number = b.serial_number
                           WHERE a.customer_id = $1 AND b.customer_id = $2 AND a.serial_number <> '')""",
    ),
)


async def preview_merge(
    connection: asyncpg.Connection, customer_id: UUID, into_id: UUID, *, actor: Actor, now: datetime
) -> MergePreview:
    """Errors: not_found, same_customer, already_merged."""
    if customer_id == into_id:
        raise SameCustomer
    gone, kept = await card_of(connection, customer_id), await card_of(connection, into_id)
    if gone is None or kept is None:
        raise NoSuchCustomer
    if await connection.fetchval(_GONE, [customer_id, into_id]):
        raise AlreadyMerged
    counts = {row["name"]: row["n"] for row in await connection.fetch(_COUNTS, customer_id)}
    subject = f"{customer_id} -> {into_id}"
    await connection.execute(AUDIT, now, actor.role.value, actor.id, "preview_merge", subject, "")
    return MergePreview(
        customer=gone,
        into=kept,
        moves=_told(counts),
        conflicts=[
            MergeConflict(code=code, msg=msg)
            for code, msg, query in _DOUBTS
            if await connection.fetchval(query, customer_id, into_id)
        ],
    )


def moves(moved: Moved) -> list[MoveOut]:
    return _told({name: len(keys) for name, keys in moved.rows.items()})


def _told(counts: Mapping[str, int]) -> list[MoveOut]:
    return [
        MoveOut(name=owned.name, label=LABELS[owned.name], count=counts.get(owned.name, 0))
        for owned in OWNED
        if counts.get(owned.name)
    ]
