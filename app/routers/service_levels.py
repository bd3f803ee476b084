"""Service levels: what the house promises, when it is open, and why a ticket's deadlines are what they are."""

from typing import Annotated

from fastapi import Depends

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, HouseLeader, IdempotencyKey, require, require_of_ticket
from app.routers.tickets import Number
from app.schemas.service_levels import (
    CalendarIn,
    CalendarList,
    CalendarOut,
    ServicePolicyIn,
    ServicePolicyList,
    ServicePolicyOut,
    TicketServiceLevelOut,
)
from app.services.idempotency import Once, fingerprint
from app.services.service_levels.calendars import list_calendars, publish_calendar
from app.services.service_levels.explain import explain
from app.services.service_levels.policies import list_policies, publish_policy

router = Routes(prefix="/api/v1", tags=["service levels"])

DESK = Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))
PublisherDep = Annotated[Actor, Depends(require(Role.MANAGER, Role.ADMIN))]


@router.get(
    "/tickets/{number}/service-level",
    dependencies=[Depends(require_of_ticket(Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN))],
)
async def read_service_level(
    number: Number, actor: ActorDep, connection: ReaderDep, now: Now
) -> TicketServiceLevelOut:
    """Every clock of the ticket, segment by segment: what counted, in which open hours, and what follows. Customers
    read the promise on their ticket."""
    return await explain(connection, number, actor=actor, now=now)


@router.get("/service-policies", dependencies=[DESK])
async def read_service_policies(connection: ReaderDep) -> ServicePolicyList:
    """Every version, newest first; version 0 holds where nothing was published."""
    return ServicePolicyList(items=await list_policies(connection))


@router.post("/service-policies", status_code=201)
async def create_service_policy(
    body: ServicePolicyIn,
    actor: HouseLeader,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> ServicePolicyOut:
    """Publish a version. Tickets keep the one under which they came, unless it is applied to what is open."""
    once = Once("service-policies", actor, idempotency_key, fingerprint(body))
    return await publish_policy(connection, body, once=once, now=now)


@router.get("/service-calendars", dependencies=[DESK])
async def read_service_calendars(connection: ReaderDep) -> CalendarList:
    """The calendar of the house and those of service points that have their own, each in its newest version."""
    return CalendarList(items=await list_calendars(connection))


@router.post("/service-calendars", status_code=201)
async def create_service_calendar(
    body: CalendarIn,
    actor: PublisherDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> CalendarOut:
    """Publish the opening hours of a service point for the tickets that come. One that never opens is refused.

    A manager of some service points publishes their hours; those of the house are for whoever leads all of it."""
    once = Once("service-calendars", actor, idempotency_key, fingerprint(body))
    return await publish_calendar(connection, body, once=once, now=now)
