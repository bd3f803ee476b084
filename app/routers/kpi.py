"""What ratings, visits, calls and complaints say of a month or a quarter; and appeals against what counts."""

from typing import Annotated

from fastapi import Depends, Path, Query
from pydantic import AfterValidator

from app.domain.lifecycle import Role
from app.domain.period import Period
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.models.aftercare import AppealState
from app.routers.dependencies import ActorDep, IdempotencyKey, require
from app.schemas.kpi import (
    AgentReport,
    AppealDecisionIn,
    AppealIn,
    AppealOut,
    AppealPage,
    KpiReport,
    PointReport,
)
from app.services.idempotency import Once, fingerprint
from app.services.kpi.appeals import decide_appeal, file_appeal, list_appeals
from app.services.kpi.desk import report_agents
from app.services.kpi.report import report, report_points, report_teams

router = Routes(prefix="/api/v1/kpi", tags=["kpi"])

STAFF = Depends(require(Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN, Role.CONTRACTOR))
DESK = Depends(require(Role.AGENT, Role.MANAGER, Role.ADMIN))
JUDGED = Depends(require(Role.ENGINEER, Role.MANAGER, Role.ADMIN))
ENGINEER = Depends(require(Role.ENGINEER))
ANSWERABLE = Depends(require(Role.MANAGER, Role.ADMIN))
AppealId = Annotated[int, Path(ge=1, lt=2**63)]


def _is_period(value: str) -> str:
    Period.read(value)
    return value


MonthText = Annotated[
    str, Query(alias="month", description="2026-11", pattern=r"^\d{4}-\d\d$"), AfterValidator(_is_period)
]
QuarterText = Annotated[
    str, Query(alias="quarter", description="2026-Q4", pattern=r"^\d{4}-Q\d$"), AfterValidator(_is_period)
]


async def asked_period(
    now: Now, month: MonthText | None = None, quarter: QuarterText | None = None
) -> Period:
    """The quarter if one is named, else the month, else the current one."""
    named = quarter or month
    return Period.read(named) if named else Period.month_of(now)


PeriodDep = Annotated[Period, Depends(asked_period)]


@router.get("/engineers", dependencies=[STAFF])
async def read_engineer_kpis(
    actor: ActorDep,
    connection: ReaderDep,
    now: Now,
    period: PeriodDep,
    engineer_id: Annotated[str | None, Query(max_length=40)] = None,
) -> KpiReport:
    """Every engineer's figures of a ``month`` or a ``quarter``; an engineer sees his own, a contractor's dispatcher
    those of its engineers. Without either, the current month."""
    return await report(connection, period, actor=actor, now=now, engineer_id=engineer_id)


@router.get("/teams", dependencies=[DESK])
async def read_team_kpis(actor: ActorDep, connection: ReaderDep, now: Now, period: PeriodDep) -> PointReport:
    """What the engineers of each branch did, wherever it was."""
    return await report_teams(connection, period, actor=actor, now=now)


@router.get("/service-points", dependencies=[DESK])
async def read_point_kpis(actor: ActorDep, connection: ReaderDep, now: Now, period: PeriodDep) -> PointReport:
    """What was done for the customers of each branch, by whomever."""
    return await report_points(connection, period, actor=actor, now=now)


@router.get("/agents", dependencies=[DESK])
async def read_agent_kpis(actor: ActorDep, connection: ReaderDep, period: PeriodDep) -> AgentReport:
    """Calls after the work, complaints, what was solved from afar; an agent sees his own."""
    return await report_agents(connection, period, actor=actor)


@router.get("/appeals", dependencies=[JUDGED])
async def read_appeals(
    actor: ActorDep,
    connection: ReaderDep,
    state: AppealState | None = None,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> AppealPage:
    """Newest first; an engineer sees his own."""
    return await list_appeals(connection, actor=actor, state=state, cursor=cursor, limit=limit)


@router.post("/appeals", status_code=201, dependencies=[ENGINEER])
async def create_appeal(
    body: AppealIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> AppealOut:
    """Ask that a job be left out of one figure of mine, with the reason."""
    once = Once("kpi-appeals", actor, idempotency_key, fingerprint(body))
    return await file_appeal(connection, body, once=once, now=now)


@router.post("/appeals/{appeal_id}/decide", dependencies=[ANSWERABLE])
async def decide_one_appeal(
    appeal_id: AppealId, body: AppealDecisionIn, actor: ActorDep, connection: WriterDep, now: Now
) -> AppealOut:
    """Once, with the reason: what is upheld is left out of the figure from then on, and stands among the excluded."""
    return await decide_appeal(connection, appeal_id, body, actor=actor, now=now)
