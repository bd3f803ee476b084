"""The telephone: who is calling. To report for him is POST /api/v1/tickets, as for everybody."""

from typing import Annotated

from fastapi import Depends

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import require
from app.schemas.hotline import CallerIn, CallersOut
from app.services.hotline.caller import look_up_caller

router = Routes(prefix="/api/v1/hotline", tags=["hotline"])

DeskDep = Annotated[Actor, Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))]


@router.post("/caller-lookups")
async def create_caller_lookup(body: CallerIn, desk: DeskDep, connection: WriterDep, now: Now) -> CallersOut:
    """His tickets, history and appliances. The number is in the body, so that no log of addresses has it; each look
    is logged."""
    return await look_up_caller(connection, body.phone, actor=desk, now=now)
