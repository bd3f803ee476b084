"""The dispatcher's day: the board of a territory, and its plans."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, IdempotencyKey, require
from app.schemas.plans import BoardOut, PlanAsked, PlanIn, PlanReports
from app.services.idempotency import Once, fingerprint
from app.services.plans.board import read_board, read_reports
from app.services.plans.request import ask_for_plan

router = Routes(prefix="/api/v1/dispatch", tags=["dispatch"])

DESK = Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))
BOARD = Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN, Role.CONTRACTOR))
LEADS = Depends(require(Role.MANAGER, Role.ADMIN))
Point = Annotated[UUID, Query(alias="service_point_id")]
Day = Annotated[date, Query()]


@router.get("/board", dependencies=[BOARD])
async def get_board(point: Point, day: Day, actor: ActorDep, connection: ReaderDep, now: Now) -> BoardOut:
    """Who is where from now on, how full each span is, what is at risk, and what nobody has.

    A contractor's dispatcher sees its engineers, their visits, and what might go to one of them.
    """
    return await read_board(connection, point, day, actor=actor, now=now)


@router.get("/plans", dependencies=[DESK])
async def read_plans(point: Point, day: Day, actor: ActorDep, connection: ReaderDep) -> PlanReports:
    """What each plan of the day changed, and the minutes that it won.

    Not for a contractor's dispatcher, since a plan moves everybody's visits together: the board shows
    what came of it for his people.
    """
    return await read_reports(connection, point, day, actor=actor)


@router.post("/plans", status_code=202, dependencies=[LEADS])
async def create_plan(
    body: PlanIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> PlanAsked:
    """Plan a territory's day anew, now; the answer is among its plans a second later."""
    asked = PlanAsked(service_point_id=body.service_point_id, day=body.day)
    once = Once("plans", actor, idempotency_key, fingerprint(body))
    if await once.earlier(connection, now) is None:
        await ask_for_plan(connection, body.service_point_id, body.day, actor=actor, now=now)
        await once.keep(connection, asked.model_dump(mode="json"))
    return asked
