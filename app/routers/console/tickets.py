"""All tickets, as the desk needs them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse

from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, show
from app.services.tickets.search import VIEW_LABELS, View, Wanted, search, service_points

router = Routes(prefix=f"{CONSOLE}/tickets", include_in_schema=False)


@router.get("")
async def ticket_list(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    view: View = View.OPEN,
    q: Annotated[str, Query(max_length=60)] = "",
    point: Annotated[str, Query(pattern=r"^$|^[0-9a-f-]{36}$")] = "",
    page: Annotated[int, Query(ge=1, le=200)] = 1,
) -> HTMLResponse:
    """Words are looked for among all tickets unless a view is chosen beside them."""
    wanted = Wanted(view, q, UUID(point) if point else None, actor.points, page)
    found = await search(connection, wanted, now=now)
    return show(
        "tickets",
        actor,
        found=found,
        views=VIEW_LABELS,
        wanted=wanted,
        point=point,
        points=await service_points(connection, actor.points),
    )
