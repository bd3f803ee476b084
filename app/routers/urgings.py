"""Customers who asked where things are: who has no answer yet, and how many had theirs in time."""

from typing import Annotated

from fastapi import Depends, Query

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, IdempotencyKey, require, require_of_ticket
from app.routers.kpi import PeriodDep
from app.routers.tickets import Number
from app.schemas.urgings import AnswerIn, AnswerOut, OpenUrgingPage, UrgingReport
from app.services.idempotency import Once, fingerprint
from app.services.urgings.answer import answer_urging
from app.services.urgings.figures import report_urgings
from app.services.urgings.worklist import open_urgings

router = Routes(prefix="/api/v1", tags=["urgings"])

ANSWERERS = Depends(require(Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN))
OF_TICKET = Depends(require_of_ticket(Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN))
MANAGERS = Depends(require(Role.MANAGER, Role.ADMIN))


@router.get("/urgings", dependencies=[ANSWERERS])
async def read_open_urgings(
    actor: ActorDep,
    connection: ReaderDep,
    now: Now,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> OpenUrgingPage:
    """Those that wait for an answer, the most pressing first; an engineer sees those of his jobs."""
    return await open_urgings(connection, actor=actor, cursor=cursor, limit=limit, now=now)


@router.post("/tickets/{number}/urgings/answer", status_code=201, dependencies=[OF_TICKET])
async def create_answer(
    number: Number,
    body: AnswerIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> AnswerOut:
    """Tell the customer who urged; a message or the next step of the job answers him as well."""
    once = Once("urging-answers", actor, idempotency_key, fingerprint(body, number))
    return await answer_urging(connection, number, body, once=once, now=now)


@router.get("/kpi/urgings", dependencies=[MANAGERS])
async def read_urging_figures(connection: ReaderDep, now: Now, period: PeriodDep) -> UrgingReport:
    """The share of urgings answered in time, of each engineer and of each desk."""
    return await report_urgings(connection, period, now=now)
