"""What staff do about a complaint: take it, do something, offer a remedy, end it."""

import secrets
from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.complaint.rules import rules
from app.domain.lifecycle import Role
from app.domain.notices import PAGE, Notice, progress
from app.domain.situation import Situation
from app.errors import Forbidden
from app.models.aftercare import StepKind
from app.schemas.complaints import CaseOut, CloseIn, RemedyIn, StepIn
from app.services.complaints.case import lock_case
from app.services.complaints.read import read_case
from app.services.complaints.steps import Done, add_step
from app.services.idempotency import Once
from app.services.tickets.fact import add_fact
from app.services.tickets.record import Entry

_TAKE = "UPDATE complaint_cases SET owner_id = $2::uuid, state = 'working' WHERE id = $1"
_OFFER = """
UPDATE complaint_cases SET state = 'proposed', owner_id = coalesce(owner_id, $2::uuid), root_cause = $3, remedy = $4,
                           remedy_fen = $5, link = $6, wake_at = $7
 WHERE id = $1
"""
_CLOSE = """
UPDATE complaint_cases SET state = 'closed', outcome = 'settled', closed_at = $2, wake_at = NULL, link = NULL
 WHERE id = $1
"""


async def take_case(connection: asyncpg.Connection, case_id: int, *, actor: Actor, now: datetime) -> CaseOut:
    """Whoever takes it answers for it; a manager may take it from somebody else."""
    s, case = await lock_case(connection, case_id, actor)
    if case.owner != actor.id:
        await connection.execute(_TAKE, case_id, actor.id)
        await add_step(connection, case_id, Done(StepKind.TAKEN), actor, now)
        entry = Entry("complaint_taken", f"{_name(actor)}负责跟进您反映的问题")
        await add_fact(connection, s, entry, actor=actor, now=now)
    return await read_case(connection, case_id, actor, now)


async def add_case_step(
    connection: asyncpg.Connection, case_id: int, body: StepIn, *, once: Once, now: datetime
) -> CaseOut:
    """Whoever does something about a case that nobody has taken has taken it."""
    actor = once.actor
    if earlier := await once.earlier(connection, now):
        return CaseOut.model_validate(earlier)
    _, case = await lock_case(connection, case_id, actor)
    if case.owner is None:
        await connection.execute(_TAKE, case_id, actor.id)
    await add_step(connection, case_id, Done(StepKind(body.kind), body.text, body.result), actor, now)
    answer = await read_case(connection, case_id, actor, now)
    await once.keep(connection, answer.model_dump(mode="json"))
    return answer


async def offer_remedy(
    connection: asyncpg.Connection, case_id: int, body: RemedyIn, *, actor: Actor, now: datetime
) -> CaseOut:
    """The customer is asked by a push whether that solves it; a new offer takes the place of the one before."""
    s, _ = await lock_case(connection, case_id, actor)
    link, asked = secrets.token_urlsafe(24), now + timedelta(hours=rules().answer_hours)
    offered = (body.root_cause, body.remedy, body.amount_fen)
    await connection.execute(_OFFER, case_id, actor.id, *offered, link, asked)
    await add_step(connection, case_id, Done(StepKind.REMEDY, body.remedy, body.root_cause), actor, now)
    price = f"（{body.amount_fen / 100:.2f} 元）" if body.amount_fen else ""
    entry = Entry(
        "complaint_remedy", f"针对您反映的问题，我们的处理方案：{body.remedy}{price}，请您确认是否解决"
    )
    await add_fact(connection, s, entry, actor=actor, now=now, notices=(_asking(s, link),))
    return await read_case(connection, case_id, actor, now)


async def close_case(
    connection: asyncpg.Connection, case_id: int, body: CloseIn, *, actor: Actor, now: datetime
) -> CaseOut:
    """Without the customer's word only a manager may end it, and says why."""
    if actor.role not in (Role.MANAGER, Role.ADMIN):
        raise Forbidden("客户未确认解决的投诉只能由主管结案。")
    s, _ = await lock_case(connection, case_id, actor)
    await connection.execute(_CLOSE, case_id, now)
    await add_step(connection, case_id, Done(StepKind.CLOSED, body.reason), actor, now)
    entry = Entry("complaint_closed", f"您反映的问题已由主管结案：{body.reason}")
    notices = (progress(s, hint="投诉已结案，如有异议请联系我们"),)
    await add_fact(connection, s, entry, actor=actor, now=now, notices=notices)
    return await read_case(connection, case_id, actor, now)


def _asking(s: Situation, link: str) -> Notice:
    card = progress(s, hint="处理方案已出，请确认是否解决")
    page = {PAGE: f"complaints/{link}/{s.number}"}
    return Notice(card.kind, card.recipient, card.recipient_id, {**card.slots, **page})


def _name(actor: Actor) -> str:
    return f"客服{actor.name}" if actor.role is Role.AGENT else f"主管{actor.name}"
