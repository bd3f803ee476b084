"""Who sits at the desk, and what the rules have given him."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.routing.choice import Presence
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, back, show
from app.schemas.routing import Whose
from app.services.routing.desk import be_present, queue

router = Routes(prefix=f"{CONSOLE}/queue", include_in_schema=False)

_VIEWS = {"mine": "分给我的", "waiting": "班组里等待的"}
_PRESENCE = {Presence.ONLINE: "在岗，可接新工单", Presence.BUSY: "在忙，暂不接新", Presence.OFFLINE: "离开"}


@router.get("")
async def my_queue(
    actor: AtDesk, connection: ReaderDep, view: Whose = "mine", said: str = ""
) -> HTMLResponse:
    found = await queue(connection, view, actor=actor)
    return show("queue", actor, said=said, found=found, view=view, views=_VIEWS, presence=_PRESENCE)


@router.post("/presence")
async def choose_presence(
    actor: AtDesk, connection: WriterDep, now: Now, presence: Annotated[Presence, Form()]
) -> RedirectResponse:
    await be_present(connection, presence, actor=actor, now=now)
    return back("queue", "changed")


@router.put("/presence", status_code=204)
async def still_here(
    actor: AtDesk, connection: WriterDep, now: Now, presence: Annotated[Presence, Form()]
) -> Response:
    """The page says so by itself, each minute that somebody has it before him."""
    await be_present(connection, presence, actor=actor, now=now)
    return Response(status_code=204)
