"""Say from which day on which work may go to a contractor."""

from datetime import datetime

import asyncpg

from app.domain.zone import ZONE
from app.errors import InvalidInput, NotFound
from app.schemas.contractors import ContractorOut, TermsIn
from app.services.contractors.read import read_contractor
from app.services.idempotency import Once

# The row of the contractor first: whoever publishes at the same time waits here, and gets the next version.
_LOCK = "SELECT id FROM contractors WHERE id = $1::uuid FOR NO KEY UPDATE"
_PUBLISH = """
INSERT INTO contractor_terms (contractor_id, version, valid_from, service_types, warranties, districts, published_by,
                              published_at)
SELECT $1::uuid, 1 + coalesce(max(version), 0), $2, $3, $4, $5, $6::uuid, $7
  FROM contractor_terms WHERE contractor_id = $1::uuid
"""


async def publish_terms(
    connection: asyncpg.Connection, contractor_id: str, body: TermsIn, *, once: Once, now: datetime
) -> ContractorOut:
    """For good: what was allowed once can be looked up. Errors: not_found, invalid_input for a day that is over."""
    if body.valid_from < now.astimezone(ZONE).date():
        raise InvalidInput.at("body.valid_from", "生效日期已经过去，请填写今天或以后的日期。", "in_the_past")
    if await connection.fetchval(_LOCK, contractor_id) is None:
        raise NotFound("没有找到这家外包服务商。")
    if earlier := await once.earlier(connection, now):
        return ContractorOut.model_validate(earlier)
    await connection.execute(
        _PUBLISH,
        contractor_id,
        body.valid_from,
        body.service_types,
        body.warranties,
        body.districts,
        once.actor.id,
        now,
    )
    contractor = await read_contractor(connection, contractor_id)
    await once.keep(connection, contractor.model_dump())
    return contractor
