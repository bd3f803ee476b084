"""The customer says whether it is solved: by the link of his card, or signed in. A no opens the case again."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.complaint.rules import rules
from app.domain.lifecycle import Role
from app.domain.notices import Notice, staff_notice
from app.domain.situation import Situation
from app.errors import Conflict, NotFound
from app.models.aftercare import CaseState, StepKind
from app.schemas.complaints import VerdictIn
from app.services.complaints.case import Case, case_of
from app.services.complaints.open import wake
from app.services.complaints.steps import Done, add_step
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load, load_by_id
from app.services.tickets.managers import managers_of
from app.services.tickets.record import Entry

_FIND = "SELECT ticket_id FROM complaint_cases WHERE link = $1 AND state = 'proposed'"
_SOLVED = """
UPDATE complaint_cases SET state = 'closed', outcome = 'solved', closed_at = $2, wake_at = NULL, link = NULL
 WHERE id = $1
"""
_NOT_SOLVED = """
UPDATE complaint_cases SET state = 'working', link = NULL, due_at = $2, wake_at = $3, escalated_at = NULL,
                           reopened = reopened + 1
 WHERE id = $1
"""


class NothingToAnswer(Conflict):
    code, msg = "nothing_to_answer", "目前没有等您确认的处理方案。"


@dataclass(frozen=True)
class Proposed:
    ticket: Situation
    case: Case


async def find_proposed(connection: asyncpg.Connection, link: str, *, lock: bool = False) -> Situation:
    """NotFound once the customer has answered, or another remedy is offered."""
    ticket_id = await connection.fetchval(_FIND, link)
    if ticket_id is None:
        raise NotFound("这个链接已失效，请在“我的服务”中查看最新进展。")
    return await load_by_id(connection, ticket_id, lock=lock)


async def answer_link(
    connection: asyncpg.Connection, link: str, body: VerdictIn, *, now: datetime
) -> Situation:
    s = await find_proposed(connection, link, lock=True)
    case = await case_of(connection, s)
    if case is None or case.link != link:
        # Whoever waited for the lock finds that it has been answered meanwhile.
        raise NotFound("这个链接已失效，请在“我的服务”中查看最新进展。")
    return await _answer(connection, Proposed(s, case), body, Actor(Role.CUSTOMER, s.customer_id), now)


async def answer_complaint(
    connection: asyncpg.Connection, number: str, body: VerdictIn, *, actor: Actor, now: datetime
) -> Situation:
    """Errors: not_found, nothing_to_answer."""
    s = await load(connection, number, actor, lock=True)
    case = await case_of(connection, s)
    if case is None or case.state is not CaseState.PROPOSED:
        raise NothingToAnswer
    return await _answer(connection, Proposed(s, case), body, actor, now)


async def _answer(
    connection: asyncpg.Connection, proposed: Proposed, body: VerdictIn, actor: Actor, now: datetime
) -> Situation:
    s, case = proposed.ticket, proposed.case
    if body.solved:
        await connection.execute(_SOLVED, case.id, now)
        entry, kind = Entry("complaint_solved", "您已确认问题解决，感谢您的反馈"), StepKind.SOLVED
    else:
        due = rules().again(now)
        await connection.execute(_NOT_SOLVED, case.id, due, wake(due, now))
        entry, kind = Entry("complaint_not_solved", f"您表示还没有解决：{body.note}"), StepKind.NOT_SOLVED
    await add_step(connection, case.id, Done(kind, body.note), actor, now)
    notices = await _notices(connection, s, case, body, now)
    return await add_fact(connection, s, entry, actor=actor, now=now, notices=notices)


async def _notices(
    connection: asyncpg.Connection, s: Situation, case: Case, body: VerdictIn, now: datetime
) -> list[Notice]:
    """Who answers for it hears of both; that it is not solved, the managers hear as well."""
    told = [case.owner] if case.owner else []
    if not body.solved:
        told += [each for each in await managers_of(connection, s) if each not in told]
    hint = "客户确认已解决" if body.solved else f"客户表示没有解决：{body.note}"
    return [staff_notice(s, each, matter=s.service, level="投诉", hint=hint, at=now) for each in told]
