"""Customers who ask for their list at the same moment are answered by one statement, each with his own."""

import asyncio

from sqlalchemy import update

from app.models import Session
from tests.harness.live import Live
from tests.make import make_customer, make_service_point
from tests.tickets import bodies


async def test_each_has_his_own_the_newest_first_and_nobody_else_is_answered(live: Live) -> None:
    async with live.sessions.begin() as session:
        await make_service_point(session)
        people = [await make_customer(session, phone=f"1390013900{n}") for n in range(4)]
    many, few, none, gone = [await live.caller_for(person) for person in people]
    try:
        numbers = {
            caller: [
                (await caller.post("/api/v1/tickets", json=bodies.report())).json()["number"]
                for _ in range(size)
            ]
            for caller, size in ((many, 21), (few, 2), (none, 0), (gone, 1))
        }
        async with live.sessions.begin() as session:
            over = update(Session).where(Session.customer_id == people[3].id)
            await session.execute(over.values(revoked_at=live.clock.now))
        asked = [many, few, none, gone] * 3
        answers = await asyncio.gather(*(caller.get("/api/v1/tickets") for caller in asked))
        for caller, answer in zip(asked, answers, strict=True):
            assert answer.status_code == (401 if caller is gone else 200)
            if caller is not gone:
                shown = [item["number"] for item in answer.json()["items"]]
                assert shown == numbers[caller][::-1][:20]
                assert bool(answer.json()["next_cursor"]) == (caller is many)
        cursor = answers[0].json()["next_cursor"]
        rest = (await many.get("/api/v1/tickets", params={"cursor": cursor})).json()
        assert [item["number"] for item in rest["items"]] == numbers[many][:1]
    finally:
        for caller in (many, few, none, gone):
            await caller.aclose()
