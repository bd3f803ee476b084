"""All that belongs to anybody, as the database has it: what a merge moves and an undo must put back."""

from typing import TypeAlias

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.customers.owned import OWNED

Snapshot: TypeAlias = dict[str, list[tuple[str, ...]]]

_CUSTOMERS = """
SELECT id::text, nickname, coalesce(nickname_chosen_at::text, ''), phone, coalesce(phone_source, ''),
       coalesce(phone_verified_at::text, ''), coalesce(merged_into::text, '') FROM customers ORDER BY id
"""
_TICKETS = "SELECT id::text, created_by, coalesce(asset_id::text, '') FROM tickets ORDER BY id"


async def snapshot(session: AsyncSession) -> Snapshot:
    found: Snapshot = {}
    for owned in OWNED:
        owners = "SELECT {0.key}::text, coalesce({0.column}::text, '') FROM {0.table} ORDER BY 1"
        found[owned.name] = await _rows(session, owners.format(owned))
    found["customers"] = await _rows(session, _CUSTOMERS)
    found["authors and appliances"] = await _rows(session, _TICKETS)
    return found


async def _rows(session: AsyncSession, query: str) -> list[tuple[str, ...]]:
    return [tuple(row) for row in await session.execute(text(query))]
