"""Customers who look at the same moment are answered by one statement, and see what each of them may."""

import asyncio

from httpx import Response
from sqlalchemy import update

from app.models import Session
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.make import make_customer, make_service_point
from tests.tickets import bodies


async def reported(caller: Caller) -> str:
    answer = await caller.post("/api/v1/tickets", json=bodies.report())
    assert answer.status_code == 201
    number: str = answer.json()["number"]
    return number


async def test_each_sees_his_own_and_nothing_else(live: Live) -> None:
    async with live.sessions.begin() as session:
        await make_service_point(session)
        wang = await make_customer(session)
        zhao = await make_customer(session, phone="13900139001")
        gone = await make_customer(session, phone="13900139002")
    callers = [await live.caller_for(person) for person in (wang, zhao, gone)]
    try:
        numbers = [await reported(caller) for caller in callers]
        async with live.sessions.begin() as session:
            await session.execute(
                update(Session).where(Session.customer_id == gone.id).values(revoked_at=live.clock.now)
            )

        async def looks(caller: Caller, number: str) -> Response:
            return await caller.get(f"/api/v1/tickets/{number}")

        asked = [(who, what) for _ in range(4) for who in range(3) for what in range(3)]
        answers = await asyncio.gather(*(looks(callers[who], numbers[what]) for who, what in asked))
    finally:
        for caller in callers:
            await caller.aclose()
    for (who, what), answer in zip(asked, answers, strict=True):
        assert answer.status_code == (401 if who == 2 else 200 if who == what else 404)
        if answer.status_code == 200:
            assert answer.json()["number"] == numbers[what]
