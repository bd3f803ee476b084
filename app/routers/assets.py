"""A customer's appliances and vehicles, with their service history."""

from fastapi import APIRouter, Depends

from app.clock import Now
from app.db import SessionDep
from app.domain.lifecycle import Role
from app.routers.dependencies import ActorDep, require
from app.schemas.assets import AssetIn, AssetList, AssetOut
from app.services.assets.add_asset import add_asset
from app.services.assets.list_assets import list_assets

router = APIRouter(prefix="/api/v1/assets", tags=["assets"], dependencies=[Depends(require(Role.CUSTOMER))])


@router.get("")
async def read_assets(actor: ActorDep, session: SessionDep, now: Now) -> AssetList:
    """My appliances and vehicles, each with its warranty and its services."""
    return AssetList(items=await list_assets(session, actor=actor, now=now))


@router.post("", status_code=201)
async def create_asset(body: AssetIn, actor: ActorDep, session: SessionDep, now: Now) -> AssetOut:
    return await add_asset(session, body, actor=actor, now=now)
