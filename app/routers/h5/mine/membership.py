"""我的会员: the level, what is missing to the next one, and every point with why it came."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.pages.render import page
from app.routers.h5.mine.shell import CustomerDep
from app.services.membership.look import membership_of

router = Routes(prefix="/h5/membership", include_in_schema=False)


@router.get("")
async def my_membership(
    actor: CustomerDep,
    connection: ReaderDep,
    now: Now,
    cursor: Annotated[str | None, Query(max_length=60)] = None,
) -> HTMLResponse:
    has = await membership_of(connection, actor.id, now=now, cursor=cursor)
    return page("mine/membership", has=has, further=cursor is not None)
