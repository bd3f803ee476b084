from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.make import make_prices
from tests.make.prices import GAS, SEAL
from tests.tickets.conftest import colleague, engineer, rows, story, stranger
from tests.tickets.story import Story

__all__ = ["colleague", "engineer", "rows", "story", "stranger"]

LABOUR: dict[str, Any] = GAS | {
    "code": "AC-L-FIX",
    "kind": "labour",
    "name": "检修工时",
    "unit": "次",
    "unit_price_fen": 10000,
    "warranty_days": 90,
}
CALL_OUT: dict[str, Any] = GAS | {
    "code": "CALL-OUT",
    "kind": "call_out",
    "category": "",
    "name": "上门检测费",
    "unit": "次",
    "unit_price_fen": 5000,
}


@pytest.fixture
async def charged(story: Story, session: AsyncSession) -> Story:
    """A town where coming costs something, and more in Shanghai."""
    await make_prices(
        session,
        GAS,
        SEAL,
        LABOUR,
        CALL_OUT,
        overrides=(("CALL-OUT", "上海市", 8000),),
        complaint_phone="400-820-1237",
    )
    return story
