from collections.abc import Awaitable, Callable

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.make import make_part
from tests.tickets.conftest import colleague, engineer, rows, story, stranger
from tests.tickets.story import Story

__all__ = ["colleague", "engineer", "rows", "story", "stranger"]

Stocking = Callable[..., Awaitable[None]]


@pytest.fixture
async def shop(story: Story, session: AsyncSession, rows: asyncpg.Connection) -> Story:
    """Capacitors and boards are known; the engineer belongs to the service point."""
    await make_part(session)
    await make_part(
        session, code="AC-BOARD", name="外机控制板", aliases=["外机主板"], serialised=True, returnable=True
    )
    await rows.execute("UPDATE staff SET service_point_id = (SELECT id FROM service_points LIMIT 1)")
    return story


@pytest.fixture
async def stock(shop: Story, rows: asyncpg.Connection) -> Stocking:
    """``await stock(van=2, point=5)`` of a part, the capacitor unless named."""

    async def receive(part: str = "AC-CAP", **where: int) -> None:
        point = str(await rows.fetchval("SELECT id FROM service_points LIMIT 1"))
        ids = {"van": str(shop.engineer.person.id), "point": point}
        for kind, quantity in where.items():
            body = {
                "kind": "receive",
                "place": {"kind": kind, "id": ids[kind]},
                "lines": [{"part_code": part, "quantity": quantity}],
            }
            answer = await shop.agent.post("/api/v1/stock/movements", json=body)
            assert answer.status_code == 201, answer.text

    return receive
