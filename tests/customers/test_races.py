"""Merges at the same moment as other things, on real commits."""

import asyncio
from datetime import UTC, datetime

from httpx import Response
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.domain.actor import SYSTEM
from app.models import Customer, CustomerMerge, Ticket
from app.models.people import MergeCause, StaffRole
from app.services.customers.adopt import adopt
from app.services.customers.merge import Wish, merge
from app.services.customers.recognise import recognise
from app.services.customers.undo import undo
from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.make import make_customer, make_service_point, make_staff
from tests.tickets import bodies

NOW = datetime(2026, 6, 15, 2, 0, tzinfo=UTC)


async def two(live: Live) -> tuple[Customer, Customer]:
    async with live.sessions.begin() as session:
        await make_service_point(session)
        return await make_customer(session), await make_customer(session, phone="13900139001")


async def ask(agent: Caller, one: Customer, into: Customer) -> Response:
    wish = {"customer_id": str(one.id), "into": str(into.id), "reason": "同一人"}
    return await agent.post("/api/v1/customer-merges", json=wish)


async def live_customers(session: AsyncSession) -> int:
    return len(list(await session.scalars(select(Customer.id).where(Customer.merged_into.is_(None)))))


async def test_of_many_merges_at_once_in_both_directions_one_happens(live: Live) -> None:
    one, other = await two(live)
    async with live.sessions.begin() as session:
        staff = await make_staff(session, role=StaffRole.AGENT)
    async with await live.caller_for(staff) as agent:
        pairs = [(one, other), (other, one)] * 4
        answers = await asyncio.gather(*(ask(agent, source, target) for source, target in pairs))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [409] * 7
    async with live.sessions.begin() as session:
        assert await live_customers(session) == 1


async def test_a_report_that_was_under_way_comes_after_its_customer(live: Live) -> None:
    """The merge does not wait for it, and it does not know of the merge."""
    one, other = await two(live)
    async with live.sessions.begin() as session:
        # As the statement of a request that named its customer before the merge.
        connection = await driver(session)
        await connection.execute(
            "INSERT INTO assets (id, customer_id, kind, category, brand, model, serial_number, plate_number) "
            "VALUES (gen_random_uuid(), $1, 'appliance', '空调', '', '', '', '')",
            one.id,
        )
        async with live.sessions.begin() as merging:
            wish = Wish(one.id, other.id, MergeCause.STAFF, "同一人")
            done = await merge(await driver(merging), wish, actor=SYSTEM, now=NOW)
    async with live.sessions.begin() as session:
        connection = await driver(session)
        assert [f.invariant.name for f in await examine(connection)] == ["nothing_left_with_the_merged"]
        assert await adopt(connection, NOW) == 1
    async with live.sessions.begin() as session:
        connection = await driver(session)
        assert await examine(connection) == []
        assert await adopt(connection, NOW) == 0
        await undo(connection, done.id, reason="认错人了", actor=SYSTEM, now=NOW)
        owners = await session.scalars(text("SELECT customer_id FROM assets"))
        assert list(owners) == [one.id]


async def test_a_follow_and_a_sign_in_of_one_person_at_once_make_one_customer(live: Live) -> None:
    async def arrive(appid: str, openid: str) -> None:
        async with live.sessions.begin() as session:
            await recognise(await driver(session), appid, openid, "u-1", now=NOW)

    await asyncio.gather(*(arrive(f"wx{n % 3}", f"o-{n % 3}") for n in range(12)))
    async with live.sessions.begin() as session:
        assert await live_customers(session) == 1
        assert list(await session.scalars(select(CustomerMerge.id))) == []


async def test_the_day_on_which_two_accounts_are_bound_together(live: Live) -> None:
    """All at once, everybody's openids say who belongs to whom; what each had is with him afterwards."""

    async def sign_in(n: int, appid: str, unionid: str | None) -> None:
        async with live.sessions.begin() as session:
            await recognise(await driver(session), appid, f"o-{appid}-{n}", unionid, now=NOW)

    people = range(8)
    for appid in ("wx-a", "wx-b", "wx-c"):
        await asyncio.gather(*(sign_in(n, appid, None) for n in people))
    apps = ("wx-a", "wx-b", "wx-c")
    await asyncio.gather(*(sign_in(n, appid, f"u-{n}") for n in people for appid in apps))
    async with live.sessions.begin() as session:
        assert await live_customers(session) == 8
        assert len(list(await session.scalars(select(CustomerMerge.id)))) == 16
        assert await examine(await driver(session)) == []


async def test_reports_during_a_merge_are_all_found_with_the_survivor(live: Live) -> None:
    one, other = await two(live)
    async with live.sessions.begin() as session:
        staff = await make_staff(session, role=StaffRole.AGENT)
    async with await live.caller_for(one) as caller, await live.caller_for(staff) as agent:
        reports = [caller.post("/api/v1/tickets", json=bodies.report()) for _ in range(8)]
        *answers, merged = await asyncio.gather(*reports, ask(agent, one, other))
        assert [answer.status_code for answer in answers] == [201] * 8
        assert merged.status_code == 201
        async with live.sessions.begin() as session:
            await adopt(await driver(session), NOW)
            tickets = await session.scalars(select(Ticket.customer_id))
            assert set(tickets) == {other.id}
        assert len((await caller.get("/api/v1/tickets")).json()["items"]) == 8
