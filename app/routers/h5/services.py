"""My services: what I asked for, the newest first."""

from fastapi.responses import HTMLResponse

from app.edge.given import ReaderDep
from app.edge.routes import Routes
from app.pages.render import page
from app.routers.dependencies import ActorDep
from app.schemas.tickets import TicketSummary
from app.services.inbox.read import count_unread
from app.services.tickets.list_tickets import Page, list_tickets

router = Routes(prefix="/h5", include_in_schema=False)


@router.get("/")
async def my_services(actor: ActorDep, connection: ReaderDep) -> HTMLResponse:
    found = await list_tickets(connection, actor, Page(limit=50))
    items = [TicketSummary.model_validate_json(item) for item in found.items]
    return page("tickets", items=items, unread=await count_unread(connection, actor))
