"""The customers who asked and have no answer yet, the most pressing first."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.situation import SERVICE_LABELS, ServiceType
from app.schemas.urgings import OpenUrging, OpenUrgingPage
from app.services.cursors import cut, place_by_number
from app.services.tickets.visible import of_points

_OPEN = f"""
SELECT u.id, u.n, u.at, u.due_at, u.escalated_at IS NOT NULL AS escalated, t.number, t.service_type, t.category,
       t.state, t.promise, o.name AS owner
  FROM urgings u JOIN tickets t ON t.id = u.ticket_id LEFT JOIN staff o ON o.id = t.engineer_id
 WHERE u.due_at IS NOT NULL AND u.answered_at IS NULL AND u.lapsed_at IS NULL
   AND ($1::uuid IS NULL OR t.engineer_id = $1) AND {of_points("$5")}
   AND ($2::timestamptz IS NULL OR (u.due_at, u.id) > ($2, $3::bigint))
 ORDER BY u.due_at, u.id LIMIT $4
"""


async def open_urgings(
    connection: asyncpg.Connection, *, actor: Actor, cursor: str | None, limit: int, now: datetime
) -> OpenUrgingPage:
    """An engineer sees those of his jobs."""
    own = actor.id if actor.role is Role.ENGINEER else None
    rows = await connection.fetch(_OPEN, own, *place_by_number(cursor), limit + 1, actor.points)
    page, next_cursor = cut(rows, limit, "due_at")
    return OpenUrgingPage(items=[_shown(row, now) for row in page], next_cursor=next_cursor)


def _shown(row: asyncpg.Record, now: datetime) -> OpenUrging:
    return OpenUrging(
        number=row["number"],
        service=f"{row['category']}{SERVICE_LABELS[ServiceType(row['service_type'])]}",
        state=row["state"],
        owner=row["owner"],
        count=row["n"],
        at=row["at"],
        due_at=row["due_at"],
        late=now > row["due_at"],
        escalated=row["escalated"],
        promise=row["promise"],
    )
