"""Who of ours hears that a customer wrote."""

from datetime import datetime

import asyncpg

from app.domain.notices import Notice, staff_notice
from app.domain.situation import Situation

# The engineer of the job and whoever answered last; where there is neither, the desk: those of the branch and of
# the whole house whom WeChat can reach. The others see the list of conversations.
_AUDIENCE = """
WITH known AS (
    SELECT s.id FROM conversations c JOIN staff s ON s.id = c.answered_by AND s.active
     WHERE c.ticket_id = $1
    UNION
    SELECT s.id FROM staff s WHERE s.id = $2::uuid AND s.active
)
SELECT id::text FROM known
UNION ALL
SELECT s.id::text FROM staff s
 WHERE NOT EXISTS (SELECT FROM known) AND s.active AND s.role = 'agent'
   AND (s.service_point_id IS NULL OR $3::uuid IS NULL OR s.service_point_id = $3::uuid)
   AND EXISTS (SELECT FROM wechat_identities w WHERE w.staff_id = s.id)
 ORDER BY 1
"""


async def tell_staff(connection: asyncpg.Connection, s: Situation, said: str, now: datetime) -> list[Notice]:
    """The notices of one message; ``said`` is its line."""
    # A card must not have an empty field.
    hint = said or "[消息]"
    rows = await connection.fetch(_AUDIENCE, s.id, s.engineer_id, s.service_point_id)
    return [staff_notice(s, row["id"], matter=s.service, level="客户留言", hint=hint, at=now) for row in rows]
