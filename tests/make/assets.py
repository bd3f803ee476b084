from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Asset, Customer
from app.models.tickets import AssetKind
from tests.make.rows import add


async def make_asset(session: AsyncSession, customer: Customer, **over: object) -> Asset:
    values = {
        "customer_id": customer.id,
        "kind": AssetKind.APPLIANCE,
        "category": "air_conditioner",
        "brand": "回声",
        "model": "KFR-35GW",
    }
    return await add(session, Asset(**values | over))
