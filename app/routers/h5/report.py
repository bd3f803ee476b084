"""我要报修: what is broken, where, and when somebody may come. One form; the script shows it in three steps."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, NamedTuple
from uuid import UUID

import asyncpg
from fastapi import Depends, Query, Request
from fastapi import Form as FormField
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.datastructures import FormData

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.preferred import preferable
from app.domain.situation import SERVICE_LABELS, Window
from app.domain.triage.labels import Category
from app.domain.wording import window_words
from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.edge.validation import sentence
from app.errors import InvalidInput
from app.pages.render import HEADERS, page
from app.routers.dependencies import (
    ActorDep,
    PhotoUrlsDep,
    SessionsDep,
    StickersDep,
    StoreDep,
    require,
)
from app.routers.h5.photos import shown, taken_in
from app.schemas.tickets import CallOutOut
from app.services.assets.mine import Mine, my_things
from app.services.assets.scan_photo import scan_photo
from app.services.attachments.objects import PhotoStore
from app.services.doors.areas import Area, area_of, chosen, list_areas
from app.services.doors.known import known_of
from app.services.doors.report import FeeNotTold, Form, ReportInvalid, report, warranty_of
from app.services.doors.scenes import Label, find_label
from app.services.doors.stickers import PATTERN as TOKEN
from app.services.doors.stickers import Stickers, find_thing

router = Routes(prefix="/h5/report", include_in_schema=False)

CUSTOMER = Depends(require(Role.CUSTOMER))
_KEY = re.compile(r"[\w-]{8,64}", re.ASCII)
_SCENE, _STICKER = r"^[0-9A-Za-z]{0,32}$", rf"^$|{TOKEN}"
_SERVICES = [(kind.value, label) for kind, label in SERVICE_LABELS.items()]
_CATEGORIES = [category.value for category in Category]
_TYPED = frozenset(Form.__dataclass_fields__) - {"key", "photos"}
_OF_LABEL = {"brand", "model", "serial_number", "category"}
_LONGEST = 2000
# Which of the three steps holds a field; what is not named here is in the first.
_STEP = {
    **dict.fromkeys(("name", "phone", "province", "city", "district", "detail"), 2),
    **dict.fromkeys(("window", "fee"), 3),
}


class Scanned(NamedTuple):
    """Which code led to the form, empty for none, and what it knows."""

    scene: str = ""
    asset: str = ""
    label: Label | None = None
    asset_id: UUID | None = None


@router.get("", dependencies=[CUSTOMER])
async def report_form(
    actor: ActorDep,
    connection: ReaderDep,
    stickers: StickersDep,
    now: Now,
    scene: Annotated[str, Query(pattern=_SCENE)] = "",
    asset: Annotated[str, Query(pattern=_STICKER)] = "",
    of: UUID | None = None,
) -> HTMLResponse:
    """Of a code on the appliance: the maker's (``scene``), or the sticker of the one that stands there (``asset``);
    ``of`` is one of his own, by its page."""
    scanned = await _scanned(connection, stickers, scene, asset, actor, now)
    known = asdict(await known_of(connection, actor))
    things = await my_things(connection, actor)
    about = str(of or scanned.asset_id or "")
    stands = next((thing.address for thing in things if thing.id == about and thing.address), None)
    form = Form(secrets.token_urlsafe(12), thing=str(of) if of else "", **known | (stands or {}))
    return _form(form, scanned, things, await list_areas(connection), now, fresh=True)


@router.post(
    "", dependencies=[CUSTOMER], form_limits={"max_files": 12, "max_fields": 80, "max_part_size": 16_384}
)
async def report_on_page(
    request: Request,
    actor: ActorDep,
    sessions: SessionsDep,
    store: StoreDep,
    urls: PhotoUrlsDep,
    stickers: StickersDep,
    now: Now,
    go: Annotated[str, FormField(max_length=20)] = "",
) -> Response:
    """A second tap on the button leads to the ticket that the first one made. No connection waits for photos."""
    sent, sign_url = await request.form(), urls.signer(now)
    form, scan, errors = await _with_photos(_read(sent), sent, sessions, store, actor, now)
    scene, sticker = _word(sent, "scene", _SCENE), _word(sent, "asset", _STICKER)
    async with request.app.state.database.writes.acquire() as connection:
        scanned = await _scanned(connection, stickers, scene, sticker, actor, now)
        things, told = await my_things(connection, actor), None
        areas = await list_areas(connection)
        form = _in_area(_of_thing(form, things), str(sent.get("area", "")), areas)
        if not errors and not (scan and go == "scan"):
            try:
                made = await report(
                    connection,
                    form,
                    scanned.label,
                    asset_id=scanned.asset_id,
                    actor=actor,
                    now=now,
                    sign_url=sign_url,
                )
            except ReportInvalid as invalid:
                errors = {field: sentence(e) for field, e in invalid.errors.items()}
            except FeeNotTold as fee:
                told = fee.told
            else:
                return RedirectResponse(f"/h5/tickets/{made}/submitted", status_code=303, headers=HEADERS)
    photos = shown(form.photos, sign_url, actor.id)
    return _form(form, scanned, things, areas, now, photos, errors=errors, told=told)


async def _with_photos(
    form: Form,
    sent: FormData,
    sessions: async_sessionmaker[AsyncSession],
    store: PhotoStore,
    actor: Actor,
    now: datetime,
) -> tuple[Form, bool, dict[str, str]]:
    """What came with the form is kept before anything is asked, and a label is read: whether there was one, and what
    went wrong."""
    taken = await taken_in(sent, sessions, store, actor=actor, key=form.key, now=now)
    form, errors = replace(form, photos=taken.photos), dict(taken.errors)
    if taken.label is not None:
        try:
            read = await scan_photo(sessions, store, taken.label, actor=actor)
        except InvalidInput as unreadable:
            errors["label"] = unreadable.msg
        else:
            said = read.model_dump(include=_OF_LABEL)
            form = replace(form, **{name: each for name, each in said.items() if each})
    return form, taken.label is not None, errors


async def _scanned(
    connection: asyncpg.Connection, stickers: Stickers, scene: str, sticker: str, actor: Actor, now: datetime
) -> Scanned:
    """What the code knows, and the appliance itself where it is the caller's or his household's."""
    if sticker:
        thing = await find_thing(connection, stickers, sticker, actor)
        return Scanned(scene, sticker, thing.label, thing.asset_id)
    return Scanned(scene, sticker, await find_label(connection, scene, now) if scene else None)


def _read(sent: FormData) -> Form:
    key = str(sent.get("key", ""))
    typed = {name: said[:_LONGEST] for name in _TYPED if isinstance(said := sent.get(name), str)}
    known = key if _KEY.fullmatch(key) else secrets.token_urlsafe(12)
    return replace(Form(known), **typed)  # type: ignore[arg-type]  # the photos are not among them


def _of_thing(form: Form, things: Sequence[Mine]) -> Form:
    """What one of his own is, it says itself, whatever stands in the fields beside it."""
    chosen = next((thing for thing in things if thing.id == form.thing), None)
    if chosen is None:
        return form
    return replace(form, category=chosen.category, brand="", model="", serial_number="")


def _in_area(form: Form, area: str, areas: Sequence[Area]) -> Form:
    """A district that was chosen counts, whatever stands in the fields below it."""
    return replace(form, **chosen(areas, area))  # type: ignore[arg-type]  # the photos are not among them


def _value(window: Window) -> str:
    return f"{window.start.isoformat()}/{window.end.isoformat()}"


def _word(sent: FormData, name: str, pattern: str) -> str:
    """A hidden field of ours; whatever else stands there is not from our page."""
    said = str(sent.get(name, ""))
    if not re.search(pattern, said, re.ASCII):
        raise InvalidInput
    return said


def _form(
    form: Form,
    scanned: Scanned,
    things: Sequence[Mine],
    areas: Sequence[Area],
    now: datetime,
    photos: Sequence[Mapping[str, str]] = (),
    *,
    errors: Mapping[str, str] = MappingProxyType({}),
    told: CallOutOut | None = None,
    fresh: bool = False,
) -> HTMLResponse:
    """Opens at the first step in which there is something to do; ``fresh`` may take up a draft of this phone."""
    wrong = min((_STEP.get(name, 1) for name in errors), default=3 if told else 1)
    return page(
        "report",
        form=asdict(form) | ({"told_fen": str(told.fee_fen)} if told else {}),
        scanned=scanned,
        label=scanned.label,
        warranty=warranty_of(scanned.label, now) if scanned.label else None,
        things=things,
        areas=areas,
        area=area_of(form.city, form.district),
        services=_SERVICES,
        categories=_CATEGORIES,
        windows=[(_value(w), window_words(w.start, w.end, now)) for w in preferable(now)],
        photos=photos,
        errors=errors,
        told=told,
        step=wrong,
        fresh=fresh,
    )
