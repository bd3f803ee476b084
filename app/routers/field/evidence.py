"""What shows how the job was done: photos and videos, the checklist, and the customer's word at the end."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import asyncpg
from fastapi import Depends, Form, Path, UploadFile
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError

from app.domain.lifecycle import Role
from app.domain.situation import Purpose
from app.edge.routes import Routes
from app.errors import InvalidInput, Problem
from app.pages.problem import FIELD
from app.routers.dependencies import SessionsDep, StoreDep, require_of_ticket
from app.routers.event_forms import FormInvalid
from app.routers.field.acts import again, carried_out
from app.routers.field.sent import Act, ActDep
from app.routers.refused import MENDABLE, refusal
from app.schemas.evidence import CheckIn, CodeIn, SignatureIn, StrokeIn
from app.services.attachments.keep import keep
from app.services.attachments.upload import Said, upload
from app.services.attachments.videos import keep_video
from app.services.evidence.checklist import note_check
from app.services.evidence.prove import prove_by_code, sign
from app.services.tickets.once import Done

router = Routes(
    prefix=f"{FIELD}/tickets/{{number}}",
    include_in_schema=False,
    dependencies=[Depends(require_of_ticket(Role.ENGINEER))],
)

_STROKES: TypeAdapter[list[StrokeIn]] = TypeAdapter(list[StrokeIn])
Fen = Annotated[int, Form(ge=0, le=10_000_000)]
QuoteVersion = Annotated[int | None, Form(ge=1, le=2**31)]


@router.post("/photos", form_limits={"max_files": 1, "max_fields": 8, "max_part_size": 1024})
async def add_photo(
    file: UploadFile,
    act: ActDep,
    sessions: SessionsDep,
    store: StoreDep,
    purpose: Annotated[Purpose, Form()] = Purpose.BEFORE,
    item: Annotated[str, Form(max_length=40, pattern=r"^[a-z_]*$")] = "",
    latitude: Annotated[str, Form(max_length=30)] = "",
    longitude: Annotated[str, Form(max_length=30)] = "",
) -> Response:
    """A photo or a short video. One that comes late says when it was taken."""
    place = _place(latitude), _place(longitude)
    is_video = (file.content_type or "").startswith("video/")

    async def take() -> Done:
        await upload(
            sessions,
            store,
            actor=act.actor,
            content=file.file,
            purpose=purpose,
            ticket_number=act.number,
            key=act.key,
            now=act.now,
            said=Said(item, "", *place, act.done_at if act.queued else None),
            keeping=keep_video if is_video else keep,
        )
        return Done()

    return await _taken(act, take, "kept")


@router.post("/checks/{item}")
async def tick_off(
    item: Annotated[str, Path(max_length=40, pattern=r"^[a-z_]+$")],
    act: ActDep,
    value: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """A reading of the checklist, or without a value a tick."""

    async def note(connection: asyncpg.Connection) -> Done:
        body = CheckIn(value=_number(value))
        await note_check(connection, act.number, item, body, actor=act.actor, now=act.now)
        return Done()

    return await carried_out(act, note, "check", {"item": item, "value": value}, "checked")


@router.post("/signature", form_limits={"max_part_size": 512 * 1024})
async def add_signature(
    act: ActDep,
    sessions: SessionsDep,
    store: StoreDep,
    total_fen: Fen,
    quote_version: QuoteVersion = None,
    strokes: Annotated[str, Form(max_length=500_000)] = "[]",
) -> Response:
    """The customer's, drawn on the page."""

    async def put() -> Done:
        body = SignatureIn(strokes=_drawn(strokes), total_fen=total_fen, quote_version=quote_version)
        once = act.once("signature", {"strokes": strokes, "total": str(total_fen)})
        await sign(sessions, store, act.number, body, once=once, now=act.now)
        return Done()

    return await _taken(act, put, "proved")


@router.post("/completion-code")
async def add_code(
    act: ActDep,
    total_fen: Fen,
    quote_version: QuoteVersion = None,
    code: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """The customer's own code, for who does not sign."""

    async def prove(connection: asyncpg.Connection) -> Done:
        body = _code(code.strip(), total_fen, quote_version)
        await prove_by_code(connection, act.number, body, actor=act.actor, now=act.now)
        return Done()

    return await carried_out(act, prove, "code", {"code": code, "total": str(total_fen)}, "proved")


async def _taken(act: Act, do: Callable[[], Awaitable[Done]], words: str) -> Response:
    """As ``carried_out``, for what opens its own transactions and knows its own key."""
    try:
        return act.answer(words, await do())
    except (Problem, FormInvalid) as refused:
        problem = InvalidInput(refused.errors[""]) if isinstance(refused, FormInvalid) else refused
        if act.queued:
            return await act.refusal(problem)
        if not isinstance(problem, MENDABLE):
            raise
        return await again(act, refusal("", {}, problem, ()))


def _place(said: str) -> float | None:
    try:
        return float(said)
    except ValueError:
        return None


def _number(said: str) -> float | None:
    try:
        return float(said) if said.strip() else None
    except ValueError as error:
        raise FormInvalid({"": "读数请填数字，例如 2.5。"}) from error


def _drawn(strokes: str) -> list[StrokeIn]:
    try:
        return _STROKES.validate_json(strokes)
    except ValidationError as error:
        raise FormInvalid({"": "签名没有收到，请客户再签一次。"}) from error


def _code(code: str, total_fen: int, quote_version: int | None) -> CodeIn:
    try:
        return CodeIn(code=code, total_fen=total_fen, quote_version=quote_version)
    except ValidationError as error:
        raise FormInvalid({"": "完成码是 6 位数字，在客户的工单页面上。"}) from error
