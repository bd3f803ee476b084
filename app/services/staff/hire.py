"""A new member of staff, who can sign in at once."""

import uuid
from dataclasses import dataclass

import asyncpg

from app.domain.travel import Point
from app.errors import Conflict, InvalidInput, NotFound
from app.models.people import StaffRole
from app.services.sessions.staff import hash_password
from app.services.staff.password import check_password

_CONTRACTOR = "SELECT id FROM contractors WHERE name = $1"
_POINT = "SELECT id FROM service_points WHERE name = $1"
_STAFF = """
INSERT INTO staff (id, username, password_hash, role, name, phone, service_point_id, contractor_id, points, active)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, TRUE) ON CONFLICT (username) DO NOTHING RETURNING id
"""
_ENGINEER = """
INSERT INTO engineers (id, employee_no, photo_url, skills, licences, areas, latitude, longitude)
VALUES ($1, $2, '', $3, $4, $5, $6, $7) ON CONFLICT (employee_no) DO NOTHING RETURNING id
"""


class UsernameTaken(Conflict):
    code, msg = "username_taken", "这个用户名已经有人使用，请换一个。"


class EmployeeNoTaken(Conflict):
    code, msg = "employee_no_taken", "这个工号已经有人使用，请检查。"


@dataclass(frozen=True)
class FieldWork:
    """What dispatch has to know of an engineer."""

    employee_no: str
    skills: tuple[str, ...]
    licences: tuple[str, ...]
    areas: tuple[str, ...]
    home: Point


@dataclass(frozen=True)
class NewStaff:
    username: str
    password: str
    role: StaffRole
    name: str
    phone: str = ""
    service_point: str | None = None
    contractor: str | None = None
    field_work: FieldWork | None = None
    # Whose tickets he sees at the desk; empty: those of the whole house.
    points: tuple[uuid.UUID, ...] = ()


async def hire(connection: asyncpg.Connection, new: NewStaff) -> uuid.UUID:
    """The caller gives a transaction. Errors: username_taken, employee_no_taken, not_found, invalid_input."""
    if (new.role is StaffRole.ENGINEER) is (new.field_work is None):
        raise InvalidInput("工程师要填写工号、技能、服务区域和出发位置，其他岗位不填。")
    if new.role is not StaffRole.ENGINEER and (new.role is StaffRole.CONTRACTOR) is (new.contractor is None):
        raise InvalidInput("服务商调度要填写所属的外包服务商；除工程师外，其他岗位不填。")
    check_password(new.password)
    contractor = await _contractor(connection, new.contractor) if new.contractor else None
    point = await _service_point(connection, new.service_point) if new.service_point else None
    staff_id = await connection.fetchval(
        _STAFF,
        uuid.uuid4(),
        new.username,
        hash_password(new.password),
        new.role.value,
        new.name,
        new.phone,
        point,
        contractor,
        list(new.points) or None,
    )
    if staff_id is None:
        raise UsernameTaken
    if new.field_work is not None:
        await _send_out(connection, staff_id, new.field_work)
    return uuid.UUID(str(staff_id))


async def _service_point(connection: asyncpg.Connection, name: str) -> uuid.UUID:
    found: uuid.UUID | None = await connection.fetchval(_POINT, name)
    if found is None:
        raise NotFound(f"没有名为“{name}”的网点。")
    return found


async def _contractor(connection: asyncpg.Connection, name: str) -> uuid.UUID:
    found: uuid.UUID | None = await connection.fetchval(_CONTRACTOR, name)
    if found is None:
        raise NotFound(f"没有名为“{name}”的外包服务商。")
    return found


async def _send_out(connection: asyncpg.Connection, staff_id: uuid.UUID, work: FieldWork) -> None:
    made = await connection.fetchval(
        _ENGINEER,
        staff_id,
        work.employee_no,
        list(work.skills),
        list(work.licences),
        list(work.areas),
        work.home.lat,
        work.home.lng,
    )
    if made is None:
        raise EmployeeNoTaken
