"""Pages behind the codes that people scan, and the short links of text messages. Forms work without script."""

import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, NamedTuple
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from app.clock import Now
from app.db import ReaderDep, StatementDep
from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.situation import SERVICE_LABELS
from app.domain.triage.labels import Category
from app.edge.validation import sentence
from app.errors import Unauthenticated
from app.pages.render import HEADERS, page
from app.routers.dependencies import (
    ActorDep,
    Bearer,
    DoorsDep,
    PhotoUrlsDep,
    SessionsDep,
    StickersDep,
    current_actor,
    require,
)
from app.services.doors.badge import check_badge
from app.services.doors.point import read_point
from app.services.doors.report import Form as ReportForm
from app.services.doors.report import ReportInvalid, report, warranty_of
from app.services.doors.scenes import Label, find_label, find_scene
from app.services.doors.short_links import follow
from app.services.doors.stickers import PATTERN as TOKEN
from app.services.doors.stickers import Stickers, find_thing

router = APIRouter(include_in_schema=False)

SceneName = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{8,32}$")]
STICKER = rf"^$|{TOKEN}"
Code = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{6,20}$")]
Typed = Annotated[str, Form(max_length=2000)]
CUSTOMER = Depends(require(Role.CUSTOMER))


class Scanned(NamedTuple):
    """Which code led to the form; empty for none."""

    scene: str
    asset: str


_SERVICES = [(kind.value, label) for kind, label in SERVICE_LABELS.items()]
_CATEGORIES = [category.value for category in Category]


async def visitor(request: Request, bearer: Bearer) -> Actor | None:
    """Whoever looks at a page that anybody may see; None when he is not signed in."""
    try:
        return await current_actor(request, bearer)
    except Unauthenticated:
        return None


VisitorDep = Annotated[Actor | None, Depends(visitor)]


@router.get("/h5/report", dependencies=[CUSTOMER])
async def report_form(
    actor: ActorDep,
    connection: ReaderDep,
    stickers: StickersDep,
    now: Now,
    scene: Annotated[str, Query(pattern=r"^[0-9A-Za-z]{0,32}$")] = "",
    asset: Annotated[str, Query(pattern=STICKER)] = "",
) -> HTMLResponse:
    """Of a code on the appliance: the maker's (``scene``), or the sticker of the one that stands there (``asset``)."""
    label, _ = await _scanned(connection, stickers, Scanned(scene, asset), actor, now)
    empty = ReportForm(secrets.token_urlsafe(12), "repair", *("" for _ in range(8)))
    return _form(empty, Scanned(scene, asset), label, now, {})


@router.post("/h5/report", dependencies=[CUSTOMER])
async def report_on_page(
    actor: ActorDep,
    connection: StatementDep,
    urls: PhotoUrlsDep,
    stickers: StickersDep,
    now: Now,
    key: Annotated[str, Form(min_length=8, max_length=64, pattern=r"^[\w-]+$")],
    scene: Annotated[str, Form(pattern=r"^[0-9A-Za-z]{0,32}$")] = "",
    asset: Annotated[str, Form(pattern=STICKER)] = "",
    service_type: Typed = "",
    category: Typed = "",
    fault: Typed = "",
    name: Typed = "",
    phone: Typed = "",
    province: Typed = "",
    city: Typed = "",
    district: Typed = "",
    detail: Typed = "",
) -> Response:
    """A second tap on the button leads to the ticket that the first one made."""
    scanned = Scanned(scene, asset)
    label, asset_id = await _scanned(connection, stickers, scanned, actor, now)
    form = ReportForm(key, service_type, category, fault, name, phone, province, city, district, detail)
    try:
        number = await report(
            connection, form, label, asset_id=asset_id, actor=actor, now=now, sign_url=urls.signer(now)
        )
    except ReportInvalid as invalid:
        return _form(form, scanned, label, now, {field: sentence(e) for field, e in invalid.errors.items()})
    return RedirectResponse(f"/h5/tickets/{number}", status_code=303, headers=HEADERS)


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


async def _scanned(
    connection: asyncpg.Connection, stickers: Stickers, scanned: Scanned, actor: Actor, now: datetime
) -> tuple[Label | None, UUID | None]:
    """What the code knows, and the appliance itself where it is the caller's or his household's."""
    if scanned.asset:
        thing = await find_thing(connection, stickers, scanned.asset, actor)
        return thing.label, thing.asset_id
    return (await find_label(connection, scanned.scene, now) if scanned.scene else None), None


def _form(
    form: ReportForm, scanned: Scanned, label: Label | None, now: datetime, errors: dict[str, str]
) -> HTMLResponse:
    return page(
        "report",
        status=422 if errors else 200,
        form=asdict(form),
        scanned=scanned,
        label=label,
        warranty=warranty_of(label, now) if label else None,
        services=_SERVICES,
        categories=_CATEGORIES,
        errors=errors,
    )
