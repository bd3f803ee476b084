"""The pool hands on what is sound, replaces what is not, and keeps nobody waiting for nothing."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.pool import Pool
from app.settings import Settings
from tests.harness.live import Live

WHO = "SELECT pg_backend_pid()"


@pytest.fixture
async def pool(settings: Settings) -> AsyncIterator[Pool]:
    pool = Pool(lambda: asyncpg.connect(settings.database_url), 2, 5.0)
    yield pool
    await pool.close()


async def backend(pool: Pool) -> int:
    async with pool.acquire() as connection:
        return int(await connection.fetchval(WHO))


async def test_one_connection_serves_all_who_come_one_by_one(pool: Pool) -> None:
    assert len({await backend(pool) for _ in range(5)}) == 1
    assert (pool.get_size(), pool.get_idle_size(), pool.get_max_size()) == (1, 1, 2)


async def test_never_more_than_its_size_and_everybody_gets_a_turn(pool: Pool) -> None:
    served = await asyncio.gather(*(backend(pool) for _ in range(40)))
    assert (len(served), len(set(served)), pool.get_idle_size()) == (40, 2, 2)


async def test_waiting_has_an_end(pool: Pool) -> None:
    async with pool.acquire(), pool.acquire():
        with pytest.raises(TimeoutError):
            async with pool.acquire(timeout=0.01):
                pytest.fail("there are but two")
    assert pool.get_idle_size() == pool.get_size() == 2


async def test_whoever_gave_up_is_passed_over(pool: Pool) -> None:
    async with pool.acquire():
        async with pool.acquire():
            impatient, patient = (asyncio.create_task(backend(pool)) for _ in range(2))
            await asyncio.sleep(0)
            impatient.cancel()
        assert await patient
    assert impatient.cancelled()


async def test_given_up_in_the_moment_of_being_served_is_no_loss(pool: Pool) -> None:
    async with pool.acquire():
        async with pool.acquire():
            late = asyncio.create_task(backend(pool))
            await asyncio.sleep(0)
        late.cancel()
        assert await backend(pool)
    assert pool.get_idle_size() == pool.get_size() == 2


async def test_what_was_cancelled_at_work_is_not_lent_again(pool: Pool) -> None:
    before = await backend(pool)

    async def sleep() -> None:
        async with pool.acquire() as connection:
            await connection.execute("SELECT pg_sleep(30)")

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(sleep(), 0.05)
    assert before not in [await backend(pool) for _ in range(3)]
    await asyncio.gather(*pool._retiring)
    assert pool.get_size() == 1


async def test_a_transaction_that_was_left_open_ends_with_its_connection(pool: Pool) -> None:
    async with pool.acquire() as connection:
        before = await connection.fetchval(WHO)
        await connection.execute("BEGIN")
    assert await backend(pool) != before


async def test_an_error_of_the_statement_costs_no_connection(pool: Pool) -> None:
    before = await backend(pool)
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with pool.acquire() as connection:
            await connection.execute("SELECT 1 / 0")
    assert await backend(pool) == before


async def test_a_connection_that_died_while_idle_is_replaced(pool: Pool, settings: Settings) -> None:
    before = await backend(pool)
    gone = asyncio.Event()
    pool._idle[0].add_termination_listener(lambda _: gone.set())
    killer = await asyncpg.connect(settings.database_url)
    await killer.execute("SELECT pg_terminate_backend($1, 5000)", before)
    await killer.close()
    await asyncio.wait_for(gone.wait(), 5)
    assert await backend(pool) != before
    assert pool.get_size() == 1


async def test_a_server_that_cannot_be_reached_leaves_its_place_free() -> None:
    async def unreachable() -> asyncpg.Connection:
        await asyncio.sleep(0)
        raise ConnectionRefusedError

    pool = Pool(unreachable, 1, 5.0)
    tries = [asyncio.create_task(backend(pool)) for _ in range(3)]
    assert {type(e) for e in await asyncio.gather(*tries, return_exceptions=True)} == {ConnectionRefusedError}
    assert pool.get_size() == 0


async def test_closed_is_closed_for_those_too_who_come_back(settings: Settings) -> None:
    pool = Pool(lambda: asyncpg.connect(settings.database_url), 2, 5.0)
    async with pool.acquire() as connection:
        await pool.close()
    await asyncio.gather(*pool._retiring)
    assert connection.is_closed()
    with pytest.raises(asyncpg.InterfaceError):
        await backend(pool)


async def test_live_reads_and_writes_are_such_pools(live: Live) -> None:
    assert isinstance(live.database.reads, Pool)
    assert isinstance(live.database.writes, Pool)
