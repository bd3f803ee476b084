"""An engineer's day as a list: what is offered, where to go next, what waits for an appointment."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.parts import PlaceKind
from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.pages.problem import FIELD
from app.pages.render import page
from app.routers.dependencies import SettingsDep, require
from app.services.stock.read import read_stock
from app.services.visits.my_day import my_day

router = Routes(prefix=FIELD, include_in_schema=False)

EngineerDep = Annotated[Actor, Depends(require(Role.ENGINEER))]


@router.get("")
async def today(actor: EngineerDep, connection: ReaderDep, settings: SettingsDep, now: Now) -> HTMLResponse:
    day = await my_day(connection, actor.id, now)
    return page("field/today", who=actor, day=day, map_link=settings.map_link, now=now, said="")


@router.get("/van")
async def van(actor: EngineerDep, connection: ReaderDep) -> HTMLResponse:
    """What he carries, and which old parts he has yet to bring back; the service point books them in."""
    stock = await read_stock(connection, PlaceKind.VAN, actor.id, actor=actor)
    return page("field/van", who=actor, items=stock.items, said="")
