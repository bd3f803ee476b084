"""What shows how a job was done: its checklist, what was taken before and after, and taking back a mistake."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from app.clock import Now
from app.db import ReaderDep, WriterDep
from app.domain.lifecycle import Role
from app.routers.dependencies import ActorDep, PhotoUrlsDep, require_of_ticket
from app.routers.tickets import Number
from app.schemas.evidence import CheckIn, ChecklistOut, EvidenceOut, WithdrawIn
from app.services.evidence.checklist import note_check, read_checklist
from app.services.evidence.show import show_evidence
from app.services.evidence.withdraw import withdraw

router = APIRouter(prefix="/api/v1/tickets/{number}", tags=["evidence"])

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
