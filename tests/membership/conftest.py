"""王女士 (``story.customer``) in a house that has membership since a month before."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.services.reconcile.difference import Difference
from app.services.reconcile.twice import TWICE, count_twice
from app.services.seed.membership import plant_membership
from tests.harness.callers import Caller
from tests.tickets.conftest import colleague, engineer, rows, story, stranger
from tests.tickets.story import SCORES, Story

__all__ = ["colleague", "engineer", "rows", "story", "stranger"]

MINE = "/api/v1/me/membership"
RULES = "/api/v1/membership/rules"


@dataclass
class Members:
    story: Story
    rows: asyncpg.Connection

    @property
    def wang(self) -> str:
        return str(self.story.customer.person.id)

    async def mine(self, who: Caller | None = None, **params: str) -> dict[str, Any]:
        answer = await (who or self.story.customer).get(MINE, params=params)
        assert answer.status_code == 200, answer.text
        return Story.as_dict(answer)

    async def ledger(self, who: Caller | None = None) -> list[tuple[int, str]]:
        """Oldest first."""
        return [(each["change"], each["label"]) for each in reversed((await self.mine(who))["items"])]

    async def confirmed(self, **over: Any) -> None:
        await self.story.completed(**over)
        await self.story.step(self.story.customer, "confirm")

    async def rate(self) -> None:
        answer = await self.story.customer.put(f"/api/v1/tickets/{self.story.number}/rating", json=SCORES)
        assert answer.status_code == 200, answer.text

    async def register(self, who: Caller | None = None, **over: str) -> str:
        answer = await (who or self.story.customer).post("/api/v1/assets", json={"category": "空调"} | over)
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["id"]
        return made

    async def correct(self, change: int, **over: Any) -> dict[str, Any]:
        body = {"change": change, "reason": "活动补分"} | over
        answer = await self.story.manager.post(f"/api/v1/customers/{self.wang}/points", json=body)
        assert answer.status_code == 201, answer.text
        return Story.as_dict(answer)

    async def aged(self, days: int) -> None:
        """As if it had all been so much earlier: nobody stays signed in for a year."""
        earlier = timedelta(days=days)
        await self.rows.execute("SELECT set_config('huixiang.erasing', 'on', true)")
        await self.rows.execute(
            "UPDATE membership_rules SET published_at = published_at - $1::interval", earlier
        )
        await self.rows.execute(
            "UPDATE member_points SET at = at - $1::interval, earned_at = earned_at - $1::interval", earlier
        )
        await self.rows.execute("SELECT set_config('huixiang.erasing', 'off', true)")

    async def differences(self) -> list[Difference]:
        """What counting once more finds; all the rest is held to it in tests/reconcile."""
        of_points = [twice for twice in TWICE if twice.name.startswith("member_points")]
        return [each for twice in of_points for each in (await count_twice(self.rows, twice)).differences]


@pytest.fixture
async def members(story: Story, session: AsyncSession) -> Members:
    connection = await driver(session)
    await plant_membership(connection, story.clock.now - timedelta(days=30))
    return Members(story, connection)
