"""What the brand sells and what its service costs: published, so everybody signed in may read it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import PriceItem, PriceList, Product
from app.services.prices.current import day_of


async def products(session: AsyncSession, *, category: str | None) -> list[Product]:
    statement = select(Product).order_by(Product.category, Product.brand, Product.model)
    if category:
        statement = statement.where(Product.category == category)
    return list(await session.scalars(statement))


async def price_items(session: AsyncSession, *, category: str | None, now: datetime) -> list[PriceItem]:
    """Those in force; items without a category (the call-out fee) go with every category."""
    in_force = (
        select(PriceList.version)
        .where(PriceList.valid_from <= day_of(now))
        .order_by(PriceList.valid_from.desc(), PriceList.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(PriceItem)
        .where(PriceItem.active, PriceItem.list_version == in_force)
        .order_by(PriceItem.category, PriceItem.code)
    )
    if category:
        statement = statement.where(PriceItem.category.in_([category, ""]))
    return list(await session.scalars(statement))
