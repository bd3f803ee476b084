"""What customers were promised, and how much of it was kept."""

from fastapi import Depends

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, require, require_of_ticket
from app.routers.kpi import PeriodDep
from app.routers.tickets import Number
from app.schemas.promises import PromiseReport, TicketPromisesOut
from app.services.promises.figures import report_promises
from app.services.promises.history import promises_of

router = Routes(prefix="/api/v1", tags=["promises"])

MANAGERS = Depends(require(Role.MANAGER, Role.ADMIN))
STAFF_OF_TICKET = Depends(require_of_ticket(Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN))


@router.get("/tickets/{number}/promises", dependencies=[STAFF_OF_TICKET])
async def read_promises(
    number: Number, actor: ActorDep, connection: ReaderDep, now: Now
) -> TicketPromisesOut:
    """Every time that the customer was told, with the reason and how it was reckoned. He himself reads the last one on
    his ticket, and each change on its timeline."""
    return await promises_of(connection, number, actor=actor, now=now)


@router.get("/kpi/promises", dependencies=[MANAGERS])
async def read_promise_figures(
    actor: ActorDep, connection: ReaderDep, now: Now, period: PeriodDep
) -> PromiseReport:
    """The share of promises kept in a ``month`` or a ``quarter``: the first one of each step, and the last."""
    return await report_promises(connection, period, actor=actor, now=now)
