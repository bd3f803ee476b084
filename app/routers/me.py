"""Myself: who I am, my number, my name."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends
from fastapi.responses import StreamingResponse

from app.db import driver
from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.zone import ZONE
from app.edge.given import Now, ReaderDep, SessionDep, WriterDep
from app.edge.routes import Routes
from app.pages.render import document
from app.routers.dependencies import ActorDep, SessionsDep, StoreDep, require
from app.routers.sessions import code_exchange, limit_codes
from app.schemas.customers import PhoneIn, PhoneOut, ProfileIn, ProfileOut
from app.schemas.preferences import PreferencesIn, PreferencesOut
from app.schemas.sessions import Me
from app.services.attachments.objects import PhotoStore
from app.services.customers.me import about_me
from app.services.customers.phone import put_phone
from app.services.customers.preferences import preferences_of, put_preferences
from app.services.customers.profile import put_profile
from app.services.exports.archive import zipped
from app.services.exports.gather import Export, gather
from app.services.sessions.ports import CodeExchange

router = Routes(prefix="/api/v1/me", tags=["sessions"])

CustomerDep = Annotated[Actor, Depends(require(Role.CUSTOMER))]


@router.get("")
async def read_me(actor: ActorDep, connection: ReaderDep) -> Me:
    """Who the caller is; his number is masked even for himself."""
    return await about_me(connection, actor)


@router.put("/phone", dependencies=[Depends(limit_codes)])
async def set_my_phone(
    body: PhoneIn,
    actor: CustomerDep,
    exchange: Annotated[CodeExchange, Depends(code_exchange)],
    sessions: SessionsDep,
    now: Now,
) -> PhoneOut:
    """My number: by the ``code`` of the mini-program's button (proved), or typed as ``phone`` (not proved).

    A proved number brings home what an agent wrote down for it. A number that WeChat has told before is not asked
    for again unless ``replace`` says so.
    """
    return await put_phone(sessions, exchange, body, actor=actor, appid=exchange.default("mini"), now=now)


@router.put("/profile")
async def set_my_profile(body: ProfileIn, actor: CustomerDep, session: SessionDep, now: Now) -> ProfileOut:
    """My nickname. Others see it, masked, once it has been looked at."""
    return await put_profile(await driver(session), body.nickname, actor=actor, now=now)


@router.get("/preferences")
async def my_preferences(actor: CustomerDep, connection: ReaderDep) -> PreferencesOut:
    """When I wish to be reached, whether a good engineer should come again, and what to know before a visit."""
    return await preferences_of(connection, actor.id)


@router.put("/preferences")
async def set_my_preferences(
    body: PreferencesIn, actor: CustomerDep, connection: WriterDep
) -> PreferencesOut:
    """All of them at once. What can wait is told in these hours, and slots in them are offered first."""
    return await put_preferences(connection, body, actor=actor)


@router.get(
    "/export.zip",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
async def export_my_data(
    actor: CustomerDep, connection: WriterDep, store: StoreDep, now: Now
) -> StreamingResponse:
    """All that is mine: appliances with their lives, tickets, conversations, photos; as pages, tables and JSON. Each
    export is logged."""
    return as_zip(await gather(connection, actor=actor, now=now), store, now)


def as_zip(export: Export, store: PhotoStore, now: datetime) -> StreamingResponse:
    """Written while it is sent, under the day on which it was asked for."""
    index = document("export", export=export.document())
    headers = {
        "Content-Disposition": f'attachment; filename="huixiang-{now.astimezone(ZONE):%Y%m%d}.zip"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(zipped(export, index, store), media_type="application/zip", headers=headers)
