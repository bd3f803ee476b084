"""Somebody is not content: one case for each ticket, at once, in the transaction in which it was noticed.

Noticed again, it is the same case: what was said is one more step, a sterner cause brings the deadline nearer, and a
case that was closed is open again.
"""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM, Actor
from app.domain.complaint.rules import CAUSE_LABELS, Cause, heard, rules
from app.domain.notices import Notice, staff_notice
from app.domain.situation import Situation
from app.models.aftercare import StepKind
from app.services.complaints.steps import Done, add_step
from app.services.tickets.fact import add_fact
from app.services.tickets.managers import managers_of
from app.services.tickets.record import Entry

# Whoever did the work last; before that, whoever has the job.
_OPEN = """
INSERT INTO complaint_cases AS c (ticket_id, state, cause, engineer_id, opened_at, due_at, wake_at)
SELECT $1, 'open', $2,
       coalesce((SELECT engineer_id FROM completions WHERE ticket_id = $1 ORDER BY seq DESC LIMIT 1), $3::uuid),
       $4::timestamptz, $5::timestamptz, $6::timestamptz
ON CONFLICT (ticket_id) DO NOTHING RETURNING id
"""
_REOPEN = """
UPDATE complaint_cases
   SET state = 'open', cause = $2, owner_id = NULL, opened_at = $3, due_at = $4, wake_at = $5, escalated_at = NULL,
       outcome = NULL, closed_at = NULL, link = NULL, reopened = reopened + 1
 WHERE ticket_id = $1 AND state = 'closed' RETURNING id
"""
_AGAIN = """
UPDATE complaint_cases SET due_at = least(due_at, $2), wake_at = least(wake_at, $3)
 WHERE ticket_id = $1 RETURNING id, owner_id::text
"""


@dataclass(frozen=True)
class Opened:
    """``fresh`` when the customer has to be told that somebody is on it now."""

    fresh: bool
    notices: tuple[Notice, ...]


async def open_case(
    connection: asyncpg.Connection, s: Situation, cause: Cause, said: str, *, actor: Actor, now: datetime
) -> Opened:
    """The ticket is locked by the caller, who writes the line of the timeline and sends the notices."""
    due = rules().due(cause, now)
    case = await connection.fetchval(_OPEN, s.id, cause.value, s.engineer_id, now, due, wake(due, now))
    kind = StepKind.OPENED
    if case is None:
        case = await connection.fetchval(_REOPEN, s.id, cause.value, now, due, wake(due, now))
        kind = StepKind.REOPENED
    if case is not None:
        await add_step(connection, case, Done(kind, said, CAUSE_LABELS[cause]), actor, now)
        return Opened(True, await _to_managers(connection, s, cause, now))
    row = await connection.fetchrow(_AGAIN, s.id, due, wake(due, now))
    await add_step(connection, row["id"], Done(StepKind.HEARD, said, CAUSE_LABELS[cause]), actor, now)
    return Opened(False, await _to_owner(connection, s, row["owner_id"], cause, now))


async def complain(
    connection: asyncpg.Connection, s: Situation, cause: Cause, said: str, *, actor: Actor, now: datetime
) -> Situation:
    """As ``open_case``, where no other event tells of it: with a line of its own, the customer's answer."""
    opened = await open_case(connection, s, cause, said, actor=actor, now=now)
    if opened.fresh:
        entry, speaker = Entry("complaint_opened", answer_within(cause), {"cause": cause}), SYSTEM
    else:
        entry, speaker = Entry("complaint_heard", f"客户再次反映：{said}", {"cause": cause}), actor
    return await add_fact(connection, s, entry, actor=speaker, now=now, notices=opened.notices)


async def heed(
    connection: asyncpg.Connection, s: Situation, text: str, *, actor: Actor, now: datetime
) -> None:
    """What a customer writes may say that he is not content."""
    cause = heard(text)
    if cause is not None:
        await complain(connection, s, cause, text, actor=actor, now=now)


def answer_within(cause: Cause) -> str:
    return f"已为您安排专人跟进您反映的问题，{rules().due_hours[cause]} 小时内给您答复"


def wake(due: datetime, now: datetime) -> datetime:
    """Some time before the deadline; what is due sooner than that is looked at on its deadline."""
    early = rules().warning(due)
    return early if early > now else due


async def _to_managers(
    connection: asyncpg.Connection, s: Situation, cause: Cause, now: datetime
) -> tuple[Notice, ...]:
    hint = f"{CAUSE_LABELS[cause]}，请在 {rules().due_hours[cause]} 小时内解决"
    managers = await managers_of(connection, s)
    return tuple(
        staff_notice(s, each, matter=s.service, level="投诉", hint=hint, at=now) for each in managers
    )


async def _to_owner(
    connection: asyncpg.Connection, s: Situation, owner: str | None, cause: Cause, now: datetime
) -> tuple[Notice, ...]:
    """While nobody has taken it, to the managers again."""
    hint = f"客户再次反映：{CAUSE_LABELS[cause]}"
    told = [owner] if owner else await managers_of(connection, s)
    return tuple(staff_notice(s, each, matter=s.service, level="投诉", hint=hint, at=now) for each in told)
