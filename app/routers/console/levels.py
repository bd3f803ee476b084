"""How the house keeps its word: what is open and late, which clocks warned, who urges, which promises were kept."""

from fastapi.responses import HTMLResponse

from app.domain.period import Period
from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, show
from app.services.promises.figures import report_promises
from app.services.service_levels.wall import read_wall
from app.services.urgings.worklist import open_urgings

router = Routes(prefix=f"{CONSOLE}/levels", include_in_schema=False)


@router.get("")
async def level_wall(actor: AtDesk, connection: ReaderDep, now: Now) -> HTMLResponse:
    """Promises are those of this month."""
    urgings = await open_urgings(connection, actor=actor, cursor=None, limit=20, now=now)
    return show(
        "levels",
        actor,
        wall=await read_wall(connection, actor, now),
        promises=(await report_promises(connection, Period.month_of(now), actor=actor, now=now)).items,
        urgings=urgings.items,
        now=now,
    )
