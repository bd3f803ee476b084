"""A customer's appliances and vehicles, with their service history."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, SessionDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import (
    ActorDep,
    IdempotencyKey,
    PhotoUrlsDep,
    SettingsDep,
    StickersDep,
    require,
)
from app.schemas.assets import ArchiveOut, AssetChange, AssetIn, AssetList, AssetOut, ProofIn, VerificationIn
from app.schemas.doors import StickerOut
from app.schemas.households import ShareIn
from app.services.assets.add_asset import add_asset
from app.services.assets.archive import archive_of
from app.services.assets.change_asset import change_asset, prove_purchase, verify_purchase
from app.services.assets.list_assets import list_assets
from app.services.assets.remove_asset import remove_asset, restore_asset
from app.services.barcodes.call import draw_code
from app.services.doors.stickers import sticker_of
from app.services.households.share import share_asset
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/api/v1/assets", tags=["assets"])

CustomerDep = Annotated[Actor, Depends(require(Role.CUSTOMER))]


@router.get("")
async def read_assets(actor: CustomerDep, session: SessionDep, now: Now) -> AssetList:
    """My appliances and vehicles, each with its warranty and its services."""
    return AssetList(items=await list_assets(session, actor=actor, now=now))


@router.post("", status_code=201)
async def create_asset(
    body: AssetIn, actor: CustomerDep, session: SessionDep, now: Now, idempotency_key: IdempotencyKey = None
) -> AssetOut:
    """Remember an appliance or a vehicle, so that it need not be described again."""
    once = Once("assets", actor, idempotency_key, fingerprint(body))
    return await add_asset(session, body, once=once, now=now)


@router.get("/{asset_id}/archive")
async def read_archive(
    asset_id: UUID, actor: ActorDep, connection: ReaderDep, urls: PhotoUrlsDep, now: Now
) -> ArchiveOut:
    """The life of an appliance: every visit, part, photo, charge, rating, period and document."""
    return await archive_of(connection, asset_id, actor=actor, now=now, sign_url=urls.signer(now))


@router.patch("/{asset_id}")
async def patch_asset(
    asset_id: UUID, body: AssetChange, actor: ActorDep, connection: WriterDep, urls: PhotoUrlsDep, now: Now
) -> ArchiveOut:
    """Tell more of it; its warranty follows. A day of purchase is a claim until somebody has seen the proof."""
    sign_url = urls.signer(now)
    return await change_asset(connection, asset_id, body, actor=actor, now=now, sign_url=sign_url)


@router.put("/{asset_id}")
async def put_asset(
    asset_id: UUID, body: AssetChange, actor: ActorDep, connection: WriterDep, urls: PhotoUrlsDep, now: Now
) -> ArchiveOut:
    """The same as PATCH, for clients that have none: WeChat's ``wx.request`` knows no such method."""
    return await patch_asset(asset_id, body, actor, connection, urls, now)


@router.delete("/{asset_id}", status_code=204)
async def delete_asset(asset_id: UUID, actor: ActorDep, connection: WriterDep, now: Now) -> Response:
    """Take it off my list and out of my household. Its history is kept: added or reported on again, it is back."""
    await remove_asset(connection, asset_id, actor=actor, now=now)
    return Response(status_code=204)


@router.put("/{asset_id}/restoration")
async def put_restoration(
    asset_id: UUID, actor: ActorDep, connection: WriterDep, urls: PhotoUrlsDep, now: Now
) -> ArchiveOut:
    """Back on my list, as it was."""
    await restore_asset(connection, asset_id, actor=actor, now=now)
    return await archive_of(connection, asset_id, actor=actor, now=now, sign_url=urls.signer(now))


@router.put("/{asset_id}/purchase-proof")
async def put_purchase_proof(
    asset_id: UUID, body: ProofIn, actor: ActorDep, connection: WriterDep, urls: PhotoUrlsDep, now: Now
) -> ArchiveOut:
    """A photo of the invoice, the order or the warranty card, and the day that it shows."""
    sign_url = urls.signer(now)
    return await prove_purchase(connection, asset_id, body, actor=actor, now=now, sign_url=sign_url)


@router.put("/{asset_id}/purchase-verification")
async def put_purchase_verification(
    asset_id: UUID, body: VerificationIn, actor: ActorDep, connection: WriterDep, urls: PhotoUrlsDep, now: Now
) -> ArchiveOut:
    """Staff have looked at the proof: from now on the day is no longer the customer's word."""
    sign_url = urls.signer(now)
    return await verify_purchase(connection, asset_id, body, actor=actor, now=now, sign_url=sign_url)


@router.put("/{asset_id}/household")
async def put_household(
    asset_id: UUID, body: ShareIn, actor: ActorDep, connection: WriterDep, urls: PhotoUrlsDep, now: Now
) -> ArchiveOut:
    """Show it to a household of mine, whose members then may report on it; ``null`` takes it back."""
    await share_asset(connection, asset_id, body.household_id, actor=actor)
    return await archive_of(connection, asset_id, actor=actor, now=now, sign_url=urls.signer(now))


@router.get("/{asset_id}/sticker")
async def read_sticker(
    asset_id: UUID, actor: ActorDep, connection: ReaderDep, stickers: StickersDep, settings: SettingsDep
) -> StickerOut:
    """For its door or its side: whoever of its people scans it reports on it, with everything filled in."""
    url = await sticker_of(connection, stickers, asset_id, actor)
    base = settings.public_base_url.rstrip("/")
    return StickerOut(url=url, image_url=f"{base}/api/v1/assets/{asset_id}/sticker.svg")


@router.get(
    "/{asset_id}/sticker.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}},
)
async def read_sticker_image(
    asset_id: UUID, actor: ActorDep, connection: ReaderDep, stickers: StickersDep
) -> Response:
    """The same as a QR code to print."""
    url = await sticker_of(connection, stickers, asset_id, actor)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}
    return Response(await draw_code(url), media_type="image/svg+xml", headers=headers)
