"""The lists of the console for a spreadsheet: what its pages show to managers, with the same filters."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import StreamingResponse

from app.domain.period import Period
from app.domain.zone import ZONE
from app.edge.given import Now, WriterDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.pages.render import HEADERS
from app.routers.console.shell import ManagerAtDesk
from app.routers.dependencies import NetworkDep
from app.services.exports.lists import Asked, Listed, table_of
from app.services.exports.workbook import MEDIA_TYPE, workbook
from app.services.tickets.search import View, Wanted

router = Routes(prefix=f"{CONSOLE}/exports", include_in_schema=False)


@router.get("/{listed}.xlsx")
async def export(
    listed: Listed,
    actor: ManagerAtDesk,
    connection: WriterDep,
    network: NetworkDep,
    now: Now,
    view: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=60)] = "",
    point: Annotated[str, Query(pattern=r"^$|^[0-9a-f-]{36}$")] = "",
    month: Annotated[str, Query(pattern=r"^$|^20\d\d-(0[1-9]|1[0-2])$")] = "",
) -> StreamingResponse:
    """At most five thousand rows, with numbers masked as on the page; each export is written down."""
    seen = View(view) if listed == "tickets" and view in set(View) else View.OPEN
    wanted = Wanted(seen, q, UUID(point) if point else None, actor.points)
    asked = Asked(listed, wanted, view, Period.read(month) if month else None)
    table = await table_of(connection, asked, actor=actor, network=network, now=now)
    name = f"huixiang-{listed}-{now.astimezone(ZONE):%Y%m%d-%H%M}.xlsx"
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(workbook(table.head, table.rows), media_type=MEDIA_TYPE, headers=headers)
