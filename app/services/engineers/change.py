"""A new engineer, and what changes about one. Offers, bookings and plans ask his row each time: it counts at once."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.travel import Point
from app.errors import InvalidInput
from app.models.people import StaffRole
from app.schemas.engineers import EngineerIn, EngineerPatch, EngineerRecord
from app.services.audit.note import Action, note
from app.services.engineers.read import read_engineer
from app.services.idempotency import Once
from app.services.staff.hire import FieldWork, NewStaff, hire

_POINT = "SELECT name, districts FROM service_points WHERE id = $1"
_CONTRACTOR = "SELECT name FROM contractors WHERE id = $1"
_LOCK = "SELECT FROM engineers WHERE id = $1::uuid FOR NO KEY UPDATE"
_STAFF = """
UPDATE staff SET name = coalesce($2, name), phone = coalesce($3, phone),
                 service_point_id = CASE WHEN $4 THEN $5::uuid ELSE service_point_id END,
                 contractor_id = CASE WHEN $6 THEN $7::uuid ELSE contractor_id END
 WHERE id = $1::uuid
"""
_WORK = """
UPDATE engineers SET skills = coalesce($2, skills), areas = coalesce($3, areas), latitude = coalesce($4, latitude),
                     longitude = coalesce($5, longitude)
 WHERE id = $1::uuid
"""
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "name": "姓名",
        "phone": "手机号",
        "service_point_id": "网点",
        "contractor_id": "归属",
        "skills": "技能",
        "areas": "服务区域",
        "home": "出发位置",
    }
)


async def add_engineer(
    connection: asyncpg.Connection, body: EngineerIn, *, once: Once, network: str, now: datetime
) -> EngineerRecord:
    """Signs in at once, goes nowhere before he has hours. Errors: invalid_input, username_taken, employee_no_taken."""
    if earlier := await once.earlier(connection, now):
        return EngineerRecord.model_validate(earlier)
    actor = once.actor
    point = await _point(connection, body.service_point_id, actor)
    areas = body.areas or (point["districts"] if point else [])
    if not areas:
        raise InvalidInput.at("body.areas", "请填写服务区域，或选择网点。", "missing")
    home = Point(body.home.latitude, body.home.longitude)
    new = NewStaff(
        body.username,
        body.password,
        StaffRole.ENGINEER,
        body.name,
        body.phone,
        service_point=point["name"] if point else None,
        contractor=await _contractor(connection, body.contractor_id),
        field_work=FieldWork(body.employee_no, tuple(body.skills), (), tuple(areas), home),
    )
    engineer_id = await hire(connection, new)
    await note(connection, actor, Action.HIRE, body.username, reason="工程师", network=network, now=now)
    made = await read_engineer(connection, str(engineer_id), actor=actor)
    await once.keep(connection, made.model_dump(mode="json"))
    return made


async def change_engineer(
    connection: asyncpg.Connection,
    engineer_id: str,
    body: EngineerPatch,
    *,
    actor: Actor,
    network: str,
    now: datetime,
) -> EngineerRecord:
    """What he has promised stays his. Errors: not_found, invalid_input."""
    standing = await read_engineer(connection, engineer_id, actor=actor)
    given = body.model_fields_set
    areas = body.areas
    if "service_point_id" in given:
        point = await _point(connection, body.service_point_id, actor)
        areas = areas or (point["districts"] if point and areas is not None else None)
    if areas == []:
        raise InvalidInput.at("body.areas", "请填写服务区域。", "missing")
    await _contractor(connection, body.contractor_id)
    await connection.execute(_LOCK, engineer_id)
    whose = "service_point_id" in given, body.service_point_id, "contractor_id" in given, body.contractor_id
    await connection.execute(_STAFF, engineer_id, body.name, body.phone, *whose)
    home = (body.home.latitude, body.home.longitude) if body.home else (None, None)
    await connection.execute(_WORK, engineer_id, body.skills, areas, *home)
    said = "、".join(words for name, words in _NAMES.items() if name in given)
    await note(connection, actor, Action.ENGINEER, standing.username, reason=said, network=network, now=now)
    # A manager of some points may have given him to another one of them, and to no other.
    return await read_engineer(connection, engineer_id, actor=actor)


async def _point(
    connection: asyncpg.Connection, point_id: UUID | None, actor: Actor
) -> asyncpg.Record | None:
    """Nobody gives an engineer to a point that he does not answer for, or to none if he answers for some."""
    row = await connection.fetchrow(_POINT, point_id) if point_id else None
    if not actor.answers_for(str(point_id) if point_id else None) or (point_id and row is None):
        raise InvalidInput.at("body.service_point_id", "请选择您负责的网点。", "unknown_point")
    return row


async def _contractor(connection: asyncpg.Connection, contractor_id: UUID | None) -> str | None:
    if contractor_id is None:
        return None
    name: str | None = await connection.fetchval(_CONTRACTOR, contractor_id)
    if name is None:
        raise InvalidInput.at("body.contractor_id", "没有找到这个外包服务商，请重新选择。", "unknown")
    return name
