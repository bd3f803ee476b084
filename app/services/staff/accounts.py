"""The accounts of those who sign in: who they are, what they may, and whose tickets they see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models.people import StaffRole
from app.services.audit.note import Action, note

ROLE_LABELS = {
    StaffRole.AGENT: "客服",
    StaffRole.MANAGER: "主管",
    StaffRole.ADMIN: "管理员",
    StaffRole.ENGINEER: "工程师",
    StaffRole.CONTRACTOR: "外包调度",
}
# Between these somebody may change; who works in the field or for a contractor is hired as such.
DESK_ROLES = (StaffRole.AGENT, StaffRole.MANAGER, StaffRole.ADMIN)
_COLUMNS = """
SELECT s.id, s.username, s.name, s.role, s.active, s.points, h.name AS home, c.name AS contractor,
       f.proved_at IS NOT NULL AS second_factor,
       (SELECT array_agg(p.name ORDER BY p.name) FROM service_points p WHERE p.id = ANY (s.points)) AS point_names,
       (SELECT max(x.created_at) FROM sessions x WHERE x.staff_id = s.id) AS signed_in_at
  FROM staff s LEFT JOIN service_points h ON h.id = s.service_point_id LEFT JOIN contractors c ON c.id = s.contractor_id
  LEFT JOIN second_factors f ON f.staff_id = s.id
"""
_LIST = f"""
{_COLUMNS}
 WHERE ($1 = '' OR strpos(lower(s.name || ' ' || s.username), lower($1)) > 0)
 ORDER BY NOT s.active, array_position(ARRAY['admin', 'manager', 'agent', 'contractor', 'engineer'], s.role), s.username
 LIMIT 500
"""
_ONE = f"{_COLUMNS} WHERE s.id = $1"
_RIGHTS = "UPDATE staff SET role = $2, points = $3 WHERE id = $1"
_ENABLE = "UPDATE staff SET active = TRUE WHERE id = $1 AND NOT active"
_KNOWN = "SELECT count(*) FROM service_points WHERE id = ANY ($1::uuid[])"


class NotYourself(Conflict):
    """So that somebody is always left who may do it."""

    code, msg = "not_yourself", "不能停用自己，也不能修改自己的权限，请由另一位管理员操作。"


@dataclass(frozen=True)
class Account:
    """``points`` is None for whoever sees the whole house."""

    id: UUID
    username: str
    name: str
    role: StaffRole
    role_label: str
    active: bool
    points: tuple[str, ...] | None
    point_names: tuple[str, ...]
    home: str
    contractor: str
    signed_in_at: datetime | None
    second_factor: bool

    @property
    def at_desk(self) -> bool:
        return self.role in DESK_ROLES


async def list_accounts(connection: asyncpg.Connection, words: str = "") -> list[Account]:
    return [_account(row) for row in await connection.fetch(_LIST, words.strip())]


async def read_account(connection: asyncpg.Connection, staff_id: UUID) -> Account:
    row = await connection.fetchrow(_ONE, staff_id)
    if row is None:
        raise NotFound("没有找到这个账号。")
    return _account(row)


async def set_rights(
    connection: asyncpg.Connection,
    staff_id: UUID,
    role: StaffRole,
    points: Sequence[UUID],
    *,
    actor: Actor,
    network: str,
    now: datetime,
) -> None:
    """Counts with his next click. Without ``points`` he sees the whole house. Errors: not_found, not_yourself,
    invalid_input."""
    account = await read_account(connection, staff_id)
    require_another(account, actor)
    if not account.at_desk or role not in DESK_ROLES:
        raise InvalidInput.at("body.role", "只能在客服、主管、管理员之间调整。", "not_at_desk")
    await check_points(connection, role, points)
    await connection.execute(_RIGHTS, staff_id, role.value, list(points) or None)
    seen = f"{len(points)} 个网点" if points else "全公司"
    what = f"{account.role_label} → {ROLE_LABELS[role]}，{seen}"
    await note(connection, actor, Action.RIGHTS, account.username, reason=what, network=network, now=now)


async def enable(
    connection: asyncpg.Connection, staff_id: UUID, *, actor: Actor, network: str, now: datetime
) -> None:
    """With the password that he had."""
    account = await read_account(connection, staff_id)
    await connection.execute(_ENABLE, staff_id)
    await note(connection, actor, Action.ENABLE, account.username, network=network, now=now)


async def check_points(connection: asyncpg.Connection, role: StaffRole, points: Sequence[UUID]) -> None:
    if points and role is StaffRole.ADMIN:
        raise InvalidInput.at("body.points", "管理员看全公司，不限定网点。", "admin")
    if await connection.fetchval(_KNOWN, list(points)) != len(set(points)):
        raise InvalidInput.at("body.points", "有网点不存在，请重新选择。", "unknown_point")


def require_another(account: Account, actor: Actor) -> None:
    if str(account.id) == actor.id:
        raise NotYourself


def _account(row: asyncpg.Record) -> Account:
    role = StaffRole(row["role"])
    return Account(
        id=row["id"],
        username=row["username"],
        name=row["name"],
        role=role,
        role_label=ROLE_LABELS[role],
        active=row["active"],
        points=None if row["points"] is None else tuple(map(str, row["points"])),
        point_names=tuple(row["point_names"] or ()),
        home=row["home"] or "",
        contractor=row["contractor"] or "",
        signed_in_at=row["signed_in_at"],
        second_factor=row["second_factor"],
    )
