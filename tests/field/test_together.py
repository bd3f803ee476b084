"""Two people at one job, and engineers of a contractor: each sees on his phone what is his."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Engineer
from app.models.people import Staff
from tests.harness.callers import Caller
from tests.make import make_contractor
from tests.tickets.story import Story


@pytest.fixture
async def together(story: Story, colleague: Caller) -> Caller:
    """Who comes along."""
    await story.accepted()
    await story.agent.put(f"/api/v1/tickets/{story.number}/crew", json={"people": 2})
    slots = (await story.customer.get(f"/api/v1/tickets/{story.number}/slots")).json()["items"]
    window = {"start": slots[0]["start"], "end": slots[0]["end"]}
    await story.step(story.customer, "book", window=window)
    return colleague


async def test_who_comes_along_sees_the_job_and_who_acts(story: Story, together: Caller) -> None:
    today = (await together.get("/field")).text
    assert "协助" in today
    assert story.number in today
    url = f"/field/tickets/{story.number}"
    page = (await together.get(url)).text
    assert "您协助，由 陈师傅 操作" in page
    assert f'action="{url}/events/depart"' not in page
    assert f'action="{url}/contact"' in page
    seen = await story.see(story.agent)
    late = await together.post(
        f"{url}/events/depart", data={"version": seen["version"]}, headers={"Idempotency-Key": "k"}
    )
    assert late.status_code == 200
    assert late.json()["refused"]["code"] == "event_not_allowed"
    assert (await story.see())["state"] == "scheduled"


async def test_an_engineer_of_a_contractor_sees_his_own(
    story: Story, session: AsyncSession, engineer: Engineer, colleague: Caller
) -> None:
    await make_contractor(session, "春城快修", engineer)
    assert (await session.get_one(Staff, engineer.id)).contractor_id is not None
    await story.accepted()
    assert story.number in (await story.engineer.get("/field")).text
    assert (await story.engineer.get(f"/field/tickets/{story.number}")).status_code == 200
    assert story.number not in (await colleague.get("/field")).text
    assert (await colleague.get(f"/field/tickets/{story.number}")).status_code == 404
