"""Contractors (外包服务商): who works for us that is not ours, and what may go to them."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import HouseLeader, IdempotencyKey, require
from app.schemas.contractors import ContractorIn, ContractorList, ContractorOut, ContractorPatch, TermsIn
from app.services.contractors.change import add_contractor, change_contractor
from app.services.contractors.read import list_contractors
from app.services.contractors.terms import publish_terms
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/api/v1/contractors", tags=["contractors"])

ReaderOf = Annotated[Actor, Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN, Role.CONTRACTOR))]
ContractorId = Annotated[UUID, Path()]


@router.get("")
async def read_contractors(actor: ReaderOf, connection: ReaderDep) -> ContractorList:
    """Each with its terms, version by version; a contractor's dispatcher sees his own."""
    return await list_contractors(connection, actor.contractor_id)


@router.post("", status_code=201)
async def create_contractor(
    body: ContractorIn,
    actor: HouseLeader,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> ContractorOut:
    """Nothing goes to it before its terms are published. Its people are hired with ``huixiang staff add``."""
    once = Once("contractors", actor, idempotency_key, fingerprint(body))
    return await add_contractor(connection, body, once=once, now=now)


@router.patch("/{contractor_id}")
async def patch_contractor(
    contractor_id: ContractorId, body: ContractorPatch, _: HouseLeader, connection: WriterDep
) -> ContractorOut:
    """Its name, whom to call, or whether it gets work at all."""
    return await change_contractor(connection, str(contractor_id), body)


@router.post("/{contractor_id}/terms", status_code=201)
async def create_terms(
    contractor_id: ContractorId,
    body: TermsIn,
    actor: HouseLeader,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> ContractorOut:
    """Which kinds of job, in or out of warranty and where, may go to it from a day on."""
    once = Once("contractor-terms", actor, idempotency_key, fingerprint(body, str(contractor_id)))
    return await publish_terms(connection, str(contractor_id), body, once=once, now=now)
