"""The policies of the house, all versions of them: few rows, and the old ones decide as long as appliances live."""

from datetime import datetime

import asyncpg
import orjson

from app.domain.warranty.policy import Policy, read_policy, standing
from app.errors import Conflict
from app.schemas.warranties import PolicyIn, PolicyOut
from app.services.idempotency import Once

_ALL = "SELECT version, valid_from, document, published_by, published_at FROM warranty_policies ORDER BY valid_from"
_PUBLISH = """
INSERT INTO warranty_policies (version, valid_from, document, published_by, published_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING 1
"""


class PolicyKnown(Conflict):
    code, msg = "policy_known", "已有同名或同日生效的保修政策，请换一个版本号和生效日期。"


async def policies_of(connection: asyncpg.Connection) -> list[Policy]:
    """The standing one where nobody has published any."""
    rows = await connection.fetch(_ALL)
    return [read_policy(row["version"], row["valid_from"], row["document"]) for row in rows] or [standing()]


async def list_policies(connection: asyncpg.Connection) -> list[PolicyOut]:
    return [
        PolicyOut(
            **row["document"],
            version=row["version"],
            valid_from=row["valid_from"],
            published_at=row["published_at"],
        )
        for row in await connection.fetch(_ALL)
    ]


async def publish_policy(
    connection: asyncpg.Connection, body: PolicyIn, *, once: Once, now: datetime
) -> PolicyOut:
    """For good: what is promised to buyers from that day on. Errors: policy_known."""
    if earlier := await once.earlier(connection, now):
        return PolicyOut.model_validate(earlier)
    document = body.model_dump(exclude={"version", "valid_from"}, mode="json")
    words = orjson.dumps(document).decode()
    if not await connection.fetchval(_PUBLISH, body.version, body.valid_from, words, once.actor.id, now):
        raise PolicyKnown
    published = PolicyOut(**body.model_dump(), published_at=now)
    await once.keep(connection, published.model_dump())
    return published
