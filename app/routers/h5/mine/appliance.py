"""One appliance or vehicle: its whole life on one page, and what its owner may do with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Form, UploadFile
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from app.domain.actor import Actor
from app.domain.situation import Purpose
from app.edge.given import Now, ReaderDep, StatementDep, WriterDep
from app.edge.routes import Routes
from app.edge.validation import field_errors
from app.errors import InvalidInput
from app.pages.render import page
from app.routers.dependencies import PhotoUrlsDep, SessionsDep, SettingsDep, StickersDep, StoreDep
from app.routers.forms import TypedDep, read
from app.routers.h5.mine.photos import taken
from app.routers.h5.mine.shell import CustomerDep, back
from app.routers.refused import NOTHING, Refused, attempt
from app.schemas.assets import AssetChange, ProofIn
from app.schemas.households import InvitationOut, ShareIn
from app.services.assets.archive import archive_of
from app.services.assets.change_asset import change_asset, prove_purchase
from app.services.assets.remove_asset import remove_asset, restore_asset
from app.services.assets.transfer import offer_asset, withdraw_offer
from app.services.attachments.urls import PhotoUrls
from app.services.doors.areas import Area, chosen, list_areas
from app.services.doors.place import ADDRESS_FIELDS, WORDS, address_from
from app.services.doors.stickers import Stickers
from app.services.households.read import list_households
from app.services.households.share import share_asset

router = Routes(prefix="/h5/appliances/{asset_id}", include_in_schema=False)

PLAIN = ("name", "room", "brand", "model", "serial_number", "plate_number", "purchased_on", "manufactured_on")
FIELDS = (*PLAIN, "area", *ADDRESS_FIELDS)
_SAID = {
    "added": "已添加。上传购买凭证后，保修期按凭证计算。",
    "changed": "已保存，保修期已按新的信息计算。",
    "proved": "凭证已保存，客服核实后保修期以它为准。",
    "shared": "已共享，家人现在能看到它的维修记录，也能为它报修。",
    "unshared": "已停止共享，家人不再看到它。",
    "restored": "已放回列表，维修记录都在。",
    "withdrawn": "转让已撤回，之前的链接已失效。",
}


@router.get("")
async def appliance_page(
    asset_id: UUID,
    actor: CustomerDep,
    connection: ReaderDep,
    urls: PhotoUrlsDep,
    stickers: StickersDep,
    now: Now,
    said: str = "",
) -> HTMLResponse:
    return await _Screen(connection, asset_id, actor, urls, stickers, now).show(said=_SAID.get(said, ""))


@router.post("")
async def change_appliance(
    asset_id: UUID,
    actor: CustomerDep,
    connection: StatementDep,
    urls: PhotoUrlsDep,
    stickers: StickersDep,
    typed: TypedDep,
    now: Now,
) -> Response:
    """All fields of the form: what was emptied is not known any more."""
    with attempt("change", typed, *FIELDS) as tried:
        body = _change(typed, await list_areas(connection))
        async with connection.transaction():
            await change_asset(connection, asset_id, body, actor=actor, now=now, sign_url=urls.signer(now))
        return back(f"appliances/{asset_id}", "changed")
    return await _Screen(connection, asset_id, actor, urls, stickers, now).show(tried.refused)


def _change(typed: Mapping[str, str], areas: Sequence[Area]) -> AssetChange:
    """An empty day is none, and an address of which nothing is said. Raises InvalidInput."""
    said: dict[str, object] = {
        name: typed[name] or (None if name.endswith("_on") else "") for name in PLAIN if name in typed
    }
    if typed.get("version"):
        said["version"] = typed["version"]
    if "detail" in typed:
        said["address"] = _address(typed, areas)
    try:
        return AssetChange.model_validate(said)
    except ValidationError as invalid:
        raise InvalidInput(errors=field_errors(invalid.errors())) from invalid


def _address(typed: Mapping[str, str], areas: Sequence[Area]) -> dict[str, object] | None:
    """A district that is served was perhaps only shown: without a door it is no address."""
    if not any(typed.get(name) for name in WORDS):
        return None
    return address_from({**typed, **chosen(areas, typed.get("area", ""))})


@router.post("/proof", form_limits={"max_files": 1, "max_fields": 2, "max_part_size": 1024})
async def add_proof(
    asset_id: UUID,
    actor: CustomerDep,
    sessions: SessionsDep,
    connection: StatementDep,
    store: StoreDep,
    urls: PhotoUrlsDep,
    stickers: StickersDep,
    now: Now,
    file: UploadFile | None = None,
    purchased_on: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """A photo of the invoice, the order or the warranty card, and the day that stands on it."""
    with attempt("proof", {"purchased_on": purchased_on}, "file", "purchased_on") as tried:
        photo = await taken(sessions, store, file, actor=actor, now=now, purpose=Purpose.PURCHASE_PROOF)
        body = read(ProofIn, {"attachment_id": photo, "purchased_on": purchased_on})
        async with connection.transaction():
            await prove_purchase(connection, asset_id, body, actor=actor, now=now, sign_url=urls.signer(now))
        return back(f"appliances/{asset_id}", "proved")
    return await _Screen(connection, asset_id, actor, urls, stickers, now).show(tried.refused)


@router.post("/household")
async def share_appliance(
    asset_id: UUID,
    actor: CustomerDep,
    connection: StatementDep,
    urls: PhotoUrlsDep,
    stickers: StickersDep,
    typed: TypedDep,
    now: Now,
) -> Response:
    """With the household that was chosen; with none, nobody sees it any more."""
    with attempt("share", typed, "household_id") as tried:
        wish = ShareIn.model_validate({"household_id": None})
        if typed.get("household_id"):
            wish = read(ShareIn, {"household_id": typed["household_id"]})
        async with connection.transaction():
            await share_asset(connection, asset_id, wish.household_id, actor=actor)
        return back(f"appliances/{asset_id}", "shared" if wish.household_id else "unshared")
    return await _Screen(connection, asset_id, actor, urls, stickers, now).show(tried.refused)


@router.post("/transfer")
async def offer_appliance(
    asset_id: UUID,
    actor: CustomerDep,
    connection: StatementDep,
    urls: PhotoUrlsDep,
    stickers: StickersDep,
    settings: SettingsDep,
    now: Now,
) -> HTMLResponse:
    """The link is told on this page and never again, so it is no answer to be fetched anew."""
    screen = _Screen(connection, asset_id, actor, urls, stickers, now)
    with attempt("transfer", {}) as tried:
        async with connection.transaction():
            offer = await offer_asset(
                connection, asset_id, actor=actor, now=now, public_base_url=settings.public_base_url
            )
        return await screen.show(offer=offer)
    return await screen.show(tried.refused)


@router.post("/transfer/withdraw")
async def withdraw_transfer(
    asset_id: UUID, actor: CustomerDep, connection: StatementDep, now: Now
) -> Response:
    async with connection.transaction():
        await withdraw_offer(connection, asset_id, actor=actor, now=now)
    return back(f"appliances/{asset_id}", "withdrawn")


@router.post("/remove")
async def remove_appliance(
    asset_id: UUID,
    actor: CustomerDep,
    connection: StatementDep,
    urls: PhotoUrlsDep,
    stickers: StickersDep,
    now: Now,
) -> Response:
    """Off the list; its page stays, and brings it back."""
    with attempt("remove", {}) as tried:
        async with connection.transaction():
            await remove_asset(connection, asset_id, actor=actor, now=now)
        return back("appliances", "removed")
    return await _Screen(connection, asset_id, actor, urls, stickers, now).show(tried.refused)


@router.post("/restore")
async def restore_appliance(asset_id: UUID, actor: CustomerDep, connection: WriterDep, now: Now) -> Response:
    await restore_asset(connection, asset_id, actor=actor, now=now)
    return back(f"appliances/{asset_id}", "restored")


class _Screen:
    """The page of one appliance for one caller."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        asset_id: UUID,
        actor: Actor,
        urls: PhotoUrls,
        stickers: Stickers,
        now: datetime,
    ) -> None:
        self._connection, self._asset_id, self._actor = connection, asset_id, actor
        self._urls, self._stickers, self._now = urls, stickers, now

    async def show(
        self, refused: Refused | None = None, *, offer: InvitationOut | None = None, said: str = ""
    ) -> HTMLResponse:
        """Errors: not_found."""
        found = await archive_of(
            self._connection,
            self._asset_id,
            actor=self._actor,
            now=self._now,
            sign_url=self._urls.signer(self._now),
        )
        return page(
            "mine/appliance",
            appliance=found,
            households=await list_households(self._connection, actor=self._actor),
            report=f"/h5/report?asset={self._stickers.token(self._asset_id)}",
            areas=await list_areas(self._connection),
            refused=refused or NOTHING,
            offer=offer,
            said=said,
        )
