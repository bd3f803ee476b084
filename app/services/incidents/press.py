"""What somebody took on in a review and has not done by its day: he hears of it, later his managers too."""

from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.zone import ZONE
from app.models.incidents import EntryKind
from app.services.incidents.case import hold
from app.services.incidents.entries import Line, add_line
from app.services.incidents.tell import managers_of_area, tell_staff

# The first ticket is locked before the incident, as everywhere.
_DUE = """
SELECT i.number, a.id, a.text, a.due_on, a.reminded, a.owner_id::text AS owner, s.name AS owner_name
  FROM incident_actions a JOIN incidents i ON i.id = a.incident_id JOIN tickets t ON t.id = i.anchor_id
  JOIN staff s ON s.id = a.owner_id
 WHERE a.done_at IS NULL AND a.remind_at <= $1
 ORDER BY a.remind_at, a.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED
"""
_TOLD = """
UPDATE incident_actions SET remind_at = $2, reminded = reminded + 1 WHERE id = $1 AND done_at IS NULL RETURNING 1
"""
_AGAIN = timedelta(days=1)


async def press_one(connection: asyncpg.Connection, now: datetime) -> bool:
    """One action; False when none is overdue. The caller gives a transaction and commits it."""
    row = await connection.fetchrow(_DUE, now)
    if row is None:
        return False
    held = await hold(connection, row["number"], SYSTEM)
    if await connection.fetchval(_TOLD, row["id"], now + _AGAIN) is None:
        # He was faster.
        return True
    late = (now.astimezone(ZONE).date() - row["due_on"]).days
    text = f"改进项已逾期{late}天：{row['text']}（{row['owner_name']}）"
    await add_line(connection, held.incident.id, Line(EntryKind.ACTION_LATE, text), actor=SYSTEM, now=now)
    managers = await managers_of_area(connection, held.incident.service_point_id) if row["reminded"] else []
    whom = [row["owner"], *managers]
    await tell_staff(connection, held.anchor, whom, number=row["number"], text=text, now=now)
    return True
