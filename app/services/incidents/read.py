"""Incidents as the desk reads them, and what the customer of an attached ticket may know."""

from datetime import datetime
from typing import Literal

import asyncpg

from app.domain.actor import Actor
from app.domain.incidents.duties import known_fault
from app.domain.incidents.life import AT_WORK, LIVE, OVER, STAGE_LABELS, Stage
from app.domain.lifecycle import Role
from app.errors import NotFound
from app.schemas.incidents import (
    ActionOut,
    EntryOut,
    EvidenceOut,
    IncidentOut,
    IncidentPage,
    IncidentSummary,
    IncidentTicketOut,
    PersonOut,
    ReviewOut,
    TicketIncidentOut,
)
from app.services.cursors import cut, place_by_number
from app.services.incidents.figures import impact_of
from app.services.tickets.load import load
from app.services.tickets.timeline import who
from app.services.tickets.visible import of_points

Which = Literal["live", "proposed", "late", "resolved", "over", "mine"]

_COLUMNS = """
SELECT i.*, p.name AS service_point, s.name AS owner, c.tickets, c.customers
  FROM incidents i
  LEFT JOIN service_points p ON p.id = i.service_point_id
  LEFT JOIN staff s ON s.id = i.owner_id
 CROSS JOIN LATERAL (
       SELECT count(*) AS tickets, count(DISTINCT t.customer_id) AS customers
         FROM incident_tickets x JOIN tickets t ON t.id = x.ticket_id
        WHERE x.incident_id = i.id AND x.outcome IS DISTINCT FROM 'detached') c
"""
# An engineer sees the incidents on which he works.
_VISIBLE = """($1::uuid IS NULL OR i.owner_id = $1 OR EXISTS (
    SELECT FROM incident_members m WHERE m.incident_id = i.id AND m.staff_id = $1))
   AND """ + of_points("$7", "i.service_point_id")
_LATE = "coalesce(i.next_update_at, CASE WHEN i.state = 'resolved' THEN i.review_due_at END) <= $2"
_OF_STATES = {
    "live": f"i.state IN ({', '.join(repr(s.value) for s in sorted(LIVE))})",
    "proposed": "i.state = 'proposed'",
    "late": _LATE,
    "resolved": "i.state = 'resolved'",
    "over": f"i.state IN ({', '.join(repr(s.value) for s in sorted(OVER))})",
    "mine": f"i.state <> ALL (ARRAY[{', '.join(repr(s.value) for s in sorted(OVER))}]) AND i.owner_id = $6::uuid",
}
_LISTS = {
    which: f"{_COLUMNS} WHERE {_VISIBLE} AND {condition} AND $2::timestamptz IS NOT NULL AND $6::uuid IS NOT NULL"
    " AND ($3::timestamptz IS NULL OR (i.proposed_at, i.id) < ($3, $4::bigint))"
    " ORDER BY i.proposed_at DESC, i.id DESC LIMIT $5"
    for which, condition in _OF_STATES.items()
}
_ONE = f"{_COLUMNS} WHERE {_VISIBLE.replace('$7', '$3')} AND i.number = $2"
_MEMBERS = """
SELECT s.id::text, s.name, s.role FROM incident_members m JOIN staff s ON s.id = m.staff_id
 WHERE m.incident_id = $1 ORDER BY m.joined_at, s.name
"""
_TICKETS = """
SELECT t.number, t.state, t.contact_name AS customer, x.how, x.attached_at, x.outcome, x.reason
  FROM incident_tickets x JOIN tickets t ON t.id = x.ticket_id
 WHERE x.incident_id = $1 ORDER BY x.attached_at, t.id LIMIT 200
"""
_ENTRIES = """
SELECT e.n, e.kind, e.text, e.actor_role, e.at, s.name AS staff_name
  FROM incident_entries e LEFT JOIN staff s ON s.id::text = e.actor_id WHERE e.incident_id = $1 ORDER BY e.n
"""
_REVIEW = """
SELECT r.state, r.cause, r.course, r.better, w.name AS written_by, r.written_at, r.note, d.name AS decided_by,
       r.decided_at
  FROM incident_reviews r JOIN staff w ON w.id = r.written_by LEFT JOIN staff d ON d.id = r.decided_by
 WHERE r.incident_id = $1
"""
_ACTIONS = """
SELECT a.id::text, a.text, s.name AS owner, a.due_on, a.done_at,
       a.done_at IS NULL AND a.due_on < ($2 AT TIME ZONE 'Asia/Shanghai')::date AS late
  FROM incident_actions a JOIN staff s ON s.id = a.owner_id WHERE a.incident_id = $1 ORDER BY a.due_on, a.id
"""
_OF_TICKET = """
SELECT i.number, i.title, i.state, i.solution, i.promised_at, e.text, e.at AS told_at
  FROM incident_tickets x
  JOIN incidents i ON i.id = x.incident_id
  LEFT JOIN incident_entries e ON e.incident_id = i.id AND e.n = i.broadcast_n
 WHERE x.ticket_id = $1 AND x.outcome IS DISTINCT FROM 'detached' AND i.accepted_at IS NOT NULL
 ORDER BY i.id DESC LIMIT 1
"""


