"""What a customer does on the page of his ticket. A form that cannot be carried out comes back with what was typed."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import Response
from pydantic import ValidationError

from app.domain.conversation.words import LONGEST
from app.domain.lifecycle import Event
from app.edge.given import Now, WriterDep
from app.edge.routes import Routes
from app.errors import Conflict, NotFound, TooManyRequests
from app.routers.dependencies import ActorDep, PhotoUrlsDep, SessionsDep, SettingsDep, StoreDep
from app.routers.event_forms import takes_photos
from app.routers.event_steps import cause
from app.routers.forms import typed_in
from app.routers.h5.photos import Taken, shown, taken_in
from app.routers.h5.shell import OWNER, back_to
from app.routers.h5.ticket import SHOWN, screen
from app.routers.refused import NOTHING, Refused, refusal
from app.routers.tickets import Number
from app.schemas.conversations import MessageIn
from app.schemas.tickets import UrgingIn
from app.services.conversations.write import write_message
from app.services.idempotency import Once, fingerprint
from app.services.urgings.urge import urge

router = Routes(prefix="/h5/tickets/{number}", include_in_schema=False, dependencies=[OWNER])

_OURS = frozenset({"key", "photo"})
# Why a customer books another time is his own affair.
_WISH = {"reason_code": "customer_wish"}


@router.post("/events/{event}", form_limits={"max_files": 9, "max_fields": 40, "max_part_size": 16_384})
async def cause_on_page(
    number: Number,
    event: Event,
    request: Request,
    actor: ActorDep,
    sessions: SessionsDep,
    store: StoreDep,
    urls: PhotoUrlsDep,
    settings: SettingsDep,
    now: Now,
    version: Annotated[int, Form(ge=1, le=2**31)],
    key: Annotated[str, Form(max_length=64, pattern=r"^[\w-]*$")] = "",
) -> Response:
    """No connection waits for photos."""
    if event not in SHOWN:
        raise NotFound
    typed = {name: each for name, each in (await typed_in(request)).items() if name not in _OURS}
    taken = Taken()
    if takes_photos(event):
        form = await request.form()
        taken = await taken_in(form, sessions, store, actor=actor, key=key or number, now=now)
    said = typed | (_WISH if event is Event.REBOOK else {})
    refused = Refused(event, typed, dict(taken.errors)) if taken.errors else NOTHING
    async with request.app.state.database.writes.acquire() as connection:
        if not refused:
            photos = taken.photos if takes_photos(event) else None
            refused = await cause(
                connection, number, event, version, said, actor=actor, now=now, photos=photos
            )
        if not refused:
            return back_to(number, event)
        sign_url = urls.signer(now)
        return await screen(
            connection,
            number,
            actor,
            now,
            sign_url,
            cooldown=settings.urging_cooldown,
            refused=refused,
            photos=shown(taken.photos, sign_url, actor.id),
        )


@router.post("/urgings")
async def urge_on_page(
    number: Number,
    actor: ActorDep,
    connection: WriterDep,
    urls: PhotoUrlsDep,
    settings: SettingsDep,
    now: Now,
) -> Response:
    once, cooldown = Once("urgings", actor, None, b""), settings.urging_cooldown
    try:
        await urge(connection, number, UrgingIn(), once=once, now=now, cooldown=cooldown)
    except (TooManyRequests, Conflict) as problem:
        refused = refusal("urging", {}, problem, ())
        return await screen(
            connection, number, actor, now, urls.signer(now), cooldown=cooldown, refused=refused
        )
    return back_to(number, "urged")


@router.post("/messages")
async def write_on_page(
    number: Number,
    actor: ActorDep,
    connection: WriterDep,
    urls: PhotoUrlsDep,
    settings: SettingsDep,
    now: Now,
    text: Annotated[str, Form(max_length=4 * LONGEST)] = "",
    key: Annotated[str | None, Form(max_length=64, pattern=r"^[\x21-\x7e]+$")] = None,
) -> Response:
    sign_url = urls.signer(now)
    try:
        body = MessageIn(text=text)
    except ValidationError:
        said = f"最多 {LONGEST} 个字，请缩短。" if len(text) > LONGEST else "请输入要说的话。"
        return await screen(
            connection,
            number,
            actor,
            now,
            sign_url,
            cooldown=settings.urging_cooldown,
            refused=Refused("message", {"text": text}, {"text": said}),
        )
    # A thumb that taps twice sends the same key twice.
    once = Once("messages", actor, key, fingerprint(body, number))
    await write_message(connection, number, body, once=once, sign_url=sign_url, now=now)
    return back_to(number, "sent")
