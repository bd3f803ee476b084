"""After a report: its number, what happens next, and what the customer can do about it at once."""

from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.lifecycle import Event
from app.edge.given import Now, ReaderDep, StatementDep, WriterDep
from app.edge.routes import Routes
from app.pages.render import HEADERS, page
from app.routers.consents import RegistryDep
from app.routers.dependencies import (
    ActorDep,
    DoorsDep,
    OpenDoorsDep,
    PhotoUrlsDep,
    SettingsDep,
    current_actor,
)
from app.routers.h5.shell import OWNER, back_to
from app.routers.tickets import Number
from app.schemas.transitions import Merge
from app.services.consents.report import list_consents
from app.services.customers.follows import follows
from app.services.doors.follow_code import FollowCode
from app.services.doors.short_links import short_link_for_ticket
from app.services.incidents.read import known_to
from app.services.tickets.load import load
from app.services.tickets.present import present
from app.services.tickets.similar import find_similar
from app.services.tickets.transition import transition

router = Routes(prefix="/h5", include_in_schema=False)


@router.get("/tickets/{number}/submitted", dependencies=[OWNER])
async def submitted_page(
    number: Number,
    actor: ActorDep,
    connection: ReaderDep,
    urls: PhotoUrlsDep,
    doors: DoorsDep,
    registry: RegistryDep,
    now: Now,
) -> HTMLResponse:
    s = await load(connection, number, actor)
    ticket = present(s, actor, now, urls.signer(now))
    consents = await list_consents(connection, registry, actor)
    return page(
        "submitted",
        ticket=ticket,
        known=await known_to(connection, s.id, now) or ticket["known_fault"],
        similar=await find_similar(connection, number, actor=actor, now=now),
        may_follow=doors is not None and not await follows(connection, actor, doors.official_appid),
        may_subscribe=any(each.ask and not each.always and not each.left for each in consents),
    )


@router.post("/tickets/{number}/join", dependencies=[OWNER])
async def join_on_page(
    number: Number,
    actor: ActorDep,
    connection: StatementDep,
    now: Now,
    version: Annotated[int, Form(ge=1, le=2**31)],
    into: Annotated[str, Form(max_length=40, pattern=r"^[0-9A-Za-z]+$")],
) -> RedirectResponse:
    """It was said before: this report joins the earlier one, words and photos with it."""
    await transition(
        connection, number, Merge(event=Event.MERGE, version=version, into=into), actor=actor, now=now
    )
    return back_to(into, "joined")


@router.post("/tickets/{number}/notices", dependencies=[OWNER])
async def subscribe_on_page(
    number: Number, actor: ActorDep, connection: WriterDep, settings: SettingsDep, now: Now
) -> RedirectResponse:
    """Into the mini-program, which alone may ask for the consent; to the ticket's page where there is none."""
    await load(connection, number, actor)
    link = await short_link_for_ticket(
        connection,
        number,
        page=settings.mini_ticket_page,
        public_base_url=settings.public_base_url,
        now=now,
    )
    return RedirectResponse(link, status_code=303, headers=HEADERS)


@router.get("/follow.svg", dependencies=[Depends(current_actor)])
async def follow_code(doors: OpenDoorsDep, request: Request) -> Response:
    """Asked for by the page, so that the page itself waits for nobody."""
    code: FollowCode = request.app.state.follow_code
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Response(await code.svg(doors), media_type="image/svg+xml", headers=headers)
