"""The policies of the house, in versions: each is written once, and tickets keep the one that they came under."""

from datetime import datetime

import asyncpg
import orjson

from app.domain.service_levels import standing
from app.schemas.service_levels import ServicePolicyIn, ServicePolicyOut
from app.services.idempotency import Once

_ALL = "SELECT version, document, published_at FROM service_policies ORDER BY version DESC LIMIT 100"
_PUBLISH = """
INSERT INTO service_policies (document, published_by, published_at) VALUES ($1, $2, $3) RETURNING version
"""
# What was told of a clock stays told, and its pauses are in its segments: only the targets change.
_REBIND = """
INSERT INTO service_levels (ticket_id, policy_version, calendar_id, attached_at, next_at)
SELECT t.id, $1, l.calendar_id, $2, $2
  FROM tickets t LEFT JOIN service_levels l ON l.ticket_id = t.id
 WHERE t.state NOT IN ('closed', 'cancelled', 'rejected', 'merged')
ON CONFLICT (ticket_id) DO UPDATE
   SET policy_version = excluded.policy_version, attached_at = excluded.attached_at, next_at = excluded.next_at
"""


async def list_policies(connection: asyncpg.Connection) -> list[ServicePolicyOut]:
    """Newest first; the standing one last."""
    rows = await connection.fetch(_ALL)
    published = [
        ServicePolicyOut(version=row["version"], published_at=row["published_at"], **row["document"])
        for row in rows
    ]
    first = ServicePolicyOut.model_validate(
        {**standing.DOCUMENT, "version": standing.VERSION, "published_at": None}
    )
    return [*published, first]


async def publish_policy(
    connection: asyncpg.Connection, body: ServicePolicyIn, *, once: Once, now: datetime
) -> ServicePolicyOut:
    """For what comes from now on, and with ``apply_to_open`` for what is open."""
    if earlier := await once.earlier(connection, now):
        return ServicePolicyOut.model_validate(earlier)
    document = body.model_dump(include={"levels", "steps"}, mode="json")
    version = await connection.fetchval(_PUBLISH, orjson.dumps(document).decode(), once.actor.id, now)
    if body.apply_to_open:
        await connection.execute(_REBIND, version, now)
    published = ServicePolicyOut(version=version, published_at=now, levels=body.levels, steps=body.steps)
    await once.keep(connection, published.model_dump(mode="json"))
    return published
