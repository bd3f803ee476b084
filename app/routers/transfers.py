"""An appliance changes hands: offered by a code, accepted in WeChat."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.pages.render import HEADERS, page
from app.routers.dependencies import ActorDep, IdempotencyKey, PhotoUrlsDep, SettingsDep, require
from app.routers.households import GUESSES, Handed
from app.schemas.assets import ArchiveOut
from app.schemas.households import CodeIn, InvitationOut
from app.services.assets.archive import archive_of
from app.services.assets.transfer import accept_asset, find_transfer, offer_asset, withdraw_offer
from app.services.credentials.keyring import key_ring
from app.services.idempotency import Once, fingerprint

router = Routes(prefix="/api/v1", tags=["assets"])
pages = Routes(prefix="/h5/transfers", include_in_schema=False)

CustomerDep = Annotated[Actor, Depends(require(Role.CUSTOMER))]


@router.post("/assets/{asset_id}/transfer", status_code=201)
async def create_transfer(
    asset_id: UUID,
    actor: ActorDep,
    connection: WriterDep,
    settings: SettingsDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> InvitationOut:
    """Offer it to whoever gets the code, which is told once. It stays mine until he accepts."""
    asked = fingerprint(None, str(asset_id))
    once = Once("transfers", actor, idempotency_key, asked, ring=key_ring(settings))
    base = settings.public_base_url
    work = partial(offer_asset, connection, asset_id, actor=actor, now=now, public_base_url=base)
    return await once.give(connection, now, InvitationOut, work)


@router.delete("/assets/{asset_id}/transfer", status_code=204)
async def delete_transfer(asset_id: UUID, actor: ActorDep, connection: WriterDep, now: Now) -> Response:
    """Take the offer back, as long as nobody has accepted it."""
    await withdraw_offer(connection, asset_id, actor=actor, now=now)
    return Response(status_code=204)


@router.post("/asset-transfers", status_code=201, dependencies=[GUESSES])
async def accept_transfer(
    body: CodeIn, actor: CustomerDep, connection: WriterDep, urls: PhotoUrlsDep, now: Now
) -> ArchiveOut:
    """It is mine, with its history and its warranty. Repeating it is harmless."""
    asset_id = await accept_asset(connection, body.code, actor=actor, now=now)
    return await archive_of(connection, asset_id, actor=actor, now=now, sign_url=urls.signer(now))


@pages.get("/{code}", dependencies=[GUESSES])
async def transfer_page(code: Handed, actor: CustomerDep, connection: ReaderDep, now: Now) -> HTMLResponse:
    found = await find_transfer(connection, code, actor=actor, now=now)
    return page("transfer", transfer=found, code=code)


@pages.post("/{code}", dependencies=[GUESSES])
async def accept_on_page(
    code: Handed, actor: CustomerDep, connection: WriterDep, now: Now
) -> RedirectResponse:
    await accept_asset(connection, code, actor=actor, now=now)
    return RedirectResponse(f"/h5/transfers/{code}", status_code=303, headers=HEADERS)
