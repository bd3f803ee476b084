"""The contractors, each with what may go to it, version by version."""

import asyncpg

from app.errors import NotFound
from app.schemas.contractors import ContractorList, ContractorOut

_READ = """
SELECT k.id::text, k.name, k.contact_name, k.phone, k.active,
       (SELECT count(*) FROM staff s WHERE s.contractor_id = k.id AND s.active AND s.role = 'engineer') AS engineers,
       coalesce((SELECT jsonb_agg(to_jsonb(r) - 'contractor_id' - 'published_by'
                                  ORDER BY r.valid_from DESC, r.version DESC)
                   FROM contractor_terms r WHERE r.contractor_id = k.id), '[]') AS terms
  FROM contractors k WHERE $1::uuid IS NULL OR k.id = $1 ORDER BY k.name
"""


async def list_contractors(connection: asyncpg.Connection, only: str | None) -> ContractorList:
    """``only`` is the one that its own dispatcher may see."""
    rows = await connection.fetch(_READ, only)
    return ContractorList(items=[ContractorOut.model_validate(dict(row)) for row in rows])


async def read_contractor(connection: asyncpg.Connection, contractor_id: str) -> ContractorOut:
    found = (await list_contractors(connection, contractor_id)).items
    if not found:
        raise NotFound("没有找到这家外包服务商。")
    return found[0]
