"""A customer's appliances and vehicles, with their service history."""

from fastapi import APIRouter, Depends

from app.clock import Now
from app.db import SessionDep
from app.domain.lifecycle import Role
from app.routers.dependencies import ActorDep, IdempotencyKey, require
from app.schemas.assets import AssetIn, AssetList, AssetOut
from app.services.assets.add_asset import add_asset
from app.services.assets.list_assets import list_assets
from app.services.idempotency import Once, fingerprint

router = APIRouter(prefix="/api/v1/assets", tags=["assets"], dependencies=[Depends(require(Role.CUSTOMER))])


@router.get("")
async def read_assets(actor: ActorDep, session: SessionDep, now: Now) -> AssetList:
    """My appliances and vehicles, each with its warranty and its services."""
    return AssetList(items=await list_assets(session, actor=actor, now=now))


@router.post("", status_code=201)
async def create_asset(
    body: AssetIn, actor: ActorDep, session: SessionDep, now: Now, idempotency_key: IdempotencyKey = None
) -> AssetOut:
    """Remember an appliance or a vehicle, so that it need not be described again."""
    once = Once("assets", actor, idempotency_key, fingerprint(body))
    return await add_asset(session, body, once=once, now=now)
