"""Incidents (系统性故障) and their task forces (专案组), from the proposal to the review."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, IdempotencyKey, require
from app.routers.tickets import Number
from app.schemas.incidents import (
    AcceptIn,
    ActionIn,
    AttachIn,
    BroadcastIn,
    DetachIn,
    DismissIn,
    IncidentOut,
    IncidentPage,
    NewIncident,
    ResolveIn,
    ReviewIn,
    ReviewVerdictIn,
    TicketIncidentOut,
    UpdateIn,
)
from app.services.idempotency import Once, fingerprint
from app.services.incidents.belong import add_member, attach, change_owner, detach, remove_member
from app.services.incidents.decide import accept, dismiss, open_by_hand
from app.services.incidents.read import Which, incident_of_ticket, list_incidents, read_incident
from app.services.incidents.resolve import resolve
from app.services.incidents.review import add_action, decide_review, finish_action, write_review
from app.services.incidents.word import add_update, broadcast

router = Routes(prefix="/api/v1/incidents", tags=["incidents"])
of_tickets = Routes(prefix="/api/v1/tickets/{number}/incident", tags=["incidents"])

# An engineer is let in where he is a member; what he is no member of, he does not see.
STAFF = Depends(require(Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN))
MANAGERS = Depends(require(Role.MANAGER, Role.ADMIN))
Incident = Annotated[
    str, Path(max_length=40, pattern=r"^[0-9A-Za-z]+$", description="The incident's number.")
]
ActionId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("", dependencies=[STAFF])
async def read_incidents(
    actor: ActorDep,
    connection: ReaderDep,
    now: Now,
    state: Which = "live",
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> IncidentPage:
    """Those that are ``live``, only ``proposed``, ``late`` (no word to the customers, no review), ``resolved`` without
    a review, ``over``, or those that are ``mine``; the newest first."""
    return await list_incidents(connection, state, actor=actor, cursor=cursor, limit=limit, now=now)


@router.post("", status_code=201, dependencies=[MANAGERS])
async def create_incident(
    body: NewIncident,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> IncidentOut:
    """Open a task force about the fault of a ticket, without waiting for a proposal."""
    once = Once("incidents", actor, idempotency_key, fingerprint(body))
    return await open_by_hand(connection, body, once=once, now=now)


@router.get("/{incident}", dependencies=[STAFF])
async def read_one_incident(
    incident: Incident, actor: ActorDep, connection: ReaderDep, now: Now
) -> IncidentOut:
    """One task force: its people, its tickets, its timeline, and what it owes."""
    return await read_incident(connection, incident, actor, now)


@router.post("/{incident}/accept", dependencies=[MANAGERS])
async def accept_incident(
    incident: Incident, body: AcceptIn, actor: ActorDep, connection: WriterDep, now: Now
) -> IncidentOut:
    """It is a task force from now on: with an owner, and a duty to keep the customers informed."""
    return await accept(connection, incident, body, actor=actor, now=now)


@router.post("/{incident}/dismiss", dependencies=[MANAGERS])
async def dismiss_incident(
    incident: Incident, body: DismissIn, actor: ActorDep, connection: WriterDep, now: Now
) -> IncidentOut:
    """It is nothing; what comes on the same key is left alone for a while."""
    return await dismiss(connection, incident, body, actor=actor, now=now)


@router.put("/{incident}/owner/{staff_id}", dependencies=[MANAGERS])
async def change_incident_owner(
    incident: Incident, staff_id: UUID, actor: ActorDep, connection: WriterDep, now: Now
) -> IncidentOut:
    """Hand the task force to somebody else, who becomes a member of it."""
    return await change_owner(connection, incident, str(staff_id), actor=actor, now=now)


@router.put("/{incident}/members/{staff_id}", dependencies=[STAFF])
async def add_incident_member(
    incident: Incident, staff_id: UUID, actor: ActorDep, connection: WriterDep, now: Now
) -> IncidentOut:
    """One more on the task force."""
    return await add_member(connection, incident, str(staff_id), actor=actor, now=now)


@router.delete("/{incident}/members/{staff_id}", dependencies=[STAFF])
async def remove_incident_member(
    incident: Incident, staff_id: UUID, actor: ActorDep, connection: WriterDep, now: Now
) -> IncidentOut:
    """Off the task force; the owner stays until there is another."""
    return await remove_member(connection, incident, str(staff_id), actor=actor, now=now)


@router.post("/{incident}/tickets", status_code=201, dependencies=[STAFF])
async def attach_tickets(
    incident: Incident,
    body: AttachIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> IncidentOut:
    """Tickets with the same cause that did not come by themselves: all of them, or none."""
    once = Once("incident-tickets", actor, idempotency_key, fingerprint(body, incident))
    return await attach(connection, incident, body, once=once, now=now)


@router.post("/{incident}/tickets/{ticket}/detach", dependencies=[STAFF])
async def detach_ticket(
    incident: Incident, ticket: Number, body: DetachIn, actor: ActorDep, connection: WriterDep, now: Now
) -> IncidentOut:
    """It was something else."""
    return await detach(connection, incident, ticket, body, actor=actor, now=now)


@router.post("/{incident}/broadcasts", status_code=201, dependencies=[STAFF])
async def create_broadcast(
    incident: Incident,
    body: BroadcastIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> IncidentOut:
    """One text for all: in each ticket's timeline, and once on each customer's phone."""
    once = Once("incident-broadcasts", actor, idempotency_key, fingerprint(body, incident))
    return await broadcast(connection, incident, body, once=once, now=now)


@router.post("/{incident}/updates", status_code=201, dependencies=[STAFF])
async def create_update(
    incident: Incident,
    body: UpdateIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> IncidentOut:
    """A note among staff, or how far the work has come."""
    once = Once("incident-updates", actor, idempotency_key, fingerprint(body, incident))
    return await add_update(connection, incident, body, once=once, now=now)


@router.post("/{incident}/resolve", dependencies=[STAFF])
async def resolve_incident(
    incident: Incident, body: ResolveIn, actor: ActorDep, connection: WriterDep, now: Now
) -> IncidentOut:
    """The fault is gone: tickets that can be moved are, and their customers asked to confirm."""
    return await resolve(connection, incident, body, actor=actor, now=now)


@router.put("/{incident}/review", dependencies=[STAFF])
async def write_incident_review(
    incident: Incident, body: ReviewIn, actor: ActorDep, connection: WriterDep, now: Now
) -> IncidentOut:
    """What happened, why, and what will be done better; a manager decides on it."""
    return await write_review(connection, incident, body, actor=actor, now=now)


@router.post("/{incident}/review/decision", dependencies=[MANAGERS])
async def decide_incident_review(
    incident: Incident, body: ReviewVerdictIn, actor: ActorDep, connection: WriterDep, now: Now
) -> IncidentOut:
    """By a manager who did not write it."""
    return await decide_review(connection, incident, body, actor=actor, now=now)


@router.post("/{incident}/actions", status_code=201, dependencies=[STAFF])
async def create_action(
    incident: Incident,
    body: ActionIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> IncidentOut:
    """What somebody does until a day, so that it does not happen again."""
    once = Once("incident-actions", actor, idempotency_key, fingerprint(body, incident))
    return await add_action(connection, incident, body, once=once, now=now)


@router.post("/{incident}/actions/{action_id}/done", dependencies=[STAFF])
async def finish_incident_action(
    incident: Incident, action_id: ActionId, actor: ActorDep, connection: WriterDep, now: Now
) -> IncidentOut:
    """It is done. Saying so again changes nothing."""
    return await finish_action(connection, incident, action_id, actor=actor, now=now)


@of_tickets.get("")
async def read_incident_of_ticket(
    number: Number, actor: ActorDep, connection: ReaderDep, now: Now
) -> TicketIncidentOut:
    """The known fault that a ticket belongs to, and by when it should be over; not found where there is none."""
    return await incident_of_ticket(connection, number, actor=actor, now=now)
