"""Templates sent to one follower, to see them."""

from typing import Annotated

from fastapi import Depends

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import IdempotencyKey, require
from app.schemas.trials import TrialIn, TrialList, TrialOut
from app.services.idempotency import Once, fingerprint
from app.services.templates.trials import ask_for_trial, list_trials

router = Routes(prefix="/api/v1/template-trials", tags=["messages"])

LeadDep = Annotated[Actor, Depends(require(Role.MANAGER, Role.ADMIN))]


@router.get("")
async def read_trials(_: LeadDep, connection: ReaderDep) -> TrialList:
    """The newest first, each with what became of it."""
    return TrialList(items=await list_trials(connection))


@router.post("", status_code=202)
async def create_trial(
    body: TrialIn,
    actor: LeadDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> TrialOut:
    """Sent by the worker in a moment, with sample contents that say so; the list tells what became of it."""
    once = Once("template-trials", actor, idempotency_key, fingerprint(body))
    return await ask_for_trial(connection, body, once=once, now=now)
