"""The dispatcher's board: each engineer's day as a row of visits, and what nobody has."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse

from app.clock import Now
from app.db import ReaderDep, WriterDep
from app.domain.situation import PRIORITY_LABELS, Priority
from app.domain.zone import ZONE
from app.errors import NotFound
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, ManagerAtDesk, back, show
from app.schemas.plans import BoardEngineer, BoardVisit
from app.services.plans.board import read_board, read_reports
from app.services.plans.request import ask_for_plan
from app.services.tickets.search import service_points

router = APIRouter(prefix=f"{CONSOLE}/dispatch", include_in_schema=False)

# The board shows these hours of the day; what lies outside is at its edge.
_FIRST, _HOURS = 7, 15
_RISKS = {"on_time": "按时", "tight": "时间紧", "late": "会迟到"}


@router.get("")
async def board(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    point: Annotated[str, Query(pattern=r"^$|^[0-9a-f-]{36}$")] = "",
    day: Annotated[date | None, Query()] = None,
    said: str = "",
) -> HTMLResponse:
    points = await service_points(connection, actor.points)
    if not points:
        raise NotFound("还没有服务网点，请先建立网点。")
    at, chosen = day or now.astimezone(ZONE).date(), point or points[0][0]
    found = await read_board(connection, UUID(chosen), at, actor=actor, now=now)
    return show(
        "dispatch",
        actor,
        said=said,
        board=found,
        lanes=[(each, _load(each), _blocks(each, at)) for each in found.engineers],
        hours=range(_FIRST, _FIRST + _HOURS + 1),
        risks=_RISKS,
        priorities={each.value: PRIORITY_LABELS[each] for each in Priority},
        plans=(await read_reports(connection, UUID(chosen), at, actor=actor)).items[:5],
        points=points,
        point=chosen,
        day=at,
    )


@router.post("/plans")
async def plan_anew(
    actor: ManagerAtDesk,
    connection: WriterDep,
    now: Now,
    point: Annotated[UUID, Form()],
    day: Annotated[date, Form()],
) -> RedirectResponse:
    await ask_for_plan(connection, point, day, actor=actor, now=now)
    return back("dispatch", "changed")


def _load(engineer: BoardEngineer) -> int:
    """In percent, of all his spans of the day."""
    seconds = [(span.end - span.start).total_seconds() for span in engineer.spans]
    taken = sum(span.load * length for span, length in zip(engineer.spans, seconds, strict=True))
    return round(100 * taken / max(1.0, sum(seconds)))


def _blocks(engineer: BoardEngineer, day: date) -> list[tuple[BoardVisit, int]]:
    """Each visit with its column on the board: quarters of an hour from its left edge."""
    visits = sorted((v for span in engineer.spans for v in span.visits), key=lambda v: v.expected_at)
    return [(visit, _column(visit.expected_at, day)) for visit in visits]


def _column(at: datetime, day: date) -> int:
    left = datetime(day.year, day.month, day.day, _FIRST, tzinfo=ZONE)
    quarters = int((at - left).total_seconds() // 900)
    return min(max(quarters, 0), _HOURS * 4 - 1)
