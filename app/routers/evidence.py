"""What shows how a job was done: its checklist, what was taken before and after, and taking back a mistake."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, StatementDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import (
    ActorDep,
    IdempotencyKey,
    PhotoUrlsDep,
    SessionsDep,
    StoreDep,
    require_of_ticket,
)
from app.routers.tickets import Number
from app.schemas.evidence import (
    CheckIn,
    ChecklistOut,
    CodeIn,
    EvidenceOut,
    ProofOut,
    SignatureIn,
    WithdrawIn,
)
from app.services.evidence.checklist import note_check, read_checklist
from app.services.evidence.prove import prove_by_code, sign
from app.services.evidence.show import show_evidence
from app.services.evidence.withdraw import withdraw
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/api/v1/tickets/{number}", tags=["evidence"])

ItemCode = Annotated[str, Path(max_length=40, pattern=r"^[a-z_]+$", description="The item's code.")]
ENGINEER = Depends(require_of_ticket(Role.ENGINEER))
STAFF = Depends(require_of_ticket(Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN))


@router.get("/checklist")
async def read_job_checklist(number: Number, actor: ActorDep, connection: ReaderDep) -> ChecklistOut:
    """What the job has to leave behind, and what there is of it; for the customer once the job is finished."""
    return await read_checklist(connection, number, actor=actor)


@router.put("/checklist/{item}", dependencies=[ENGINEER])
async def put_check(
    number: Number, item: ItemCode, body: CheckIn, actor: ActorDep, connection: WriterDep, now: Now
) -> ChecklistOut:
    """Note a reading or a tick, on site. Photos and videos are uploaded with ``item`` instead."""
    return await note_check(connection, number, item, body, actor=actor, now=now)


@router.get("/evidence")
async def read_evidence(
    number: Number, actor: ActorDep, connection: ReaderDep, urls: PhotoUrlsDep, now: Now
) -> EvidenceOut:
    """Before and after, visit by visit; sealed once the customer has confirmed."""
    return await show_evidence(connection, number, urls.signer(now), actor=actor)


@router.post("/evidence/{piece_id}/withdraw", status_code=204, dependencies=[STAFF])
async def withdraw_evidence(
    number: Number, piece_id: UUID, body: WithdrawIn, actor: ActorDep, connection: WriterDep, now: Now
) -> Response:
    """Take back a photo of one's own that shows the wrong thing; it stays for staff, marked as withdrawn."""
    await withdraw(connection, number, piece_id, body.reason, actor=actor, now=now)
    return Response(status_code=204)


@router.post("/signature", status_code=201, dependencies=[ENGINEER])
async def sign_for_completion(
    number: Number,
    body: SignatureIn,
    actor: ActorDep,
    sessions: SessionsDep,
    store: StoreDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> ProofOut:
    """The customer signs on the engineer's phone, below the total that he was shown; again after it has changed."""
    once = Once("signatures", actor, idempotency_key, fingerprint(body, number))
    return await sign(sessions, store, number, body, once=once, now=now)


@router.post("/completion-code", status_code=201, dependencies=[ENGINEER])
async def give_completion_code(
    number: Number, body: CodeIn, actor: ActorDep, connection: StatementDep, now: Now
) -> ProofOut:
    """The customer tells the code of his ticket instead of signing; five wrong ones are the last."""
    return await prove_by_code(connection, number, body, actor=actor, now=now)
