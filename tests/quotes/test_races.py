"""Two people at the same moment: one of them is in time, the other is told what there is now."""

import asyncio

from app.models.people import StaffRole
from tests.harness.live import Live
from tests.make import make_prices, make_staff
from tests.tickets.lives import town

ONE = [{"code": "AC-GAS", "quantity": 1}]


async def test_a_quote_is_revised_while_the_customer_agrees(live: Live) -> None:
    async with town(live, engineers=1) as here:
        async with live.sessions.begin() as session:
            await make_prices(session)
        story = here.story
        await story.on_site()
        await story.step(story.engineer, "quote", lines=ONE)
        for _ in range(4):
            seen = await story.see()
            if seen["state"] != "quote_pending":
                await story.step(story.engineer, "quote", lines=ONE)
                seen = await story.see()
            version, shown = seen["version"], seen["quote"]["version"]
            yes, revised = await asyncio.gather(
                here.ask(story.customer, story.number, "approve_quote", version, quote_version=shown),
                here.ask(story.engineer, story.number, "revise_quote", version, lines=ONE),
            )
            assert sorted([yes.status_code, revised.status_code]) == [200, 409]
            agreed = await here.number_of("SELECT max(version) FROM quotes WHERE state = 'approved'")
            assert (agreed == shown) == (yes.status_code == 200)
        assert await here.health() == []


async def test_a_quote_is_reviewed_once_however_many_managers_press(live: Live) -> None:
    async with town(live, engineers=1) as here:
        async with live.sessions.begin() as session:
            await make_prices(session)
        story = here.story
        await story.on_site()
        await story.step(story.engineer, "quote", lines=[{"code": "AC-GAS", "quantity": 50}])
        url = f"/api/v1/tickets/{story.number}/quotes/1/review"
        answers = await asyncio.gather(
            *(story.manager.post(url, json={"decision": "approve"}) for _ in range(6))
        )
        assert sorted(answer.status_code for answer in answers) == [200, *[409] * 5]
        told = "SELECT count(*) FROM outbox WHERE recipient = 'customer' AND slots->>'hint' = '报价已出，请您确认'"
        assert await here.number_of(told) == 1
        assert await here.health() == []


async def test_one_draft_begins_however_many_managers_press(live: Live) -> None:
    async with live.sessions.begin() as session:
        manager = await make_staff(session, role=StaffRole.MANAGER)
        await make_prices(session)
    async with await live.caller_for(manager) as caller:
        answers = await asyncio.gather(*(caller.post("/api/v1/price-lists", json={}) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
