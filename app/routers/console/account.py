"""One's own account: the second factor, and another password."""

from collections.abc import Mapping
from typing import Annotated

import asyncpg
from fastapi import Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.actor import Actor
from app.edge.given import ReaderDep
from app.edge.routes import Routes
from app.errors import Problem, TooManyRequests
from app.pages.problem import CONSOLE
from app.pages.qr import inline
from app.pages.render import HEADERS
from app.routers.console.shell import AtDesk, back, show
from app.routers.dependencies import STAFF_COOKIE
from app.routers.refused import MENDABLE_AT_DESK, refusal
from app.routers.second_factor import himself
from app.routers.sessions import limit_passwords
from app.services.barcodes.call import draw_code
from app.services.second_factor import own
from app.services.second_factor.enrol import Begun
from app.services.second_factor.standing import standing_of

router = Routes(prefix=f"{CONSOLE}/account", include_in_schema=False)

PersonDep = Annotated[own.Person, Depends(himself)]
Password = Annotated[str, Form(max_length=128)]
Code = Annotated[str, Form(max_length=40)]
LIMITED = Depends(limit_passwords)
_MENDED = (*MENDABLE_AT_DESK, TooManyRequests)
QR_LABEL = "两步验证的二维码"


@router.get("")
async def account(actor: AtDesk, connection: ReaderDep, said: str = "") -> HTMLResponse:
    return await _page(connection, actor, said=said)


@router.post("/second-factor", dependencies=[LIMITED])
async def begin(
    actor: AtDesk, person: PersonDep, connection: ReaderDep, password: Password = ""
) -> HTMLResponse:
    """The page holds the secret, this once."""
    try:
        begun = await own.begin(person, password)
    except _MENDED as problem:
        return await _page(connection, actor, errors=_told("begin", problem))
    return await _page(connection, actor, begun=begun)


@router.post("/proof", dependencies=[LIMITED])
async def prove(actor: AtDesk, person: PersonDep, connection: ReaderDep, code: Code = "") -> HTMLResponse:
    try:
        codes = await own.prove(person, code)
    except _MENDED as problem:
        return await _page(connection, actor, errors=_told("proof", problem))
    return await _page(connection, actor, codes=codes)


@router.post("/recovery-codes", dependencies=[LIMITED])
async def renew(actor: AtDesk, person: PersonDep, connection: ReaderDep, code: Code = "") -> HTMLResponse:
    try:
        codes = await own.renew_codes(person, code)
    except _MENDED as problem:
        return await _page(connection, actor, errors=_told("codes", problem))
    return await _page(connection, actor, codes=codes)


@router.post("/end", dependencies=[LIMITED])
async def end(actor: AtDesk, person: PersonDep, connection: ReaderDep, code: Code = "") -> Response:
    try:
        await own.end(person, code)
    except _MENDED as problem:
        return await _page(connection, actor, errors=_told("end", problem))
    return back("account", "changed")


@router.post("/password", dependencies=[LIMITED])
async def password(
    actor: AtDesk, person: PersonDep, connection: ReaderDep, old: Password = "", new: Password = ""
) -> Response:
    """He signs in with it at once."""
    try:
        await own.change_own_password(person, old, new)
    except _MENDED as problem:
        return await _page(connection, actor, errors=_told("password", problem))
    answer = RedirectResponse(f"{CONSOLE}/sign-in", status_code=303, headers=HEADERS)
    answer.delete_cookie(STAFF_COOKIE, path="/")
    return answer


async def _page(
    connection: asyncpg.Connection,
    actor: Actor,
    *,
    said: str = "",
    begun: Begun | None = None,
    codes: list[str] | None = None,
    errors: Mapping[str, Mapping[str, str]] | None = None,
) -> HTMLResponse:
    return show(
        "account",
        actor,
        said=said,
        standing=await standing_of(connection, actor.id),
        secret=begun.secret if begun else "",
        qr=inline(await draw_code(begun.uri), QR_LABEL) if begun else "",
        codes=codes or [],
        errors=errors or {},
    )


def _told(form: str, problem: Problem) -> Mapping[str, Mapping[str, str]]:
    return {form: refusal(form, {}, problem).errors}
