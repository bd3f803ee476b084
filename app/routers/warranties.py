"""Warranties: the policies of the house, and what they come to for one ticket."""

from fastapi import Depends

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, HouseLeader, IdempotencyKey, require_of_ticket
from app.routers.tickets import Number
from app.schemas.warranties import DecideWarrantyIn, PolicyIn, PolicyList, PolicyOut, TicketWarrantyOut
from app.services.idempotency import Once, fingerprint
from app.services.warranties.override import decide_warranty
from app.services.warranties.policies import list_policies, publish_policy
from app.services.warranties.read import read_warranty

router = Routes(prefix="/api/v1", tags=["warranties"])


@router.get("/warranty-policies")
async def read_policies(_: ActorDep, connection: ReaderDep) -> PolicyList:
    """Every version; which of them binds an appliance is told by the day of its purchase."""
    return PolicyList(items=await list_policies(connection))


@router.post("/warranty-policies", status_code=201)
async def create_policy(
    body: PolicyIn,
    actor: HouseLeader,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> PolicyOut:
    """Publish a version, for good: it holds for what is bought from ``valid_from`` on."""
    once = Once("warranty-policies", actor, idempotency_key, fingerprint(body))
    return await publish_policy(connection, body, once=once, now=now)


@router.get("/tickets/{number}/warranty")
async def read_ticket_warranty(
    number: Number, actor: ActorDep, connection: ReaderDep, now: Now
) -> TicketWarrantyOut:
    """In or out and why, the periods behind it, and how far the clocks of 三包 have come."""
    return await read_warranty(connection, number, actor=actor, now=now)


@router.put(
    "/tickets/{number}/warranty",
    dependencies=[Depends(require_of_ticket(Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN))],
)
async def put_ticket_warranty(
    number: Number, body: DecideWarrantyIn, actor: ActorDep, connection: WriterDep, now: Now
) -> TicketWarrantyOut:
    """Decide it by hand, with a reason that the customer sees. An engineer decides on site, by what he finds."""
    return await decide_warranty(connection, number, body, actor=actor, now=now)
