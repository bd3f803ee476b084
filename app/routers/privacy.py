"""What a person may ask of us about himself: that his account be deleted, and proof that it was."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from app.clock import Now
from app.db import ReaderDep, WriterDep
from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.routers.dependencies import IdempotencyKey, require
from app.schemas.privacy import DeletionOut, DeletionProof, DeletionRequested
from app.services.idempotency import Once
from app.services.privacy.request import ask_deletion, cancel_deletion, read_deletion, read_proof

router = APIRouter(prefix="/api/v1/me/deletion", tags=["privacy"])
proofs = APIRouter(prefix="/api/v1/deletion-proofs", tags=["privacy"])

CustomerDep = Annotated[Actor, Depends(require(Role.CUSTOMER))]
Token = Annotated[str, Path(pattern=r"^[\w-]{20,40}$")]


@router.get("")
async def read_my_deletion(actor: CustomerDep, connection: ReaderDep, now: Now) -> DeletionOut:
    """Whether it is asked for, what stands in its way with what to do, and what to know before."""
    return await read_deletion(connection, actor=actor, now=now)


@router.post("", status_code=201)
async def request_deletion(
    actor: CustomerDep, connection: WriterDep, now: Now, idempotency_key: IdempotencyKey = None
) -> DeletionRequested:
    """Ask for it. For seven days it can be cancelled; then everything that names me goes, and what counts stays."""
    once = Once("deletions", actor, idempotency_key, b"")
    return await ask_deletion(connection, once=once, now=now)


@router.delete("", status_code=204)
async def withdraw_deletion(actor: CustomerDep, connection: WriterDep, now: Now) -> None:
    """I have thought again."""
    await cancel_deletion(connection, actor=actor, now=now)


@proofs.get("/{token}")
async def read_deletion_proof(token: Token, connection: ReaderDep) -> DeletionProof:
    """What became of it, for whoever holds the code: when, and how much of what went."""
    return await read_proof(connection, token)
