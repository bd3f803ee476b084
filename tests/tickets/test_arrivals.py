"""Reports that come in at the same moment are written by one statement, and none knows of the others."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from httpx import Response
from sqlalchemy import func, select, update

from app.models import Asset, Session, Ticket, TicketEvent
from app.services.tickets import arrivals
from app.services.tickets.arrivals import Arrivals, Report
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.make import make_customer, make_service_point
from tests.tickets import bodies


@pytest.fixture
async def callers(live: Live) -> AsyncIterator[list[Caller]]:
    async with live.sessions.begin() as session:
        await make_service_point(session)
        people = [await make_customer(session, phone=f"1390013900{n}") for n in range(4)]
    found = [await live.caller_for(person) for person in people]
    yield found
    for caller in found:
        await caller.aclose()


@pytest.fixture
def waves(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many reports each statement carried."""
    sizes: list[int] = []
    plain = arrivals.write

    async def counted(connection: asyncpg.Connection, reports: list[Report]) -> dict[str, int]:
        sizes.append(len(reports))
        return await plain(connection, reports)

    monkeypatch.setattr(arrivals, "write", counted)
    return sizes


async def report(caller: Caller, key: str, **fields: Any) -> Response:
    return await caller.post(
        "/api/v1/tickets", json=bodies.report(**fields), headers={"Idempotency-Key": key}
    )


async def count(live: Live, column: Any) -> int:
    async with live.sessions() as session:
        return await session.scalar(select(func.count(column))) or 0


async def test_each_gets_his_own_ticket_with_all_that_hangs_on_it(
    live: Live, callers: list[Caller], waves: list[int]
) -> None:
    asked = [(who, f"热水器不出热水，第 {n} 次") for n in range(6) for who in range(4)]
    answers = await asyncio.gather(
        *(report(callers[who], f"k{n}", fault=fault) for n, (who, fault) in enumerate(asked))
    )
    assert max(waves) > 1
    for (who, fault), answer in zip(asked, answers, strict=True):
        assert answer.status_code == 201
        seen = await callers[who].get(answer.headers["location"])
        assert (seen.json()["number"], seen.json()["fault"]) == (answer.json()["number"], fault)
    assert await count(live, Ticket.id) == await count(live, TicketEvent.ticket_id) == len(asked)


async def test_the_same_key_at_the_same_moment_makes_one_ticket(live: Live, callers: list[Caller]) -> None:
    answers = await asyncio.gather(*(report(callers[n % 2], "once", fault="不制冷") for n in range(12)))
    assert {answer.status_code for answer in answers} == {201}
    numbers = [{answer.json()["number"] for answer in answers[who::2]} for who in range(2)]
    assert [len(each) for each in numbers] == [1, 1]
    assert await count(live, Ticket.id) == 2


async def test_a_key_of_another_body_is_refused_also_at_the_same_moment(callers: list[Caller]) -> None:
    answers = await asyncio.gather(*(report(callers[0], "once", fault=fault) for fault in ("不制冷", "漏水")))
    assert sorted(answer.status_code for answer in answers) == [201, 422]


async def test_two_reports_of_one_appliance_at_the_same_moment_remember_it_once(
    live: Live, callers: list[Caller]
) -> None:
    mine = {"serial_number": "SN-7", "brand": "回声", "model": "KFR-35GW"}
    answers = await asyncio.gather(
        *(report(callers[n % 4], f"k{n}", fault=f"不制冷 {n}", **mine) for n in range(12))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert await count(live, Asset.id) == 4
    async with live.sessions() as session:
        pairs = (await session.execute(select(Ticket.customer_id, Ticket.asset_id).distinct())).all()
    assert len(pairs) == 4
    assert all(asset for _, asset in pairs)


async def test_who_is_no_longer_signed_in_is_told_so_and_holds_up_nobody(
    live: Live, callers: list[Caller]
) -> None:
    async with live.sessions.begin() as session:
        gone = (await session.scalars(select(Session).order_by(Session.id).limit(1))).one()
        await session.execute(update(Session).where(Session.id == gone.id).values(revoked_at=live.clock.now))
    answers = await asyncio.gather(*(report(caller, "k", fault="不制冷") for caller in callers))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 401]
    assert await count(live, Ticket.id) == 3


async def test_what_is_wrong_with_one_report_is_nobody_elses(
    live: Live, callers: list[Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a row that the tables refuse: only its own reporter hears of it."""
    through = Arrivals.write

    async def spoiled(self: Arrivals, one: Report) -> int | None:
        return await through(self, one._replace(service_type="?") if "坏" in one.fault else one)

    monkeypatch.setattr(Arrivals, "write", spoiled)
    answers = await asyncio.gather(
        *(report(caller, "k", fault="坏的" if n == 1 else "不制冷") for n, caller in enumerate(callers))
    )
    assert [answer.status_code for answer in answers] == [201, 500, 201, 201]
    assert await count(live, Ticket.id) == 3
