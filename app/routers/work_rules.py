"""What decides whether somebody may be sent at all: his licences, and customers who do not want him again."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, require
from app.schemas.rules import BanIn, BanList, LicenceList, LicencesIn
from app.services.customers.bans import ban, lift_ban, read_bans
from app.services.rosters.engineers import in_charge
from app.services.staff.licences import read_licences, write_licences

router = Routes(prefix="/api/v1", tags=["work rules"])

STAFF = Depends(require(Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN, Role.CONTRACTOR))
LEADS = Depends(require(Role.MANAGER, Role.ADMIN))
DeskDep = Annotated[Actor, Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))]
EngineerId = Annotated[UUID, Path()]
CustomerId = Annotated[UUID, Path()]


@router.get("/engineers/{engineer_id}/licences", dependencies=[STAFF])
async def get_licences(engineer_id: EngineerId, actor: ActorDep, connection: ReaderDep) -> LicenceList:
    """An engineer sees his own, a contractor's dispatcher those of its engineers."""
    await in_charge(connection, actor, str(engineer_id))
    return await read_licences(connection, str(engineer_id))


@router.put("/engineers/{engineer_id}/licences", dependencies=[LEADS])
async def put_licences(
    engineer_id: EngineerId, body: LicencesIn, actor: ActorDep, connection: WriterDep, now: Now
) -> LicenceList:
    """Replaces all of them. After ``expires_on`` he is not offered, and cannot book, what asks for that licence; where
    he is booked already, the days are planned anew."""
    await in_charge(connection, actor, str(engineer_id))
    return await write_licences(connection, str(engineer_id), body, now=now)


@router.get("/customers/{customer_id}/engineer-bans")
async def read_engineer_bans(customer_id: CustomerId, _: DeskDep, connection: ReaderDep) -> BanList:
    """Whom this customer has asked never to get again."""
    return await read_bans(connection, str(customer_id))


@router.put("/customers/{customer_id}/engineer-bans/{engineer_id}")
async def put_ban(
    customer_id: CustomerId,
    engineer_id: EngineerId,
    body: BanIn,
    desk: DeskDep,
    connection: WriterDep,
    now: Now,
) -> BanList:
    """He is offered nothing of this customer's any more, sees none of it in the pool, and cannot be booked; where he is
    booked already, the day is planned anew."""
    return await ban(connection, str(customer_id), str(engineer_id), body, actor=desk, now=now)


@router.delete("/customers/{customer_id}/engineer-bans/{engineer_id}", status_code=204)
async def delete_ban(
    customer_id: CustomerId, engineer_id: EngineerId, desk: DeskDep, connection: WriterDep, now: Now
) -> Response:
    """The customer does not mind him any more."""
    await lift_ban(connection, str(customer_id), str(engineer_id), actor=desk, now=now)
    return Response(status_code=204)
