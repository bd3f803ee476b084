"""隐私与我的数据: what the customer allows, who looked, what he takes with him, and how he leaves."""

from datetime import datetime
from typing import Annotated

import asyncpg
from fastapi import Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from app.domain.actor import Actor
from app.domain.privacy.purposes import Purpose, Source
from app.edge.given import Now, ReaderDep, StatementDep, WriterDep
from app.edge.routes import Routes
from app.pages.render import page
from app.routers.dependencies import StoreDep
from app.routers.forms import read
from app.routers.h5.mine.shell import CustomerDep, back
from app.routers.me import as_zip
from app.routers.refused import NOTHING, Refused, attempt
from app.schemas.privacy import ConsentIn, DeletionRequested
from app.services.exports.gather import gather
from app.services.idempotency import Once
from app.services.privacy.consents import current_texts, say, standing_of
from app.services.privacy.looks import looks_at
from app.services.privacy.request import ask_deletion, cancel_deletion, read_deletion

router = Routes(prefix="/h5/privacy", include_in_schema=False)

_SAID = {
    "given": "已记录您的同意，随时可以撤回。",
    "withdrawn": "已撤回，立即生效。",
    "kept": "已取消注销，您的账号和数据照旧。",
}
Version = Annotated[int, Form(ge=1, lt=2**31)]


@router.get("")
async def privacy_page(actor: CustomerDep, connection: ReaderDep, now: Now, said: str = "") -> HTMLResponse:
    return await _screen(connection, actor, now, said=_SAID.get(said, ""))


@router.post("/consents")
async def say_on_page(
    actor: CustomerDep,
    connection: StatementDep,
    now: Now,
    purpose: Annotated[Purpose, Form()],
    version: Version,
    given: Annotated[bool, Form()],
) -> Response:
    """On the version that the page showed."""
    with attempt(purpose.value, {}) as tried:
        body = read(ConsentIn, {"purpose": purpose, "version": version, "given": given, "source": Source.H5})
        async with connection.transaction():
            await say(connection, body, once=Once("privacy-consents", actor, None, b""), now=now)
        return back("privacy", "given" if given else "withdrawn")
    return await _screen(connection, actor, now, refused=tried.refused)


@router.post("/export", response_class=Response)
async def export_on_page(actor: CustomerDep, connection: StatementDep, store: StoreDep, now: Now) -> Response:
    """A form and no link: it is written down that somebody took all of it along."""
    with attempt("export", {}) as tried:
        async with connection.transaction():
            export = await gather(connection, actor=actor, now=now)
        answer: StreamingResponse = as_zip(export, store, now)
        return answer
    return await _screen(connection, actor, now, refused=tried.refused)


@router.get("/deletion")
async def deletion_page(actor: CustomerDep, connection: ReaderDep, now: Now) -> HTMLResponse:
    return await _leaving(connection, actor, now)


@router.post("/deletion")
async def ask_on_page(
    actor: CustomerDep,
    connection: StatementDep,
    now: Now,
    understood: Annotated[str, Form(max_length=10)] = "",
) -> HTMLResponse:
    """The code of the proof is told on this page and never again, so it is no answer to be fetched anew."""
    if understood != "yes":
        missing = Refused("deletion", {}, {"understood": "请先勾选“我已了解”，再申请注销。"})
        return await _leaving(connection, actor, now, refused=missing)
    with attempt("deletion", {}) as tried:
        async with connection.transaction():
            asked = await ask_deletion(connection, once=Once("deletions", actor, None, b""), now=now)
        return await _leaving(connection, actor, now, asked=asked)
    return await _leaving(connection, actor, now, refused=tried.refused)


@router.post("/deletion/cancel")
async def cancel_on_page(actor: CustomerDep, connection: WriterDep, now: Now) -> RedirectResponse:
    await cancel_deletion(connection, actor=actor, now=now)
    return back("privacy", "kept")


async def _screen(
    connection: asyncpg.Connection,
    actor: Actor,
    now: datetime,
    *,
    refused: Refused = NOTHING,
    said: str = "",
) -> HTMLResponse:
    looks, looked = await looks_at(connection, actor.id)
    texts = {text.purpose: text for text in await current_texts(connection)}
    return page(
        "mine/privacy",
        consents=await standing_of(connection, actor.id),
        texts=texts,
        looks=looks,
        looked=looked,
        deletion=await read_deletion(connection, actor=actor, now=now),
        refused=refused,
        said=said,
    )


async def _leaving(
    connection: asyncpg.Connection,
    actor: Actor,
    now: datetime,
    *,
    refused: Refused = NOTHING,
    asked: DeletionRequested | None = None,
) -> HTMLResponse:
    return page(
        "mine/deletion",
        deletion=await read_deletion(connection, actor=actor, now=now),
        asked=asked,
        refused=refused,
    )
