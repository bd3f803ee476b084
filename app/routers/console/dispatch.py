"""The dispatcher's board: each engineer's day as a row of visits, and what nobody has."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from app.domain.actor import Actor
from app.domain.lifecycle import VIEWS
from app.domain.situation import PRIORITY_LABELS, SERVICE_LABELS, Priority
from app.domain.zone import ZONE
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.errors import NotFound
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, ManagerAtDesk, back, show
from app.routers.forms import typed_in, whole
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.plans import BoardEngineer, BoardVisit
from app.services.dispatch.assign import assign
from app.services.dispatch.weigh import weigh
from app.services.plans.board import read_board, read_reports
from app.services.plans.request import ask_for_plan
from app.services.plans.whereabouts import whereabouts
from app.services.tickets.search import service_points


class Asked(BaseModel):
    """Which day of which point, and the ticket that is being given, ``to`` the engineer on whom it was dropped."""

    point: Annotated[str, Field(pattern=r"^$|^[0-9a-f-]{36}$")] = ""
    day: date | None = None
    ticket: Annotated[str, Field(pattern=r"^$|^HX[0-9A-Z]{6,20}$")] = ""
    to: Annotated[str, Field(pattern=r"^$|^[0-9a-f-]{36}$")] = ""


router = Routes(prefix=f"{CONSOLE}/dispatch", include_in_schema=False)

# The board shows these hours of the day; what lies outside is at its edge.
_FIRST, _HOURS = 7, 15
_RISKS = {"on_time": "按时", "tight": "时间紧", "late": "会迟到"}


@router.get("")
async def board(
    actor: AtDesk, connection: ReaderDep, now: Now, asked: Annotated[Asked, Query()], said: str = ""
) -> HTMLResponse:
    return await _board(connection, asked, actor, now, said=said)


@router.post("/assign")
async def give(
    request: Request,
    actor: AtDesk,
    connection: WriterDep,
    now: Now,
    engineer_id: Annotated[UUID, Form()],
    version: Annotated[int, Form(ge=1, le=2**31)],
    asked: Annotated[Asked, Query()],
) -> Response:
    """Then the next one that nobody has is there to be given."""
    typed = await typed_in(request)
    reason = typed.get("reason", "").strip()
    try:
        async with whole(connection):
            await assign(
                connection,
                asked.ticket,
                engineer_id,
                version=version,
                reason=reason[:200],
                actor=actor,
                now=now,
            )
    except MENDABLE_AT_DESK as problem:
        refused = refusal("assign", typed, problem)
        return await _board(connection, asked, actor, now, refused=refused)
    point, day = await _where(connection, asked, actor, now)
    left = await read_board(connection, UUID(point), day, actor=actor, now=now)
    following = next((each.number for each in left.unassigned if each.offered_to is None), "")
    return back(f"dispatch?point={point}&day={day.isoformat()}&ticket={following}", "assigned")


@router.post("/plans")
async def plan_anew(
    actor: ManagerAtDesk,
    connection: WriterDep,
    now: Now,
    point: Annotated[UUID, Form()],
    day: Annotated[date, Form()],
) -> RedirectResponse:
    await ask_for_plan(connection, point, day, actor=actor, now=now)
    return back(f"dispatch?point={point}&day={day.isoformat()}", "changed")


async def _where(
    connection: asyncpg.Connection, asked: Asked, actor: Actor, now: datetime
) -> tuple[str, date]:
    """Errors: not_found, where there is no service point at all."""
    points = await service_points(connection, actor.points)
    if not points:
        raise NotFound("还没有服务网点，请先建立网点。")
    return asked.point or points[0][0], asked.day or now.astimezone(ZONE).date()


async def _board(
    connection: asyncpg.Connection,
    asked: Asked,
    actor: Actor,
    now: datetime,
    *,
    said: str = "",
    refused: Refused = NOTHING,
) -> HTMLResponse:
    point, day = await _where(connection, asked, actor, now)
    found = await read_board(connection, UUID(point), day, actor=actor, now=now)
    return show(
        "dispatch",
        actor,
        said=said,
        board=found,
        lanes=[(each, _load(each), _blocks(each, day)) for each in found.engineers],
        hours=range(_FIRST, _FIRST + _HOURS + 1),
        risks=_RISKS,
        priorities={each.value: PRIORITY_LABELS[each] for each in Priority},
        plans=(await read_reports(connection, UUID(point), day, actor=actor)).items[:5],
        points=await service_points(connection, actor.points),
        point=point,
        day=day,
        where=await whereabouts(connection, point),
        weighed=await weigh(connection, asked.ticket, actor=actor, now=now) if asked.ticket else None,
        to=asked.to,
        here_url=f"point={point}&day={day.isoformat()}",
        states=VIEWS,
        services=SERVICE_LABELS,
        refused=refused,
    )


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
