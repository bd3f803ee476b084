"""Tokens with which other systems report and ask: each is shown once, when it is made."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.models.api_tokens import Scope
from app.pages.problem import CONSOLE
from app.routers.console.shell import back, show
from app.routers.dependencies import require
from app.routers.forms import moment, read, typed_in, whole
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.api_tokens import TokenIn
from app.services.api_tokens.manage import add_token, list_tokens, revoke_token
from app.services.tickets.search import service_points

router = Routes(prefix=f"{CONSOLE}/settings/tokens", include_in_schema=False)

Admin = Annotated[Actor, Depends(require(Role.ADMIN))]
_SCOPES = {Scope.CREATE: "报修", Scope.READ: "查询"}


@router.get("")
async def token_list(actor: Admin, connection: ReaderDep, now: Now, said: str = "") -> HTMLResponse:
    return await _page(connection, actor, now, said=said)


@router.post("")
async def new_token(
    request: Request,
    actor: Admin,
    connection: WriterDep,
    now: Now,
    scopes: Annotated[list[str] | None, Form(max_length=10)] = None,
) -> Response:
    """The answer is the only page that ever shows it, so there is no other address to be led to."""
    typed = await typed_in(request)
    try:
        said = {"name": typed.get("name"), "service_point_id": typed.get("service_point_id")}
        body = read(
            TokenIn, said | {"scopes": scopes or [], "expires_at": moment(typed.get("expires_at", ""))}
        )
        async with whole(connection):
            made = await add_token(connection, body, actor=actor, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _page(connection, actor, now, refused=refusal("token", typed, problem))
    return await _page(connection, actor, now, made=made.token)


@router.post("/{token_id}/revoke")
async def revoke(token_id: UUID, actor: Admin, connection: WriterDep, now: Now) -> RedirectResponse:
    await revoke_token(connection, token_id, actor=actor, now=now)
    return back("settings/tokens", "changed")


async def _page(
    connection: asyncpg.Connection,
    actor: Actor,
    now: datetime,
    *,
    said: str = "",
    made: str = "",
    refused: Refused = NOTHING,
) -> HTMLResponse:
    return show(
        "settings/tokens",
        actor,
        said=said,
        made=made,
        tokens=(await list_tokens(connection)).items,
        scopes=_SCOPES,
        points=await service_points(connection, actor.points),
        refused=refused,
        now=now,
    )
