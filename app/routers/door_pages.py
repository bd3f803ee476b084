"""Pages behind the codes that people scan, and the short links of text messages."""

from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.errors import Unauthenticated
from app.pages.render import HEADERS, page
from app.routers.dependencies import (
    Bearer,
    DoorsDep,
    SessionsDep,
    current_actor,
)
from app.services.doors.badge import check_badge
from app.services.doors.point import read_point
from app.services.doors.scenes import find_scene
from app.services.doors.short_links import follow

router = Routes(include_in_schema=False)

SceneName = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{8,32}$")]
Code = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{6,20}$")]


async def visitor(request: Request, bearer: Bearer) -> Actor | None:
    """Whoever looks at a page that anybody may see; None when he is not signed in."""
    try:
        return await current_actor(request, bearer)
    except Unauthenticated:
        return None


VisitorDep = Annotated[Actor | None, Depends(visitor)]


@router.get("/h5/badge/{scene}")
async def badge_page(scene: SceneName, who: VisitorDep, connection: ReaderDep, now: Now) -> HTMLResponse:
    """Is this our engineer, on duty, and the one of my ticket?"""
    badge = await check_badge(connection, await find_scene(connection, scene, now), who, now)
    is_customer = who is not None and who.role is Role.CUSTOMER
    return page("badge", badge=badge, scene=scene, signed_in=who is not None, is_customer=is_customer)


@router.get("/h5/points/{scene}")
async def point_page(scene: SceneName, connection: ReaderDep, now: Now) -> HTMLResponse:
    return page("point", point=await read_point(connection, await find_scene(connection, scene, now)))


@router.get("/s/{code}")
async def follow_link(code: Code, sessions: SessionsDep, doors: DoorsDep, now: Now) -> RedirectResponse:
    """Into the mini-program, by a link of WeChat's that is made now; to the page on this host when it cannot be."""
    return RedirectResponse(await follow(sessions, doors, code, now=now), status_code=302, headers=HEADERS)
