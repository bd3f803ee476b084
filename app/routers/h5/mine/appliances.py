"""我的家电与车辆: all of them, and adding one, by a photo of its label or by hand."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import UploadFile
from fastapi.responses import HTMLResponse, Response

from app.domain.triage.labels import Category
from app.domain.zone import ZONE
from app.edge.given import Now, SessionDep
from app.edge.routes import Routes
from app.models.tickets import AssetKind
from app.pages.render import page
from app.routers.dependencies import SessionsDep, StoreDep
from app.routers.forms import TypedDep, read
from app.routers.h5.mine.photos import taken
from app.routers.h5.mine.shell import CustomerDep, back
from app.routers.refused import NOTHING, Refused, attempt
from app.schemas.assets import AssetIn
from app.services.assets.add_asset import add_asset
from app.services.assets.list_assets import list_assets
from app.services.assets.scan_photo import scan_photo
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/h5/appliances", include_in_schema=False)

FIELDS = (
    "kind",
    "category",
    "name",
    "room",
    "brand",
    "model",
    "serial_number",
    "plate_number",
    "purchased_on",
)
KINDS: Mapping[str, str] = {AssetKind.APPLIANCE: "家电", AssetKind.VEHICLE: "车辆"}
_CATEGORIES = [category.value for category in Category]
_SAID = {
    "removed": "已从列表移除，维修记录仍为您保留；再次添加同一序列号即可恢复。",
}


@router.get("")
async def my_appliances(actor: CustomerDep, session: SessionDep, now: Now, said: str = "") -> HTMLResponse:
    found = await list_assets(session, actor=actor, now=now)
    return page("mine/appliances", appliances=found, today=_today(now), said=_SAID.get(said, ""))


@router.get("/add")
async def add_page(_: CustomerDep) -> HTMLResponse:
    return _form({})


@router.post("/label", form_limits={"max_files": 1, "max_fields": 2, "max_part_size": 1024})
async def read_label(
    actor: CustomerDep, sessions: SessionsDep, store: StoreDep, now: Now, file: UploadFile | None = None
) -> HTMLResponse:
    """The form again, filled in with what the code on the photo says; nothing is kept of it."""
    with attempt("label", {}) as tried:
        photo = await taken(sessions, store, file, actor=actor, now=now)
        seen = await scan_photo(sessions, store, photo, actor=actor)
        known = seen.model_dump(include={"brand", "model", "serial_number", "category"})
        return _form(known, said="已识别铭牌，请核对后保存。")
    return _form({}, refused=tried.refused)


@router.post("")
async def add_appliance(actor: CustomerDep, sessions: SessionsDep, typed: TypedDep, now: Now) -> Response:
    """A second tap on the button finds the one that the first one added."""
    with attempt("add", typed, *FIELDS) as tried:
        body = read(AssetIn, {name: typed.get(name, "") for name in FIELDS})
        once = Once("assets", actor, typed.get("key") or None, fingerprint(body))
        async with sessions.begin() as session:
            made = await add_asset(session, body, once=once, now=now)
        return back(f"appliances/{UUID(made.id)}", "added")
    return _form({}, refused=tried.refused)


def _form(known: Mapping[str, Any], *, refused: Refused = NOTHING, said: str = "") -> HTMLResponse:
    return page(
        "mine/add",
        known=known,
        kinds=KINDS,
        categories=_CATEGORIES,
        refused=refused,
        said=said,
        key=refused.typed.get("key") or secrets.token_urlsafe(12),
    )


def _today(now: datetime) -> Any:
    return now.astimezone(ZONE).date()
