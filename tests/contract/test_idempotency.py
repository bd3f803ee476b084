"""One Idempotency-Key, one ticket, one answer: for impatient thumbs, lost answers and races."""

import asyncio
from typing import Any

from httpx import Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer, Push, Ticket
from app.models.people import StaffRole
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.make import make_customer, make_service_point, make_staff
from tests.tickets import bodies
from tests.tickets.story import Story

TICKETS = "/api/v1/tickets"


async def report(caller: Caller, key: str, **over: Any) -> Response:
    return await caller.post(TICKETS, json=bodies.report(**over), headers={"Idempotency-Key": key})


async def count(session: AsyncSession, model: type) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_the_same_words_with_the_same_key_have_one_effect(story: Story, session: AsyncSession) -> None:
    first, second = [await report(story.customer, "k-1") for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"]
    assert (await count(session, Ticket), await count(session, Push)) == (1, 1)


async def test_other_words_with_the_same_key_are_refused(story: Story, session: AsyncSession) -> None:
    await report(story.customer, "k-1")
    answer = await report(story.customer, "k-1", fault="漏水")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert await count(session, Ticket) == 1


async def test_keys_of_two_customers_never_meet(story: Story, stranger: Caller) -> None:
    hers, his = await report(story.customer, "k-1"), await report(stranger, "k-1", fault="漏水")
    assert (hers.status_code, his.status_code) == (201, 201)
    assert hers.json()["number"] != his.json()["number"]


async def test_without_a_key_twice_is_twice(story: Story, session: AsyncSession) -> None:
    for _ in range(2):
        assert (await story.customer.post(TICKETS, json=bodies.report())).status_code == 201
    assert await count(session, Ticket) == 2


async def test_a_repeat_gives_the_first_answer_although_the_ticket_has_moved_on(story: Story) -> None:
    first = await report(story.customer, "k-1")
    story.number = first.json()["number"]
    await story.sweep()
    await story.step(story.engineer, "accept")
    assert (await report(story.customer, "k-1")).json() == first.json()
    assert (await story.see())["state"] == "accepted"


async def test_a_refused_report_does_not_use_up_its_key(story: Story) -> None:
    refused = await report(story.customer, "k-1", address=None)
    assert refused.status_code == 422
    assert (await report(story.customer, "k-1")).status_code == 201


async def test_ten_at_once_make_one_ticket(live: Live) -> None:
    async with live.sessions.begin() as session:
        customer = await make_customer(session)
        await make_service_point(session)
    async with await live.caller_for(customer) as caller:
        answers = await asyncio.gather(*(report(caller, "k-1") for _ in range(10)))
    assert [answer.status_code for answer in answers] == [201] * 10
    assert all(answer.json() == answers[0].json() for answer in answers)
    async with live.sessions() as session:
        assert (await count(session, Ticket), await count(session, Push)) == (1, 1)


async def test_ten_agents_at_once_make_one_customer(live: Live) -> None:
    """Somebody new calls, and everybody at the desk clicks: he is still one person."""
    async with live.sessions.begin() as session:
        agent = await make_staff(session, role=StaffRole.AGENT)
        await make_service_point(session)
    async with await live.caller_for(agent) as caller:
        keys = ["k-1"] * 5 + [f"k-{n}" for n in range(2, 7)]
        answers = await asyncio.gather(*(report(caller, key) for key in keys))
    assert [answer.status_code for answer in answers] == [201] * 10
    async with live.sessions() as session:
        assert (await count(session, Ticket), await count(session, Customer)) == (6, 1)
