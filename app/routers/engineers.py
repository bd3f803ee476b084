"""Engineers: hire them, change what they do and where they belong, and let them go."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import IdempotencyKey, NetworkDep, require
from app.schemas.engineers import EngineerIn, EngineerList, EngineerPatch, EngineerRecord, LeaveIn, LeftOut
from app.services.engineers.change import add_engineer, change_engineer
from app.services.engineers.leave import leave, rejoin
from app.services.engineers.read import list_engineers, read_engineer
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/api/v1/engineers", tags=["engineers"])

# Whoever answers for some service points leads their engineers.
LeadDep = Annotated[Actor, Depends(require(Role.MANAGER, Role.ADMIN))]
EngineerId = Annotated[UUID, Path()]


@router.get("")
async def read_engineers(
    actor: LeadDep,
    connection: ReaderDep,
    q: Annotated[str, Query(max_length=60, description="Of a name, a number or a phone.")] = "",
    left: bool = False,
) -> EngineerList:
    """Those of the caller's service points; with ``left`` those who are with us no more."""
    return EngineerList(items=await list_engineers(connection, q, left=left, actor=actor))


@router.post("", status_code=201)
async def create_engineer(
    body: EngineerIn,
    actor: LeadDep,
    connection: WriterDep,
    network: NetworkDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> EngineerRecord:
    """Signs in at once; work goes to him when he has hours (``shift-pattern``)."""
    once = Once("engineers", actor, idempotency_key, fingerprint(body))
    return await add_engineer(connection, body, once=once, network=network, now=now)


@router.get("/{engineer_id}")
async def get_engineer(engineer_id: EngineerId, actor: LeadDep, connection: ReaderDep) -> EngineerRecord:
    """What dispatch knows of him."""
    return await read_engineer(connection, str(engineer_id), actor=actor)


@router.patch("/{engineer_id}")
async def patch_engineer(
    engineer_id: EngineerId,
    body: EngineerPatch,
    actor: LeadDep,
    connection: WriterDep,
    network: NetworkDep,
    now: Now,
) -> EngineerRecord:
    """Counts for what is offered and planned from now on; what he has promised stays his."""
    return await change_engineer(connection, str(engineer_id), body, actor=actor, network=network, now=now)


@router.post("/{engineer_id}/leave")
async def let_engineer_go(
    engineer_id: EngineerId,
    body: LeaveIn,
    actor: LeadDep,
    connection: WriterDep,
    network: NetworkDep,
    now: Now,
) -> LeftOut:
    """His sessions end, open offers pass on, and the days on which he has visits are planned anew."""
    return await leave(connection, str(engineer_id), body, actor=actor, network=network, now=now)


@router.post("/{engineer_id}/rejoin")
async def take_engineer_back(
    engineer_id: EngineerId, actor: LeadDep, connection: WriterDep, network: NetworkDep, now: Now
) -> EngineerRecord:
    """With the account that he had."""
    return await rejoin(connection, str(engineer_id), actor=actor, network=network, now=now)
