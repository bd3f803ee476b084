"""Complaint cases: for the desk with every step, for the customer in brief."""

from datetime import datetime
from typing import Literal

import asyncpg

from app.domain.actor import Actor
from app.domain.complaint.rules import CAUSE_LABELS, Cause
from app.domain.lifecycle import Role
from app.domain.situation import SERVICE_LABELS, ServiceType, Situation
from app.errors import NotFound
from app.models.aftercare import CaseState
from app.schemas.common import mask_phone
from app.schemas.complaints import CaseOut, CasePage, ComplaintOut, StepOut
from app.services.cursors import cut, numbered_page, place_by_number
from app.services.tickets.load import load
from app.services.tickets.visible import of_points

Which = Literal["open", "mine", "late", "closed"]

_COLUMNS = """
SELECT c.id, c.state, c.cause, c.opened_at, c.due_at, c.escalated_at, c.reopened, c.root_cause, c.remedy, c.remedy_fen,
       c.outcome, c.closed_at, t.number, t.service_type, t.category, t.contact_name, t.contact_phone,
       e.name AS engineer, o.name AS owner,
       (SELECT jsonb_agg(jsonb_build_object('n', p.n, 'kind', p.kind, 'text', p.text, 'result', p.result,
                                            'role', p.actor_role, 'by', w.name, 'at', p.at) ORDER BY p.n)
          FROM case_steps p LEFT JOIN staff w ON w.id::text = p.actor_id WHERE p.case_id = c.id) AS steps
  FROM complaint_cases c
  JOIN tickets t ON t.id = c.ticket_id
  LEFT JOIN staff e ON e.id = c.engineer_id
  LEFT JOIN staff o ON o.id = c.owner_id
"""


def _page(condition: str, moment: str, *, newest_first: bool = False) -> str:
    mine = f"{condition} AND {of_points('$4')}"
    return numbered_page(_COLUMNS, mine, moment, of="c", newest_first=newest_first)


_OPEN = _page("c.state <> 'closed'", "due_at")
_MINE = _page("c.state <> 'closed' AND c.owner_id = $5::uuid", "due_at")
_LATE = _page("c.state IN ('open', 'working') AND c.due_at <= $5", "due_at")
_CLOSED = _page("c.state = 'closed'", "closed_at", newest_first=True)
_ASKED = "SELECT link FROM complaint_cases WHERE ticket_id = $1 AND state = 'proposed'"
# While the customer is asked, nobody of ours is late.
_OURS = (CaseState.OPEN, CaseState.WORKING)
_ONE = f"{_COLUMNS} WHERE c.id = $1 AND {of_points('$2')}"
_OF_TICKET = f"{_COLUMNS} WHERE c.ticket_id = $1"


async def list_cases(
    connection: asyncpg.Connection,
    which: Which,
    *,
    actor: Actor,
    cursor: str | None,
    limit: int,
    now: datetime,
) -> CasePage:
    """The most pressing first; of those that are closed, the newest."""
    place = (limit + 1, *place_by_number(cursor), actor.points)
    match which:
        case "open":
            rows = await connection.fetch(_OPEN, *place)
        case "mine":
            rows = await connection.fetch(_MINE, *place, actor.id)
        case "late":
            rows = await connection.fetch(_LATE, *place, now)
        case "closed":
            rows = await connection.fetch(_CLOSED, *place)
    moment = "closed_at" if which == "closed" else "due_at"
    page, next_cursor = cut(rows, limit, moment)
    return CasePage(items=[_shown(row, now) for row in page], next_cursor=next_cursor)


async def read_case(connection: asyncpg.Connection, case_id: int, actor: Actor, now: datetime) -> CaseOut:
    row = await connection.fetchrow(_ONE, case_id, actor.points)
    if row is None:
        raise NotFound("没有找到这个投诉。")
    return _shown(row, now)


async def read_complaint(connection: asyncpg.Connection, number: str, actor: Actor) -> ComplaintOut:
    """Of the ticket, for whoever may see it; NotFound where nobody complained."""
    s = await load(connection, number, actor)
    return await brief(connection, s, actor)


async def remedy_link(connection: asyncpg.Connection, s: Situation, actor: Actor) -> str | None:
    """Where the customer says whether what is offered solves it; None when he is not asked, or somebody else looks."""
    if actor.role is not Role.CUSTOMER:
        return None
    link: str | None = await connection.fetchval(_ASKED, s.id)
    return link


async def brief(connection: asyncpg.Connection, s: Situation, actor: Actor) -> ComplaintOut:
    row = await connection.fetchrow(_OF_TICKET, s.id)
    if row is None:
        raise NotFound("这张工单没有投诉。")
    proposed = row["state"] == CaseState.PROPOSED
    return ComplaintOut(
        number=s.number,
        service=s.service,
        state=row["state"],
        owner=row["owner"],
        due_at=row["due_at"],
        remedy=row["remedy"] if proposed or row["closed_at"] else "",
        remedy_fen=row["remedy_fen"] if proposed or row["closed_at"] else 0,
        may_answer=proposed and actor.role is Role.CUSTOMER,
        outcome=row["outcome"],
    )


def _shown(row: asyncpg.Record, now: datetime) -> CaseOut:
    return CaseOut(
        id=str(row["id"]),
        number=row["number"],
        service=f"{row['category']}{SERVICE_LABELS[ServiceType(row['service_type'])]}",
        customer=row["contact_name"],
        phone_masked=mask_phone(row["contact_phone"]) if row["contact_phone"] else "",
        engineer=row["engineer"],
        state=row["state"],
        cause=row["cause"],
        label=CAUSE_LABELS[Cause(row["cause"])],
        owner=row["owner"],
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        late=row["escalated_at"] is not None or (row["state"] in _OURS and now >= row["due_at"]),
        escalated=row["escalated_at"] is not None,
        reopened=row["reopened"],
        root_cause=row["root_cause"],
        remedy=row["remedy"],
        remedy_fen=row["remedy_fen"],
        outcome=row["outcome"],
        closed_at=row["closed_at"],
        steps=[StepOut.model_validate(step) for step in row["steps"] or ()],
    )
