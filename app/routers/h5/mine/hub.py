"""我的: everything that is the customer's own, one tap away; and the service points, which anybody may read."""

from fastapi.responses import HTMLResponse

from app.db import driver
from app.edge.given import Now, ReaderDep, SessionDep
from app.edge.routes import Routes
from app.pages.render import page
from app.routers.h5.mine.shell import CustomerDep
from app.services.assets.list_assets import list_assets
from app.services.customers.me import about_me
from app.services.doors.point import list_points
from app.services.households.read import list_households
from app.services.inbox.read import count_unread
from app.services.membership.look import standing_of

router = Routes(prefix="/h5", include_in_schema=False)


@router.get("/me")
async def my_own(actor: CustomerDep, session: SessionDep, now: Now) -> HTMLResponse:
    connection = await driver(session)
    return page(
        "mine/hub",
        me=await about_me(connection, actor),
        appliances=await list_assets(session, actor=actor, now=now),
        households=await list_households(connection, actor=actor),
        member=await standing_of(connection, actor.id, now),
        unread=await count_unread(connection, actor),
    )


@router.get("/points")
async def service_points(connection: ReaderDep) -> HTMLResponse:
    return page("mine/points", points=await list_points(connection))
