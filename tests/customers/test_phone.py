"""My number: proved or typed, paid for once, and only a proved one opens another's history."""

from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer, CustomerMerge, Ticket
from tests.harness.callers import Caller
from tests.harness.wechat import FakeWeChat
from tests.make import make_customer, make_identity, make_service_point, make_ticket
from tests.tickets import bodies

PHONE = "/api/v1/me/phone"
NUMBER = "13912340001"


@pytest.fixture
async def newcomer(as_customer: Caller, customer: Customer, session: AsyncSession) -> Caller:
    customer.phone = ""
    await make_identity(session, customer_id=customer.id)
    await make_service_point(session)
    return as_customer


async def put(caller: Caller, **body: Any) -> Response:
    return await caller.put(PHONE, json=body)


async def agents_record(agent: Caller, session: AsyncSession) -> Ticket:
    """A ticket that an agent takes down on the telephone for this number."""
    contact = {"name": "王女士", "phone": NUMBER}
    answer = await agent.post("/api/v1/tickets", json=bodies.report(contact=contact))
    assert answer.status_code == 201, answer.text
    found = await session.scalar(select(Ticket).where(Ticket.number == answer.json()["number"]))
    assert found is not None
    return found


async def test_the_button_proves_the_number(newcomer: Caller, wechat: FakeWeChat) -> None:
    wechat.phones["code"] = NUMBER
    answer = await put(newcomer, code="code")
    assert answer.json() == {"phone_masked": "139****0001", "phone_verified": True, "joined_tickets": 0}
    me = (await newcomer.get("/api/v1/me")).json()
    assert (me["phone_masked"], me["phone_verified"]) == ("139****0001", True)
    assert NUMBER not in answer.text + str(me)


async def test_a_number_that_we_know_is_not_paid_for_again(newcomer: Caller, wechat: FakeWeChat) -> None:
    wechat.phones = {"one": NUMBER, "two": "13912340002"}
    await put(newcomer, code="one")
    again = await put(newcomer, code="two")
    assert (again.json()["phone_masked"], wechat.calls) == ("139****0001", 1)
    replaced = await put(newcomer, code="two", replace=True)
    assert (replaced.json()["phone_masked"], wechat.calls) == ("139****0002", 2)


async def test_a_typed_number_is_not_proved(newcomer: Caller, wechat: FakeWeChat) -> None:
    answer = await put(newcomer, phone="+86 139-1234-0001".replace("-", ""))
    assert answer.json() == {"phone_masked": "139****0001", "phone_verified": False, "joined_tickets": 0}
    assert wechat.calls == 0
    wechat.phones["code"] = NUMBER
    await put(newcomer, code="code")
    # The proved one, typed again, stays proved; another one is not.
    assert (await put(newcomer, phone=NUMBER)).json()["phone_verified"] is True
    assert (await put(newcomer, phone="13912340002")).json()["phone_verified"] is False


@pytest.mark.parametrize(
    "body",
    [{}, {"code": "a", "phone": NUMBER}, {"phone": "12345"}, {"phone": "１３９"}, {"code": "中"}, {"x": 1}],
)
async def test_what_is_neither_is_refused(newcomer: Caller, body: dict[str, Any]) -> None:
    assert (await put(newcomer, **body)).status_code == 422


async def test_a_stale_code_says_what_to_do(newcomer: Caller) -> None:
    answer = await put(newcomer, code="stale")
    assert (answer.status_code, answer.json()["code"]) == (422, "phone_code_expired")
    assert "直接填写" in answer.json()["msg"]


async def test_another_mini_program_than_ours_is_refused(newcomer: Caller, wechat: FakeWeChat) -> None:
    wechat.strangers.add("wx-foreign")
    answer = await put(newcomer, code="a", appid="wx-foreign")
    assert (answer.status_code, answer.json()["code"], wechat.calls) == (422, "unknown_account", 0)


async def test_the_proved_number_brings_home_what_an_agent_wrote_down(
    newcomer: Caller, customer: Customer, as_agent: Caller, wechat: FakeWeChat, session: AsyncSession
) -> None:
    ticket = await agents_record(as_agent, session)
    assert (await newcomer.get("/api/v1/tickets")).json()["items"] == []
    wechat.phones["code"] = NUMBER
    assert (await put(newcomer, code="code")).json()["joined_tickets"] == 1
    listed = (await newcomer.get("/api/v1/tickets")).json()["items"]
    assert [item["number"] for item in listed] == [ticket.number]
    made = await session.scalar(select(CustomerMerge))
    assert made is not None
    assert (made.cause, made.into_id) == ("phone", customer.id)
    # The next call of the same person goes straight to him.
    await session.refresh(customer)
    assert (await agents_record(as_agent, session)).customer_id == customer.id


async def test_a_typed_number_opens_nothing(
    newcomer: Caller, customer: Customer, as_agent: Caller, session: AsyncSession
) -> None:
    """Otherwise anybody could read the address of anybody whose number he knows."""
    await agents_record(as_agent, session)
    await put(newcomer, phone=NUMBER)
    assert (await newcomer.get("/api/v1/tickets")).json()["items"] == []
    later = await agents_record(as_agent, session)
    assert later.customer_id != customer.id
    assert (await newcomer.get("/api/v1/tickets")).json()["items"] == []


async def test_whoever_typed_a_number_first_does_not_get_its_owners_reports(
    newcomer: Caller, customer: Customer, as_agent: Caller, session: AsyncSession
) -> None:
    await put(newcomer, phone=NUMBER)
    report = await agents_record(as_agent, session)
    assert report.customer_id != customer.id
    assert (await newcomer.get("/api/v1/tickets")).json()["items"] == []


async def test_somebody_with_a_wechat_of_his_own_is_never_joined_by_a_number(
    newcomer: Caller, wechat: FakeWeChat, session: AsyncSession
) -> None:
    husband = await make_customer(session, phone=NUMBER)
    await make_identity(session, customer_id=husband.id)
    await make_ticket(session, husband)
    wechat.phones["code"] = NUMBER
    assert (await put(newcomer, code="code")).json()["joined_tickets"] == 0


async def test_a_join_that_people_undid_is_not_made_again(
    newcomer: Caller, as_agent: Caller, wechat: FakeWeChat, session: AsyncSession
) -> None:
    """A number changes hands; the new holder is not the old one."""
    await agents_record(as_agent, session)
    wechat.phones = {"one": NUMBER, "two": NUMBER}
    await put(newcomer, code="one")
    (made,) = (await as_agent.get("/api/v1/customer-merges")).json()["items"]
    undone = await as_agent.post(f"/api/v1/customer-merges/{made['id']}/undo", json={"reason": "换了机主"})
    assert undone.status_code == 200
    assert (await newcomer.get("/api/v1/tickets")).json()["items"] == []
    assert (await put(newcomer, code="two", replace=True)).json()["joined_tickets"] == 0


async def test_a_customer_that_was_merged_is_found_by_his_old_number(
    as_agent: Caller, session: AsyncSession
) -> None:
    await make_service_point(session)
    old = await make_customer(session, phone=NUMBER)
    now = await make_customer(session, phone="13912340002")
    wish = {"customer_id": str(old.id), "into": str(now.id), "reason": "换号"}
    assert (await as_agent.post("/api/v1/customer-merges", json=wish)).status_code == 201
    assert (await agents_record(as_agent, session)).customer_id == now.id
