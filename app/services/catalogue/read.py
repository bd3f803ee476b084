"""What the brand sells and what its service costs: published, so everybody signed in may read it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import PriceItem, Product


async def products(session: AsyncSession, *, category: str | None) -> list[Product]:
    statement = select(Product).order_by(Product.category, Product.brand, Product.model)
    if category:
        statement = statement.where(Product.category == category)
    return list(await session.scalars(statement))


async def price_items(session: AsyncSession, *, category: str | None) -> list[PriceItem]:
    """Items without a category (the call-out fee) go with every category."""
    statement = select(PriceItem).where(PriceItem.active).order_by(PriceItem.category, PriceItem.code)
    if category:
        statement = statement.where(PriceItem.category.in_([category, ""]))
    return list(await session.scalars(statement))
