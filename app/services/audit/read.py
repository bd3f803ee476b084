"""The log of what was done, newest first, for those who answer for the people who did it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal

import asyncpg

from app.domain.actor import Actor
from app.domain.zone import ZONE
from app.services.audit.note import Action

SHOWN = 50
Kind = Literal["all", "desk", "sign_ins", "looks", "exports", "staff"]

_SECOND_FACTOR = (
    Action.SECOND_FACTOR_ON,
    Action.SECOND_FACTOR_OFF,
    Action.SECOND_FACTOR_RESET,
    Action.SECOND_FACTOR_ROLES,
    Action.RECOVERY_CODES,
)
_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "desk": (Action.DESK,),
        "sign_ins": (Action.SIGN_IN, Action.SIGN_IN_FAILED, Action.CODE_FAILED, *_SECOND_FACTOR),
        "looks": ("reveal_contact", "look_up_caller"),
        "exports": (Action.EXPORT, "export_own_data"),
        "staff": (
            Action.HIRE,
            Action.RIGHTS,
            Action.PASSWORD,
            Action.ENGINEER,
            Action.DISABLE,
            Action.ENABLE,
            *_SECOND_FACTOR,
        ),
    }
)
ACTION_LABELS: Mapping[str, str] = MappingProxyType(
    {
        Action.DESK: "后台操作",
        Action.SIGN_IN: "登录",
        Action.SIGN_IN_FAILED: "登录失败",
        Action.CODE_FAILED: "两步验证失败",
        Action.SECOND_FACTOR_ON: "开启两步验证",
        Action.SECOND_FACTOR_OFF: "关闭两步验证",
        Action.SECOND_FACTOR_RESET: "重置两步验证",
        Action.SECOND_FACTOR_ROLES: "要求两步验证的岗位",
        Action.RECOVERY_CODES: "换发恢复码",
        Action.EXPORT: "导出列表",
        Action.HIRE: "新增账号",
        Action.RIGHTS: "修改权限",
        Action.PASSWORD: "重设密码",
        Action.ENGINEER: "修改工程师",
        Action.DISABLE: "停用账号",
        Action.ENABLE: "启用账号",
        "reveal_contact": "查看客户电话",
        "look_up_caller": "来电查询",
        "export_own_data": "客户导出自己的数据",
        "merge_customers": "合并客户",
        "undo_merge": "撤销合并",
        "verify_purchase": "核实购买凭证",
        "offer_asset": "转让设备",
        "withdraw_asset": "收回转让",
        "accept_asset": "接收设备",
        "invite_to_household": "邀请家人",
        "join_household": "加入家庭",
        "hand_over_household": "移交家庭",
        "request_deletion": "申请注销",
        "cancel_deletion": "取消注销",
        "erase_revoked": "删除已撤回授权的资料",
        "content_pass": "放行内容",
        "content_reject": "屏蔽内容",
    }
)
# Of some service points: what their people did, and what the caller did himself.
_PAGE = """
SELECT a.id, a.at, a.actor_role, a.actor_id, a.action, a.subject, a.reason, a.network, s.name
  FROM audit_log a LEFT JOIN staff s ON s.id::text = a.actor_id
 WHERE ($1::bigint IS NULL OR a.id < $1) AND ($2::text[] IS NULL OR a.action = ANY ($2))
   AND ($3::timestamptz IS NULL OR a.at >= $3) AND ($4::timestamptz IS NULL OR a.at < $4)
   AND ($5 = '' OR strpos(lower(concat_ws(' ', s.name, s.username, a.subject, a.reason, a.network)), lower($5)) > 0)
   AND ($6::uuid[] IS NULL OR a.actor_id = $7 OR s.points <@ $6 OR s.service_point_id = ANY ($6))
 ORDER BY a.id DESC LIMIT $8
"""


@dataclass(frozen=True)
class Wanted:
    kind: Kind = "all"
    words: str = ""
    day: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class Entry:
    at: datetime
    who: str
    role: str
    action: str
    subject: str
    reason: str
    network: str


@dataclass(frozen=True)
class Log:
    entries: list[Entry]
    # Where the next page begins; None at the end.
    before: int | None


async def read_log(connection: asyncpg.Connection, wanted: Wanted, *, actor: Actor) -> Log:
    start = (
        None
        if wanted.day is None
        else datetime(wanted.day.year, wanted.day.month, wanted.day.day, tzinfo=ZONE)
    )
    rows = await connection.fetch(
        _PAGE,
        wanted.before,
        _KINDS.get(wanted.kind),
        start,
        start + timedelta(days=1) if start else None,
        wanted.words.strip(),
        actor.points,
        actor.id,
        SHOWN + 1,
    )
    page = rows[:SHOWN]
    return Log([_entry(row) for row in page], page[-1]["id"] if len(rows) > SHOWN else None)


def _entry(row: asyncpg.Record) -> Entry:
    return Entry(
        at=row["at"],
        who=row["name"] or ("客户" if row["actor_role"] == "customer" else "未登录"),
        role=row["actor_role"],
        action=ACTION_LABELS.get(row["action"], row["action"]),
        subject=row["subject"],
        reason=row["reason"],
        network=row["network"],
    )
