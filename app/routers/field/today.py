"""An engineer's day as a list: what is offered, where to go next, what waits for an appointment."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from app.clock import Now
from app.db import ReaderDep
from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.pages.problem import FIELD
from app.pages.render import page
from app.routers.dependencies import require
from app.services.visits.my_day import my_day

router = APIRouter(prefix=FIELD, include_in_schema=False)

EngineerDep = Annotated[Actor, Depends(require(Role.ENGINEER))]


@router.get("")
async def today(actor: EngineerDep, connection: ReaderDep, now: Now) -> HTMLResponse:
    return page("field/today", who=actor, day=await my_day(connection, actor.id, now), now=now, said="")
