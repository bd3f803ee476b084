"""A number as it is shown to its owner stands for the number itself, for him alone."""

from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Ticket
from tests.harness.callers import Caller, CallerFor
from tests.make import make_customer

REPORT: dict[str, Any] = {"service_type": "consultation", "category": "洗衣机", "fault": "怎么清洗滤网"}


async def report(who: Caller, phone: str) -> Response:
    return await who.post("/api/v1/tickets", json=REPORT | {"contact": {"name": "赵先生", "phone": phone}})


@pytest.fixture
async def zhao(caller_for: CallerFor, session: AsyncSession) -> Caller:
    await make_customer(session, phone="13900000002")
    return await caller_for(await make_customer(session, phone="13800000002"))


async def test_his_own_number_need_not_be_typed(zhao: Caller, session: AsyncSession) -> None:
    answer = await report(zhao, "138****0002")
    assert answer.status_code == 201, answer.text
    assert answer.json()["contact"]["phone_masked"] == "138****0002"
    kept = await session.scalar(select(Ticket.contact_phone).where(Ticket.number == answer.json()["number"]))
    assert kept == "13800000002"


@pytest.mark.parametrize("masked", ["139****0002", "138****0003"])
async def test_another_number_must_be_whole(zhao: Caller, masked: str) -> None:
    answer = await report(zhao, masked)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["body.contact.phone"]


async def test_an_agent_writes_down_whole_numbers(zhao: Caller, as_agent: Caller) -> None:
    assert (await report(as_agent, "138****0002")).status_code == 422
    assert (await report(as_agent, "13800000002")).status_code == 201


async def test_a_customer_without_a_number_types_it(caller_for: CallerFor, session: AsyncSession) -> None:
    nobody = await caller_for(await make_customer(session, phone=""))
    assert (await report(nobody, "138****0002")).status_code == 422
