"""What a transaction promises to a request, on the bound connection of the tests and on a real one."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database, driver
from app.models import Customer
from tests.harness.live import Live
from tests.make import make_customer

INSERT = "INSERT INTO customers (id, nickname, phone) VALUES (gen_random_uuid(), $1, '')"


async def nicknames(session: AsyncSession) -> list[str]:
    return list(await session.scalars(select(Customer.nickname).order_by(Customer.nickname)))


class Broken(Exception):
    pass


async def insert_and_fail(database: Database) -> None:
    async with database.sessions.begin() as session:
        await (await driver(session)).execute(INSERT, "first")
        raise Broken


async def test_driver_statement_is_rolled_back_with_its_savepoint(
    database: Database, session: AsyncSession
) -> None:
    await make_customer(session, nickname="bystander")
    with pytest.raises(Broken):
        await insert_and_fail(database)
    assert await nicknames(session) == ["bystander"]


async def test_driver_statement_is_seen_by_the_test_once_its_session_ends(
    database: Database, session: AsyncSession
) -> None:
    async with database.sessions.begin() as inner:
        await (await driver(inner)).execute(INSERT, "first")
    assert await nicknames(session) == ["first"]


async def test_a_statement_that_fails_past_sqlalchemy_leaves_the_outer_transaction_usable(
    database: Database, session: AsyncSession
) -> None:
    await make_customer(session, nickname="bystander")
    with pytest.raises(Exception, match="division by zero"):
        async with database.sessions.begin() as inner:
            await (await driver(inner)).execute("SELECT 1/0")
    assert await nicknames(session) == ["bystander"]


async def test_the_reader_sees_what_the_test_has_written(database: Database, session: AsyncSession) -> None:
    await make_customer(session, nickname="unflushed no more")
    async with database.reads.acquire() as reader:
        assert await reader.fetchval("SELECT nickname FROM customers") == "unflushed no more"


async def test_nothing_of_a_test_survives_it_part_one(session: AsyncSession) -> None:
    assert await session.scalar(select(func.count()).select_from(Customer)) == 0
    await make_customer(session)
    await session.commit()


async def test_nothing_of_a_test_survives_it_part_two(session: AsyncSession) -> None:
    assert await session.scalar(select(func.count()).select_from(Customer)) == 0
    await make_customer(session)
    await session.commit()


async def test_live_driver_statement_begins_a_transaction_of_its_own(live: Live) -> None:
    with pytest.raises(Broken):
        await insert_and_fail(live.database)
    async with live.sessions.begin() as session:
        # The very first statement of the session goes past SQLAlchemy, and so must its COMMIT count.
        await (await driver(session)).execute(INSERT, "second")
    async with live.sessions.begin() as session:
        assert await nicknames(session) == ["second"]


async def test_live_reads_refuse_to_write(live: Live) -> None:
    async with live.database.reads.acquire() as reader:
        with pytest.raises(Exception, match="read-only transaction"):
            await reader.execute(INSERT, "never")
