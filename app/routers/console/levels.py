"""The wall of service levels."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from app.clock import Now
from app.db import ReaderDep
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, show
from app.services.service_levels.wall import read_wall

router = APIRouter(prefix=f"{CONSOLE}/levels", include_in_schema=False)


@router.get("")
async def level_wall(actor: AtDesk, connection: ReaderDep, now: Now) -> HTMLResponse:
    return show("levels", actor, wall=await read_wall(connection, now), now=now)
