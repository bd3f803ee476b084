"""What time does to complaints: complaint tickets become cases, owners are reminded, managers told, silence noticed."""

from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.complaint.rules import Cause, rules
from app.domain.notices import staff_notice
from app.domain.situation import Situation
from app.models.aftercare import CaseState, StepKind
from app.services.complaints.case import Case, case_of
from app.services.complaints.open import complain, wake
from app.services.complaints.steps import Done, add_step
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.managers import managers_of
from app.services.tickets.record import Entry

_UNHEARD = """
SELECT t.id FROM tickets t
 WHERE t.service_type = 'complaint' AND t.state = 'submitted'
   AND NOT EXISTS (SELECT FROM complaint_cases c WHERE c.ticket_id = t.id)
 ORDER BY t.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
_DUE = """
SELECT t.id FROM complaint_cases c JOIN tickets t ON t.id = c.ticket_id
 WHERE c.wake_at <= $1 ORDER BY c.wake_at, t.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED
"""
_LATER = "UPDATE complaint_cases SET wake_at = $2 WHERE id = $1"
_ESCALATED = "UPDATE complaint_cases SET escalated_at = $2, wake_at = NULL WHERE id = $1"
_SILENT = """
UPDATE complaint_cases SET state = 'working', link = NULL, due_at = $2, wake_at = $3, escalated_at = NULL WHERE id = $1
"""


async def watch_one(connection: asyncpg.Connection, now: datetime) -> bool:
    """One step of one case; False when nothing is due. The caller gives a transaction and commits it."""
    unheard = await connection.fetchval(_UNHEARD)
    if unheard is not None:
        s = await load_by_id(connection, unheard)
        await complain(connection, s, Cause.COMPLAINT_TICKET, s.fault, actor=SYSTEM, now=now)
        return True
    due = await connection.fetchval(_DUE, now)
    if due is None:
        return False
    s = await load_by_id(connection, due)
    case = await case_of(connection, s)
    if case is not None:
        await _look(connection, s, case, now)
    return True


async def _look(connection: asyncpg.Connection, s: Situation, case: Case, now: datetime) -> None:
    if case.state is CaseState.PROPOSED:
        await _gone_silent(connection, s, case, now)
    elif now >= case.due_at:
        await _escalate(connection, s, case, now)
    else:
        await _remind(connection, s, case, now)


async def _remind(connection: asyncpg.Connection, s: Situation, case: Case, now: datetime) -> None:
    await connection.execute(_LATER, case.id, case.due_at)
    await add_step(connection, case.id, Done(StepKind.WARNED), SYSTEM, now)
    told = [case.owner] if case.owner else await managers_of(connection, s)
    await _tell(connection, s, told, Entry("complaint_late", "投诉即将超过处理时限"), now)


async def _escalate(connection: asyncpg.Connection, s: Situation, case: Case, now: datetime) -> None:
    """Once for each deadline; from then on it is in the managers' list of what is late."""
    await connection.execute(_ESCALATED, case.id, now)
    await add_step(connection, case.id, Done(StepKind.ESCALATED), SYSTEM, now)
    told = await managers_of(connection, s)
    await _tell(connection, s, told, Entry("complaint_late", "投诉超过处理时限，已升级主管"), now)


async def _gone_silent(connection: asyncpg.Connection, s: Situation, case: Case, now: datetime) -> None:
    """Silence is no yes: whoever answers for it has to ask, by a deadline of its own."""
    due = rules().again(now)
    await connection.execute(_SILENT, case.id, due, wake(due, now))
    await add_step(connection, case.id, Done(StepKind.SILENT), SYSTEM, now)
    told = [case.owner] if case.owner else await managers_of(connection, s)
    await _tell(connection, s, told, Entry("complaint_late", "客户没有答复处理方案，请电话确认"), now)


async def _tell(
    connection: asyncpg.Connection, s: Situation, told: list[str], entry: Entry, now: datetime
) -> None:
    notices = [
        staff_notice(s, each, matter=s.service, level="投诉", hint=entry.text, at=now) for each in told
    ]
    await add_fact(connection, s, entry, actor=SYSTEM, now=now, notices=notices)
