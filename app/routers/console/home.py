"""What needs me now."""

from fastapi.responses import HTMLResponse

from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, show
from app.services.operations.today import waiting_for
from app.services.second_factor.demand import is_invited

router = Routes(prefix=f"{CONSOLE}/home", include_in_schema=False)


@router.get("")
async def home(actor: AtDesk, connection: ReaderDep, now: Now) -> HTMLResponse:
    return show(
        "home",
        actor,
        waiting=await waiting_for(connection, actor, now),
        invited=await is_invited(connection, actor),
        now=now,
    )
