"""How the figures went: charts, each with the table that it is drawn from."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, show
from app.services.kpi.trends import Of, Step, trends
from app.services.tickets.search import service_points

router = Routes(prefix=f"{CONSOLE}/trends", include_in_schema=False)

_STEPS = {"day": "按日", "week": "按周", "month": "按月"}
_OF = {"service-points": "按客户所属网点", "teams": "按工程师班组"}


@router.get("")
async def trend_page(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    step: Step = "day",
    of: Of = "service-points",
    point: Annotated[str, Query(pattern=r"^$|^[0-9a-f-]{36}$")] = "",
) -> HTMLResponse:
    found = await trends(connection, step, of, point, actor=actor, now=now)
    return show(
        "trends",
        actor,
        found=found,
        step=step,
        steps=_STEPS,
        of=of,
        kinds=_OF,
        point=point,
        points=await service_points(connection, actor.points),
    )
