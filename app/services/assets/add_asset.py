"""Remember an appliance or a vehicle of the caller's."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.domain.actor import Actor
from app.domain.zone import ZONE
from app.errors import Conflict, InvalidInput
from app.models import Asset, Product
from app.schemas.assets import AssetIn, AssetOut
from app.services.assets.list_assets import describe
from app.services.assets.place import address_kept
from app.services.idempotency import Once
from app.services.membership.award import one_at_a_time, registered


class AssetKnown(Conflict):
    code, msg = "asset_known", "这个序列号的设备已经在您的设备里了。"


async def add_asset(session: AsyncSession, body: AssetIn, *, once: Once, now: datetime) -> AssetOut:
    """Errors: asset_known (same serial number twice), invalid_input for a purchase in the future."""
    actor, connection = once.actor, await driver(session)
    if earlier := await once.earlier(connection, now):
        return AssetOut.model_validate(earlier)
    today = now.astimezone(ZONE).date()
    if body.purchased_on and body.purchased_on > today:
        raise InvalidInput.at("body.purchased_on", "购买日期不能晚于今天。", "in_the_future")
    await one_at_a_time(connection, actor.id)
    asset = await _of_number(session, body.serial_number, actor) if body.serial_number else None
    if asset is None:
        said = body.model_dump(exclude={"address"}) | {"address": address_kept(body.address)}
        asset = Asset(id=uuid4(), customer_id=UUID(actor.id), **said)
        session.add(asset)
    elif asset.removed_at is None:
        raise AssetKnown
    else:
        # Back from where he had put it, with its history; the day of its purchase was looked at then.
        asset.removed_at = None
    await session.flush()
    await registered(connection, asset.id, actor.id, now)
    product = select(Product.warranty_months).where(
        Product.brand == asset.brand, Product.model == asset.model
    )
    made = describe(asset, await session.scalar(product), [], today, asset.customer_id)
    await once.keep(connection, made.model_dump())
    return made


async def _of_number(session: AsyncSession, serial_number: str, actor: Actor) -> Asset | None:
    mine = select(Asset).where(Asset.customer_id == UUID(actor.id), Asset.serial_number == serial_number)
    return await session.scalar(mine)
