"""One report about two things: the other thing becomes a ticket of its own, linked to this one."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import ENDS, Role
from app.domain.situation import Situation
from app.errors import Conflict, InvalidInput
from app.schemas.tickets import AddressIn, ContactIn, NewTicket, SplitIn
from app.services.idempotency import Once
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load
from app.services.tickets.present import SignUrl, present
from app.services.tickets.record import Entry
from app.services.tickets.submit import Intake, submit

_LINK = "INSERT INTO ticket_splits (ticket_id, from_id, split_by, split_at) VALUES ($1, $2, $3::uuid, $4)"
# What the customer sent with the report; what was taken on site belongs to its visit.
_PHOTOS = """
UPDATE attachments SET ticket_id = $2
 WHERE ticket_id = $1 AND id = ANY ($3) AND purpose = 'report' AND visit_id IS NULL RETURNING id
"""


class NothingToSplit(Conflict):
    code, msg = "nothing_to_split", "工单已结束，请为客户另建一张工单。"


async def split_ticket(
    connection: asyncpg.Connection,
    number: str,
    body: SplitIn,
    *,
    once: Once,
    sign_url: SignUrl,
    now: datetime,
) -> dict[str, Any]:
    """The new ticket; the same again for the same key. Errors: not_found, nothing_to_split, invalid_input."""
    actor = once.actor
    s = await load(connection, number, actor, lock=True)
    if earlier := await once.earlier(connection, now):
        made = await load(connection, earlier["number"], actor)
        return present(made, actor, now, sign_url)
    if s.state in ENDS:
        raise NothingToSplit
    made = await _report(connection, s, body, now)
    await connection.execute(_LINK, made.id, s.id, actor.id, now)
    await _move_photos(connection, s, made, body)
    told = Entry("split_off", f"拆分出工单 {made.number}：{body.fault}", {"to": made.number})
    await add_fact(connection, s, told, actor=actor, now=now)
    born = Entry("split_from", f"由工单 {s.number} 拆分而来", {"from": s.number})
    await add_fact(connection, made, born, actor=actor, now=now)
    await once.keep(connection, {"number": made.number})
    return present(await load(connection, made.number, actor), actor, now, sign_url)


async def _report(connection: asyncpg.Connection, s: Situation, body: SplitIn, now: datetime) -> Situation:
    """As the customer would have reported it; it goes through triage like every other."""
    reporter = Actor(Role.CUSTOMER, s.customer_id)
    made = await submit(connection, Intake(_new(s, body), reporter, None, now, s.channel), _unsigned)
    return await load(connection, made["number"], reporter, lock=True)


def _new(s: Situation, body: SplitIn) -> NewTicket:
    if not s.contact_phone:
        raise InvalidInput.at("body", "请先补充客户电话，再拆分工单。", "phone_missing")
    same = body.category in ("", s.category)
    a = s.address
    return NewTicket(
        service_type=body.service_type or s.service_type,
        category=body.category or s.category,
        brand=s.brand if same else "",
        model=s.model if same else "",
        fault=body.fault,
        contact=ContactIn(name=s.contact_name, phone=s.contact_phone),
        address=AddressIn(**asdict(a)) if a else None,
    )


async def _move_photos(connection: asyncpg.Connection, s: Situation, made: Situation, body: SplitIn) -> None:
    wanted = set(body.attachment_ids)
    moved = await connection.fetch(_PHOTOS, s.id, made.id, list(wanted))
    if len(moved) < len(wanted):
        raise InvalidInput.at("body.attachment_ids", "只能带走客户报修时上传的照片。", "unknown_attachment")


def _unsigned(_attachment_id: str, _variant: str, _viewer: str) -> str:
    """The customer's own answer to it is seen by nobody."""
    return ""
