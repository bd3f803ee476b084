"""Above which sum a manager looks at a quote before the customer does."""

import asyncpg

from app.domain.lifecycle import Role
from app.domain.situation import Situation
from app.services.tickets.change import Change

# Where nobody has set another limit (docs/operations.md).
STANDING_FEN = 300_000

_LIMIT = """
SELECT limit_fen FROM spend_limits
 WHERE role IN ($1, '') AND service_type IN ($2, '') AND warranty IN ($3, '')
 ORDER BY (role <> '')::int + (service_type <> '')::int + (warranty <> '')::int DESC, role, service_type DESC
 LIMIT 1
"""


async def needs_review(change: Change, total_fen: int) -> bool:
    return total_fen > await limit_of(change.connection, change.before, change.actor.role)


async def limit_of(connection: asyncpg.Connection, s: Situation, role: Role) -> int:
    """In fen."""
    limit: int | None = await connection.fetchval(_LIMIT, role.value, s.service_type.value, s.warranty.value)
    return STANDING_FEN if limit is None else limit
