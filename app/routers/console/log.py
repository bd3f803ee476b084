"""Who did what to what, when and from where: sign-ins, looks at numbers, exports, and the forms of the desk."""

from datetime import date
from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from app.edge.given import ReaderDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import MENU, ManagerAtDesk, show
from app.services.audit.read import Kind, Wanted, read_log

router = Routes(prefix=f"{CONSOLE}/log", include_in_schema=False)

_VIEWS = {
    "all": "全部",
    "sign_ins": "登录",
    "desk": "后台操作",
    "looks": "查看电话",
    "exports": "导出",
    "staff": "账号",
}
_ROOMS = {key: words for key, words, *_ in MENU}


@router.get("")
async def log_page(
    actor: ManagerAtDesk,
    connection: ReaderDep,
    view: Kind = "all",
    q: Annotated[str, Query(max_length=60)] = "",
    day: Annotated[str, Query(pattern=r"^$|^20\d\d-\d\d-\d\d$")] = "",
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> HTMLResponse:
    """A manager of some service points sees what their people did."""
    wanted = Wanted(view, q, _day(day), before)
    found = await read_log(connection, wanted, actor=actor)
    return show("log", actor, found=found, view=view, views=_VIEWS, q=q, day=day, room=_room)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        return None


def _room(path: str) -> str:
    """``/console/prices/3/publish`` is in the room 价目; what is no address of ours stays as it is."""
    parts = path.split("/")
    return _ROOMS.get(parts[2], "") if path.startswith(f"{CONSOLE}/") else ""
