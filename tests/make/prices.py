"""A price table in force: published, so that what a test adds later is a version of its own."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import PriceItem, PriceList, PriceOverride
from tests.harness.clock import MONDAY_MORNING

GAS: dict[str, Any] = {
    "code": "AC-GAS",
    "kind": "part",
    "category": "空调",
    "name": "R32 冷媒",
    "unit": "百克",
    "unit_price_fen": 8000,
}
SEAL: dict[str, Any] = GAS | {
    "code": "FR-SEAL",
    "category": "冰箱",
    "name": "门封条",
    "unit": "条",
    "unit_price_fen": 12000,
}


async def make_prices(
    session: AsyncSession,
    *items: dict[str, Any],
    overrides: tuple[tuple[str, str, int], ...] = (),
    valid_from: date = date(2020, 1, 1),
    complaint_phone: str = "",
) -> PriceList:
    """``items`` are columns of ``PriceItem`` (GAS where there are none), ``overrides`` (code, city, fen)."""
    version = (await session.scalar(select(func.max(PriceList.version))) or 0) + 1
    made = PriceList(version=version, created_by="test", complaint_phone=complaint_phone)
    session.add(made)
    await session.flush()
    session.add_all(PriceItem(list_version=version, **item) for item in items or (GAS,))
    await session.flush()
    session.add_all(
        PriceOverride(list_version=version, code=code, city=city, unit_price_fen=fen)
        for code, city, fen in overrides
    )
    await session.flush()
    made.valid_from, made.published_at, made.published_by = valid_from, MONDAY_MORNING, "test"
    await session.flush()
    return made
