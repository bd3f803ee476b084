"""Webhooks: who is told of events, how it went, and sending again; the key that signs is shown once."""

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import back, show
from app.routers.dependencies import SettingsDep, require
from app.routers.forms import moment, read, typed_in, whole, words
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.webhooks import EndpointIn, EndpointPatch, ReplayIn
from app.services.credentials.keyring import key_ring
from app.services.webhooks.deliveries import list_deliveries, ping, replay
from app.services.webhooks.endpoints import (
    add_endpoint,
    change_endpoint,
    list_endpoints,
    read_endpoint,
    remove_endpoint,
    rotate_key,
)

router = Routes(prefix=f"{CONSOLE}/settings/webhooks", include_in_schema=False)

Admin = Annotated[Actor, Depends(require(Role.ADMIN))]
_STATES = {"active": "使用中", "paused": "已暂停", "disabled": "连续失败，已停用"}
_DELIVERED = {"queued": "等待发送", "sending": "发送中", "delivered": "已送达", "dead": "未送达"}


@router.get("")
async def endpoint_list(actor: Admin, connection: ReaderDep, said: str = "") -> HTMLResponse:
    return await _list(connection, actor, said=said)


@router.post("")
async def new_endpoint(
    request: Request, actor: Admin, connection: WriterDep, settings: SettingsDep, now: Now
) -> Response:
    """The answer is the only page that ever shows the key."""
    typed = await typed_in(request)
    ring, at_home = key_ring(settings), settings.webhooks_stay_home
    try:
        said = {"url": typed.get("url"), "description": typed.get("description")}
        body = read(EndpointIn, said | {"events": words(typed.get("events", "")) or ["*"]})
        async with whole(connection):
            made = await add_endpoint(connection, body, ring=ring, at_home=at_home, actor=actor, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _list(connection, actor, refused=refusal("endpoint", typed, problem))
    return await _list(connection, actor, key=made.signing_key)


@router.get("/{endpoint_id}")
async def one_endpoint(
    endpoint_id: UUID, actor: Admin, connection: ReaderDep, said: str = ""
) -> HTMLResponse:
    return await _one(connection, endpoint_id, actor, said=said)


@router.post("/{endpoint_id}/state")
async def set_state(
    endpoint_id: UUID,
    actor: Admin,
    connection: WriterDep,
    settings: SettingsDep,
    now: Now,
    state: Annotated[str, Form(max_length=10)] = "",
) -> RedirectResponse:
    """What happens while it is paused waits."""
    body, at_home = read(EndpointPatch, {"state": state}), settings.webhooks_stay_home
    await change_endpoint(connection, endpoint_id, body, at_home=at_home, actor=actor, now=now)
    return back(f"settings/webhooks/{endpoint_id}", "changed")


@router.post("/{endpoint_id}/key")
async def new_key(
    endpoint_id: UUID, actor: Admin, connection: WriterDep, settings: SettingsDep, now: Now
) -> HTMLResponse:
    made = await rotate_key(connection, endpoint_id, ring=key_ring(settings), actor=actor, now=now)
    return await _one(connection, endpoint_id, actor, key=made.signing_key)


@router.post("/{endpoint_id}/ping")
async def try_it(endpoint_id: UUID, _: Admin, connection: WriterDep, now: Now) -> RedirectResponse:
    await ping(connection, endpoint_id, now)
    return back(f"settings/webhooks/{endpoint_id}", "sent")


@router.post("/{endpoint_id}/replays")
async def send_again(
    endpoint_id: UUID, request: Request, actor: Admin, connection: WriterDep, now: Now
) -> Response:
    """One delivery, or all dead ones since a moment, with the ids and bodies that they had."""
    typed = await typed_in(request)
    try:
        said: dict[str, object] = {"since": moment(typed.get("since", ""))}
        if typed.get("delivery_id", "").isdecimal():
            said = {"delivery_id": int(typed["delivery_id"])}
        body = read(ReplayIn, said)
        async with whole(connection):
            await replay(connection, endpoint_id, body, now)
    except MENDABLE_AT_DESK as problem:
        return await _one(connection, endpoint_id, actor, refused=refusal("replay", typed, problem))
    return back(f"settings/webhooks/{endpoint_id}", "replayed")


@router.post("/{endpoint_id}/remove")
async def remove(endpoint_id: UUID, actor: Admin, connection: WriterDep, now: Now) -> RedirectResponse:
    await remove_endpoint(connection, endpoint_id, actor=actor, now=now)
    return back("settings/webhooks", "changed")


async def _list(
    connection: asyncpg.Connection,
    actor: Actor,
    *,
    said: str = "",
    key: str = "",
    refused: Refused = NOTHING,
) -> HTMLResponse:
    endpoints = (await list_endpoints(connection)).items
    return show(
        "settings/webhooks",
        actor,
        said=said,
        key=key,
        endpoints=endpoints,
        states=_STATES,
        refused=refused,
    )


async def _one(
    connection: asyncpg.Connection,
    endpoint_id: UUID,
    actor: Actor,
    *,
    said: str = "",
    key: str = "",
    refused: Refused = NOTHING,
) -> HTMLResponse:
    return show(
        "settings/webhook",
        actor,
        said=said,
        key=key,
        endpoint=await read_endpoint(connection, endpoint_id),
        deliveries=(await list_deliveries(connection, endpoint_id, None, cursor=None, limit=50)).items,
        states=_STATES,
        delivered=_DELIVERED,
        refused=refused,
    )
