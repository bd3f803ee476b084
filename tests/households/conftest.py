"""王女士 and 李先生 live together; 张先生 (``stranger``) has nothing to do with them."""

from dataclasses import dataclass
from typing import Any

import pytest
from httpx import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Asset, Customer
from tests.harness.callers import Caller, CallerFor
from tests.make import make_asset, make_customer
from tests.tickets.conftest import colleague, engineer, rows, story, stranger
from tests.tickets.story import Story

__all__ = ["colleague", "engineer", "rows", "story", "stranger"]

HOUSEHOLDS = "/api/v1/households"


@dataclass
class Family:
    """``wang`` owns the household and the air conditioner, ``li`` has been invited by her."""

    wang: Caller
    li: Caller
    asset: Asset
    id: str = ""

    @property
    def url(self) -> str:
        return f"{HOUSEHOLDS}/{self.id}"

    async def invitation(self, who: Caller | None = None) -> Response:
        return await (who or self.wang).post(f"{self.url}/invitations")

    async def code(self) -> str:
        made: str = (await self.invitation()).json()["code"]
        return made

    async def join(self, who: Caller, code: str) -> Response:
        return await who.post("/api/v1/household-members", json={"code": code})

    async def share(self, household_id: str | None) -> Response:
        url = f"/api/v1/assets/{self.asset.id}/household"
        return await self.wang.put(url, json={"household_id": household_id})

    async def member(self, who: Caller) -> str:
        """By what the others call him."""
        (seen,) = (await who.get(HOUSEHOLDS)).json()["items"]
        (me,) = [member["id"] for member in seen["members"] if member["is_me"]]
        return str(me)

    async def sees(self, who: Caller) -> int:
        return (await who.get(f"/api/v1/assets/{self.asset.id}/archive")).status_code

    async def archive(self, who: Caller) -> dict[str, Any]:
        answer = await who.get(f"/api/v1/assets/{self.asset.id}/archive")
        assert answer.status_code == 200, answer.text
        return Story.as_dict(answer)


@pytest.fixture
async def li(caller_for: CallerFor, session: AsyncSession) -> Caller:
    return await caller_for(await make_customer(session, nickname="李先生", phone="13700137000"))


@pytest.fixture
async def family(story: Story, li: Caller, session: AsyncSession, customer: Customer) -> Family:
    """Together, with the air conditioner shared."""
    asset = await make_asset(session, customer, category="空调", serial_number="SN-1")
    family = Family(story.customer, li, asset)
    made = await family.wang.post(HOUSEHOLDS, json={"name": "锦绣花园的家"})
    assert made.status_code == 201, made.text
    family.id = made.json()["id"]
    assert (await family.join(li, await family.code())).status_code == 201
    assert (await family.share(family.id)).status_code == 200
    return family
