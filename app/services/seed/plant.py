"""Write the people of the town and what they own."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import orjson

from app.domain.zone import ZONE
from app.models.people import StaffRole
from app.services.seed.belongings import Belonging
from app.services.seed.people import Employee, FieldEngineer, Population
from app.services.seed.town import Town

_CONTRACTOR = """
INSERT INTO contractors (id, name, contact_name, phone, active, created_at) VALUES ($1, $2, $3, $4, TRUE, $5)
ON CONFLICT DO NOTHING
"""
_TERMS = """
INSERT INTO contractor_terms (contractor_id, version, valid_from, service_types, warranties, published_by, published_at)
VALUES ($1, 1, $2, $3, $4, $5, $6)
"""
_POINTS = ("id", "name", "city", "districts", "phone", "latitude", "longitude", "created_at")
_STAFF = (
    "id",
    "username",
    "password_hash",
    "role",
    "name",
    "phone",
    "service_point_id",
    "contractor_id",
    "active",
    "created_at",
)
_ENGINEERS = (
    "id", "employee_no", "photo_url", "skills", "licences", "areas", "latitude", "longitude",
)  # fmt: skip
_CUSTOMERS = ("id", "nickname", "phone", "created_at")
_ASSETS = (
    "id", "customer_id", "kind", "category", "brand", "model", "serial_number", "plate_number",
    "purchased_on", "created_at", "room", "address",
)  # fmt: skip
# Where people keep them.
_ROOMS = {
    "空调": "客厅", "冰箱": "厨房", "洗衣机": "阳台", "热水器": "卫生间", "油烟机": "厨房", "燃气灶": "厨房",
    "洗碗机": "厨房", "净水器": "厨房", "电视": "客厅", "微波炉烤箱": "厨房", "扫地机吸尘器": "客厅",
}  # fmt: skip


async def is_planted(connection: asyncpg.Connection, town: Town) -> bool:
    known = "SELECT EXISTS (SELECT FROM service_points WHERE id = $1)"
    planted: bool = await connection.fetchval(known, town.branches[0].id)
    return planted


async def plant_town(
    connection: asyncpg.Connection,
    town: Town,
    people: Population,
    assets: Sequence[Belonging],
    *,
    password_hash: str,
    since: datetime,
) -> None:
    """``since`` is when they all became known to us."""
    hired = town.contractor
    await connection.execute(_CONTRACTOR, hired.id, hired.name, hired.contact_name, hired.phone, since)
    points = [
        (b.id, b.name, town.city, [b.district], b.phone, b.at.lat, b.at.lng, since) for b in town.branches
    ]
    staff = [_staff(employee, password_hash, since) for employee in people.employees]
    customers = [(h.id, h.name, h.phone, since) for h in people.households]
    for table, columns, records in (
        ("service_points", _POINTS, points),
        ("staff", _STAFF, staff),
        ("engineers", _ENGINEERS, [_engineer(engineer) for engineer in people.engineers]),
        ("customers", _CUSTOMERS, customers),
        ("assets", _ASSETS, [_asset(asset, since) for asset in assets]),
    ):
        await connection.copy_records_to_table(table, records=records, columns=columns)
    lead = next(employee for employee in people.desk if employee.role is StaffRole.MANAGER)
    day, terms = since.astimezone(ZONE).date(), (list(hired.service_types), list(hired.warranties))
    await connection.execute(_TERMS, hired.id, day, *terms, lead.id, since)


def _staff(employee: Employee, password_hash: str, since: datetime) -> tuple[object, ...]:
    branch = employee.branch.id if employee.branch else None
    return (
        employee.id, employee.username, password_hash, employee.role.value, employee.name, employee.phone,
        branch, employee.contractor.id if employee.contractor else None, True, since,
    )  # fmt: skip


def _engineer(engineer: FieldEngineer) -> tuple[object, ...]:
    skills, licences, areas = list(engineer.skills), list(engineer.licences), list(engineer.areas)
    home = engineer.home
    return engineer.id, engineer.employee_no, "", skills, licences, areas, home.lat, home.lng


def _asset(asset: Belonging, since: datetime) -> tuple[object, ...]:
    return (
        asset.id, asset.household.id, asset.kind.value, asset.category, asset.brand, asset.model,
        asset.serial_number, asset.plate_number, asset.purchased_on, since, _ROOMS.get(asset.category, ""),
        orjson.dumps(asset.household.address).decode(),
    )  # fmt: skip
