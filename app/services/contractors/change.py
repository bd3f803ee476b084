"""Take a contractor on, and change who it is or whether it gets work."""

import uuid
from datetime import datetime

import asyncpg

from app.errors import Conflict, NotFound
from app.schemas.contractors import ContractorIn, ContractorOut, ContractorPatch
from app.services.contractors.read import read_contractor
from app.services.idempotency import Once

_INSERT = """
INSERT INTO contractors (id, name, contact_name, phone, active, created_at) VALUES ($1, $2, $3, $4, TRUE, $5)
ON CONFLICT (name) DO NOTHING RETURNING id
"""
_NAMED = "SELECT EXISTS (SELECT FROM contractors WHERE name = $1 AND id <> $2::uuid)"
_CHANGE = """
UPDATE contractors SET name = coalesce($2, name), contact_name = coalesce($3, contact_name),
       phone = coalesce($4, phone), active = coalesce($5, active)
 WHERE id = $1::uuid RETURNING id
"""


class ContractorKnown(Conflict):
    code, msg = "contractor_known", "已有同名的外包服务商，请换一个名称。"


async def add_contractor(
    connection: asyncpg.Connection, body: ContractorIn, *, once: Once, now: datetime
) -> ContractorOut:
    """Errors: contractor_known."""
    if earlier := await once.earlier(connection, now):
        return ContractorOut.model_validate(earlier)
    made = await connection.fetchval(
        _INSERT, uuid.uuid4(), body.name, body.contact_name, body.phone or "", now
    )
    if made is None:
        raise ContractorKnown
    contractor = await read_contractor(connection, str(made))
    await once.keep(connection, contractor.model_dump())
    return contractor


async def change_contractor(
    connection: asyncpg.Connection, contractor_id: str, body: ContractorPatch
) -> ContractorOut:
    """Errors: not_found, contractor_known."""
    if body.name and await connection.fetchval(_NAMED, body.name, contractor_id):
        raise ContractorKnown
    changed = await connection.fetchval(
        _CHANGE, contractor_id, body.name, body.contact_name, body.phone, body.active
    )
    if changed is None:
        raise NotFound("没有找到这家外包服务商。")
    return await read_contractor(connection, contractor_id)
