"""What another system does with tickets: report for a customer, once for each of its numbers, and ask about them."""

from datetime import datetime
from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import VIEWS, Role, State
from app.domain.situation import Channel
from app.errors import Conflict, InvalidInput, NotFound
from app.schemas.api_tokens import (
    PartnerEvent,
    PartnerEvents,
    PartnerReport,
    PartnerTicket,
    PartnerTickets,
)
from app.services.api_tokens.caller import System
from app.services.idempotency import fingerprint
from app.services.tickets.submit import Intake, submit
from app.services.tickets.timeline import AMONG_STAFF

# Two requests with the same number at once make one ticket.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('reference ' || $1 || ' ' || $2, 0))"
_KNOWN = """
SELECT r.fingerprint, t.number FROM external_references r JOIN tickets t ON t.id = r.ticket_id
 WHERE r.token_id = $1 AND r.reference = $2
"""
_KEEP = """
INSERT INTO external_references (token_id, reference, ticket_id, fingerprint)
SELECT $1, $2, id, $3 FROM tickets WHERE number = $4
"""
# Its service point's, and whatever it made itself.
_SEEN = """
SELECT t.id, t.number, r.reference AS external_reference, t.channel, t.service_type, t.category, t.state, t.priority,
       t.promised_at, t.promise, t.service_point_id::text, t.created_at, t.completed_at, t.closed_at,
       CASE WHEN v.id IS NOT NULL THEN jsonb_build_object('start', lower(v.promised), 'end', upper(v.promised)) END
           AS visit
  FROM tickets t
  LEFT JOIN external_references r ON r.ticket_id = t.id AND r.token_id = $1
  LEFT JOIN visits v ON v.id = t.visit_id
 WHERE ($2::uuid IS NULL OR t.service_point_id = $2 OR r.token_id IS NOT NULL)
"""
_ONE = f"{_SEEN} AND t.number = $3"
_BY_REFERENCE = f"{_SEEN} AND r.reference = $3"
_POINT = "SELECT service_point_id FROM tickets WHERE number = $1"
_EVENTS = """
SELECT seq, event, state, at FROM ticket_events WHERE ticket_id = $1 AND event <> ALL ($2) ORDER BY seq
"""


class ReferenceUsed(Conflict):
    code, msg = "external_reference_used", "这个外部编号已经用于另一份内容不同的工单，请换一个编号。"


async def report(
    connection: asyncpg.Connection, body: PartnerReport, *, system: System, now: datetime
) -> PartnerTicket:
    """The ticket; the same one again for the same number. Errors: external_reference_used, invalid_input."""
    await connection.execute(_ONE_AT_A_TIME, str(system.id), body.external_reference)
    known = await connection.fetchrow(_KNOWN, system.id, body.external_reference)
    asked = fingerprint(body)
    if known is not None:
        if known["fingerprint"] != asked:
            raise ReferenceUsed
        return await read_ticket(connection, known["number"], system=system)
    actor = Actor(Role.SYSTEM, f"api:{system.id}", name=system.name)
    made = await submit(connection, Intake(body, actor, None, now, Channel.API), _unsigned)
    number: str = made["number"]
    await _within_reach(connection, number, system)
    await connection.execute(_KEEP, system.id, body.external_reference, asked, number)
    return await read_ticket(connection, number, system=system)


async def read_ticket(connection: asyncpg.Connection, number: str, *, system: System) -> PartnerTicket:
    return _out(await _found(connection, number, system))


async def find_tickets(connection: asyncpg.Connection, reference: str, *, system: System) -> PartnerTickets:
    rows = await connection.fetch(_BY_REFERENCE, system.id, system.service_point_id, reference)
    return PartnerTickets(items=[_out(row) for row in rows])


async def read_events(connection: asyncpg.Connection, number: str, *, system: System) -> PartnerEvents:
    row = await _found(connection, number, system)
    events = await connection.fetch(_EVENTS, row["id"], list(AMONG_STAFF))
    return PartnerEvents(items=[PartnerEvent.model_validate(dict(event)) for event in events])


async def _found(connection: asyncpg.Connection, number: str, system: System) -> asyncpg.Record:
    row = await connection.fetchrow(_ONE, system.id, system.service_point_id, number)
    if row is None:
        raise NotFound("没有找到这张工单。")
    return row


async def _within_reach(connection: asyncpg.Connection, number: str, system: System) -> None:
    """Raising takes the ticket back with everything else of this transaction."""
    point = system.service_point_id
    if point is not None and await connection.fetchval(_POINT, number) != point:
        raise InvalidInput.at("body.address", "该地址不属于此令牌的服务网点。", "out_of_area")


def _out(row: asyncpg.Record) -> PartnerTicket:
    told: dict[str, Any] = dict(row) | {"label": VIEWS[State(row["state"])].label}
    del told["id"]
    return PartnerTicket.model_validate(told)


def _unsigned(_attachment_id: str, _variant: str, _viewer: str) -> str:
    """Photos are not for other systems."""
    return ""
