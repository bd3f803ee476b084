"""What time does to an incident: the word to all that is late, the review that nobody has written."""

from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.incidents.duties import UPDATE_EVERY
from app.domain.incidents.life import AT_WORK, Stage
from app.models.incidents import EntryKind
from app.services.incidents.case import Incident, hold
from app.services.incidents.entries import Line, add_line
from app.services.incidents.tell import managers_of_area, tell_staff

_DUE = """
SELECT i.number FROM incidents i JOIN tickets t ON t.id = i.anchor_id
 WHERE i.wake_at <= $1 ORDER BY i.wake_at, i.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED
"""
_WAKE = "UPDATE incidents SET wake_at = $2 WHERE id = $1"
_REVIEW_AGAIN = timedelta(days=1)


async def remind_one(connection: asyncpg.Connection, now: datetime) -> bool:
    """One incident; False when none is due. The caller gives a transaction and commits it."""
    number = await connection.fetchval(_DUE, now)
    if number is None:
        return False
    held = await hold(connection, number, SYSTEM)
    incident = held.incident
    found = _late(incident, now)
    if found is None:
        await connection.execute(_WAKE, incident.id, incident.next_update_at or incident.review_due_at)
        return True
    line, again = found
    await connection.execute(_WAKE, incident.id, again)
    await add_line(connection, incident.id, line, actor=SYSTEM, now=now)
    managers = await managers_of_area(connection, incident.service_point_id)
    told = [*(each for each in [incident.owner] if each), *managers]
    await tell_staff(connection, held.anchor, told, number=number, text=line.text, now=now)
    return True


def _late(incident: Incident, now: datetime) -> tuple[Line, datetime | None] | None:
    """What is to be said, and when it is said again if nobody did anything."""
    if incident.state in AT_WORK and incident.next_update_at and incident.next_update_at <= now:
        every = UPDATE_EVERY[incident.severity]
        minutes = int(every.total_seconds() // 60)
        return Line(EntryKind.UPDATE_LATE, f"超过{minutes}分钟未向客户通报进展"), now + every
    if incident.state is Stage.RESOLVED and incident.review_due_at and incident.review_due_at <= now:
        return Line(EntryKind.REVIEW_LATE, "复盘已逾期，请尽快完成"), now + _REVIEW_AGAIN
    return None
