"""The desk finds a customer by what a caller tells it, sees no whole number, and leaves a trace."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.harness.callers import Caller
from tests.make import make_asset, make_customer, make_identity, make_ticket


async def search(agent: Caller, **query: Any) -> list[dict[str, Any]]:
    answer = await agent.get("/api/v1/customers", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_by_the_end_of_a_number_the_beginning_of_a_name_and_a_ticket(
    as_agent: Caller, session: AsyncSession
) -> None:
    wang = await make_customer(session, nickname="王小美", phone="13912340001")
    await make_customer(session, nickname="李先生", phone="13912349999")
    await make_identity(session, customer_id=wang.id, follows=True)
    await make_asset(session, wang)
    ticket = await make_ticket(session, wang)
    for query in ({"phone": "0001"}, {"phone": "13912340001"}, {"name": "王小"}, {"number": ticket.number}):
        (found,) = await search(as_agent, **query)
        assert found["id"] == str(wang.id)
    assert (found["phone_masked"], found["tickets"], found["assets"]) == ("139****0001", 1, 1)
    assert (found["wechat_accounts"], found["follows"]) == (1, True)
    assert await search(as_agent, phone="0001", name="李") == []
    assert await search(as_agent, name="%") == []


async def test_a_merged_one_is_found_as_whom_he_is_now(as_agent: Caller, session: AsyncSession) -> None:
    old = await make_customer(session, nickname="旧名", phone="13912340001")
    new = await make_customer(session, nickname="新名", phone="13912340002")
    wish = {"customer_id": str(old.id), "into": str(new.id), "reason": "换号"}
    await as_agent.post("/api/v1/customer-merges", json=wish)
    for query in ({"phone": "0001"}, {"name": "旧名"}):
        assert [found["id"] for found in await search(as_agent, **query)] == [str(new.id)]


async def test_pages_follow_each_other_without_gap_or_repeat(
    as_agent: Caller, session: AsyncSession, now: datetime
) -> None:
    people = [
        await make_customer(session, nickname="王", created_at=now - timedelta(minutes=n // 2))
        for n in range(7)
    ]
    found: list[str] = []
    cursor: str | None = None
    while True:
        query = {"name": "王", "limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await as_agent.get("/api/v1/customers", params=query)).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(found) == sorted(str(person.id) for person in people)


@pytest.mark.parametrize(
    "query", [{}, {"phone": "001"}, {"phone": "a%"}, {"name": " "}, {"cursor": "x", "name": "王"}]
)
async def test_nobody_leafs_through_all_customers(as_agent: Caller, query: dict[str, str]) -> None:
    assert (await as_agent.get("/api/v1/customers", params=query)).status_code == 422


async def test_each_search_is_in_the_log_without_the_number(as_agent: Caller, session: AsyncSession) -> None:
    await search(as_agent, phone="13912340001", name="王")
    rows = (await session.execute(text("SELECT actor_role, action, subject FROM audit_log"))).all()
    assert [tuple(row) for row in rows] == [("agent", "search_customers", "phone=…01 name")]
