"""What a customer does on the page of his ticket: rate, urge, write."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from app.clock import Now
from app.db import SessionDep, driver
from app.domain.conversation.words import LONGEST
from app.errors import InvalidInput
from app.routers.dependencies import ActorDep, PhotoUrlsDep, SettingsDep
from app.routers.h5.shell import OWNER, back_to
from app.routers.tickets import Number
from app.schemas.conversations import MessageIn
from app.schemas.tickets import RatingIn, UrgingIn
from app.services.conversations.write import write_message
from app.services.idempotency import Once, fingerprint
from app.services.ratings.rate import rate_ticket
from app.services.urgings.urge import urge

router = APIRouter(prefix="/h5", include_in_schema=False)

Stars = Annotated[int, Form(ge=1, le=5)]


@router.post("/tickets/{number}/rating", dependencies=[OWNER])
async def rate_on_page(
    number: Number,
    actor: ActorDep,
    session: SessionDep,
    now: Now,
    attitude: Stars,
    expertise: Stars,
    timeliness: Stars,
    conduct: Stars,
    comment: Annotated[str, Form(max_length=200)] = "",
) -> RedirectResponse:
    scores = RatingIn(
        attitude=attitude, expertise=expertise, timeliness=timeliness, conduct=conduct, comment=comment
    )
    await rate_ticket(await driver(session), number, scores, actor=actor, now=now)
    return back_to(number, "rated")


@router.post("/tickets/{number}/urgings", dependencies=[OWNER])
async def urge_on_page(
    number: Number, actor: ActorDep, session: SessionDep, settings: SettingsDep, now: Now
) -> RedirectResponse:
    once = Once("urgings", actor, None, b"")
    cooldown = settings.urging_cooldown
    await urge(await driver(session), number, UrgingIn(), once=once, now=now, cooldown=cooldown)
    return back_to(number, "urged")


@router.post("/tickets/{number}/messages", dependencies=[OWNER])
async def write_on_page(
    number: Number,
    actor: ActorDep,
    session: SessionDep,
    urls: PhotoUrlsDep,
    now: Now,
    text: Annotated[str, Form(min_length=1, max_length=LONGEST)],
    key: Annotated[str | None, Form(max_length=64, pattern=r"^[\x21-\x7e]+$")] = None,
) -> RedirectResponse:
    try:
        body = MessageIn(text=text)
    except ValidationError as error:
        raise InvalidInput.at("body.text", "请输入要说的话。", "missing") from error
    # A thumb that taps twice sends the same key twice.
    once = Once("messages", actor, key, fingerprint(body, number))
    await write_message(await driver(session), number, body, once=once, sign_url=urls.signer(now), now=now)
    return back_to(number, "sent")