async def list_incidents(
    connection: asyncpg.Connection,
    which: Which,
    *,
    actor: Actor,
    cursor: str | None,
    limit: int,
    now: datetime,
) -> IncidentPage:
    """The newest first."""
    at, key = place_by_number(cursor)
    rows = await connection.fetch(
        _LISTS[which], _seen_by(actor), now, at, key, limit + 1, actor.id, actor.points
    )
    page, next_cursor = cut(rows, limit, "proposed_at")
    return IncidentPage(
        items=[IncidentSummary(**_summary(row, now)) for row in page], next_cursor=next_cursor
    )


async def read_incident(
    connection: asyncpg.Connection, number: str, actor: Actor, now: datetime
) -> IncidentOut:
    row = await connection.fetchrow(_ONE, _seen_by(actor), number, actor.points)
    if row is None:
        raise NotFound("没有找到这个专案组。")
    incident_id = row["id"]
    review = await connection.fetchrow(_REVIEW, incident_id)
    return IncidentOut(
        **_summary(row, now),
        evidence=None if row["evidence"] is None else EvidenceOut.model_validate(row["evidence"]),
        promised_at=row["promised_at"],
        mitigated_at=row["mitigated_at"],
        reviewed_at=row["reviewed_at"],
        solution=row["solution"],
        dismissed_reason=row["dismissed_reason"],
        silent_until=row["silent_until"],
        members=[PersonOut(**each) for each in await connection.fetch(_MEMBERS, incident_id)],
        attached=[IncidentTicketOut(**each) for each in await connection.fetch(_TICKETS, incident_id)],
        timeline=[_entry(each, actor) for each in await connection.fetch(_ENTRIES, incident_id)],
        impact=await impact_of(connection, row),
        review=None if review is None else ReviewOut(**review),
        actions=[ActionOut(**each) for each in await connection.fetch(_ACTIONS, incident_id, now)],
    )


async def incident_of_ticket(
    connection: asyncpg.Connection, number: str, *, actor: Actor, now: datetime
) -> TicketIncidentOut:
    """Of the ticket, for whoever may see it; NotFound where it belongs to none."""
    s = await load(connection, number, actor)
    found = await known_to(connection, s.id, now)
    if found is None:
        raise NotFound("这张工单不属于任何专案组。")
    return found


async def known_to(connection: asyncpg.Connection, ticket_id: int, now: datetime) -> TicketIncidentOut | None:
    row = await connection.fetchrow(_OF_TICKET, ticket_id)
    if row is None:
        return None
    stage = Stage(row["state"])
    return TicketIncidentOut(
        number=row["number"],
        title=row["title"],
        state=stage,
        label=STAGE_LABELS[stage],
        text=known_fault(row["promised_at"], now) if stage in AT_WORK else row["solution"],
        promised_at=row["promised_at"] if stage in AT_WORK else None,
        told_at=row["told_at"],
    )


def _seen_by(actor: Actor) -> str | None:
    """None for those who see all of them."""
    return actor.id if actor.role is Role.ENGINEER else None


def _summary(row: asyncpg.Record, now: datetime) -> dict[str, object]:
    stage = Stage(row["state"])
    due = row["next_update_at"] or (row["review_due_at"] if stage is Stage.RESOLVED else None)
    return {
        "number": row["number"],
        "title": row["title"],
        "state": stage,
        "label": STAGE_LABELS[stage],
        "severity": row["severity"],
        "category": row["category"],
        "fault": row["fault"],
        "service_point": row["service_point"],
        "owner": row["owner"],
        "tickets": row["tickets"],
        "customers": row["customers"],
        "proposed_at": row["proposed_at"],
        "accepted_at": row["accepted_at"],
        "resolved_at": row["resolved_at"],
        "due_at": due,
        "late": due is not None and due <= now,
    }


def _entry(row: asyncpg.Record, actor: Actor) -> EntryOut:
    return EntryOut(n=row["n"], kind=row["kind"], text=row["text"], by=who(row, actor), at=row["at"])
