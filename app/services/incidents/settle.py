"""The fault is gone: each attached ticket moves by the event that the life cycle has for it, or stays with its owner.

One ticket a transaction; what is settled says so in its own row, so it can be interrupted at any moment.
"""

from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.lifecycle import SETTLED, Event
from app.domain.notices import bulletin, staff_notice
from app.domain.situation import Situation
from app.errors import Problem
from app.models.incidents import EntryKind, Outcome
from app.schemas.transitions import ResolveRemote
from app.services.incidents.entries import Line, add_line
from app.services.tickets.change import Change
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.record import Entry
from app.services.tickets.transition import carry_out, possible

_DUE = """
SELECT t.id FROM incidents i
  JOIN incident_tickets x ON x.incident_id = i.id AND x.ended_at IS NULL
  JOIN tickets t ON t.id = x.ticket_id
 WHERE i.state IN ('resolved', 'reviewed')
 ORDER BY t.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED
"""
_OF = """
SELECT i.id, i.number, i.solution FROM incident_tickets x JOIN incidents i ON i.id = x.incident_id
 WHERE x.ticket_id = $1 AND x.ended_at IS NULL
"""
_SETTLED = """
UPDATE incident_tickets SET ended_at = $3, outcome = $4 WHERE incident_id = $1 AND ticket_id = $2
"""
# The last one says how it went with all of them.
_COUNT = """
SELECT (SELECT count(*) FROM incident_tickets WHERE incident_id = i.id AND ended_at IS NULL) AS left,
       (SELECT count(*) FROM incident_tickets WHERE incident_id = i.id AND outcome = 'moved') AS moved,
       (SELECT count(*) FROM incident_tickets WHERE incident_id = i.id AND outcome = 'stayed') AS stayed
  FROM incidents i WHERE i.id = $1 FOR UPDATE OF i
"""


async def settle_one(connection: asyncpg.Connection, now: datetime) -> bool:
    """One ticket; False when none is left. The caller gives a transaction and commits it."""
    ticket_id = await connection.fetchval(_DUE)
    if ticket_id is None:
        return False
    s = await load_by_id(connection, ticket_id)
    row = await connection.fetchrow(_OF, ticket_id)
    if row is not None:
        outcome = await _settle(connection, s, row, now)
        await connection.execute(_SETTLED, row["id"], s.id, now, outcome.value)
        await _conclude(connection, row["id"], now)
    return True


async def _settle(
    connection: asyncpg.Connection, s: Situation, incident: asyncpg.Record, now: datetime
) -> Outcome:
    if s.state in SETTLED:
        return Outcome.OVER
    if possible(s, Event.RESOLVE_REMOTE, SYSTEM, now) and await _moved(connection, s, incident, now):
        return Outcome.MOVED
    text = f"系统性故障已恢复：{incident['solution']}"
    entry = Entry("incident_over", text, {"incident": incident["number"]})
    notices = [bulletin(s, "故障已恢复，如仍有问题请联系我们")]
    if s.engineer_id is not None:
        hint = "系统性故障已恢复，请与客户核实"
        notices.append(staff_notice(s, s.engineer_id, matter=s.service, level="专案组", hint=hint, at=now))
    await add_fact(connection, s, entry, actor=SYSTEM, now=now, notices=notices)
    return Outcome.STAYED


async def _moved(
    connection: asyncpg.Connection, s: Situation, incident: asyncpg.Record, now: datetime
) -> bool:
    """False when its own capability refuses; nothing of it is left then."""
    body = ResolveRemote(version=s.version, event=Event.RESOLVE_REMOTE, solution=incident["solution"])
    try:
        async with connection.transaction():
            await carry_out(Change(connection, s, Event.RESOLVE_REMOTE, SYSTEM, now), body)
    except Problem:
        return False
    return True


async def _conclude(connection: asyncpg.Connection, incident_id: int, now: datetime) -> None:
    row = await connection.fetchrow(_COUNT, incident_id)
    if row["left"]:
        return
    text = f"{row['moved']}张工单请客户确认，{row['stayed']}张由原负责人继续处理"
    data = {"moved": row["moved"], "stayed": row["stayed"]}
    await add_line(connection, incident_id, Line(EntryKind.SETTLED, text, data), actor=SYSTEM, now=now)
