"""A connection that died in the pool costs one answer of "try again", and is not handed out again; nor is one that
somebody left in the middle of something."""

import asyncio

import asyncpg
import pytest
from asyncpg.transaction import Transaction

from app.db import driver
from tests.harness.live import Live


async def test_a_dead_connection_is_one_error_that_everybody_knows(live: Live) -> None:
    async with live.sessions.begin() as session:
        held = await driver(session)
        pid = await held.fetchval("SELECT pg_backend_pid()")
    killer = await asyncpg.connect(live.settings.database_url)
    try:
        await killer.execute("SELECT pg_terminate_backend($1)", pid)
    finally:
        await killer.close()
    with pytest.raises(asyncpg.PostgresError):
        async with live.sessions.begin() as session:
            await (await driver(session)).fetchval("SELECT 1")
    async with live.sessions.begin() as session:
        assert await (await driver(session)).fetchval("SELECT pg_backend_pid()") != pid


async def test_who_is_cancelled_while_he_begins_takes_nobodys_commit_with_him(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has begun, and the answer is never heard: what the next one commits must be there for everybody."""
    begun, begin = asyncio.Event(), Transaction.start

    async def unheard(transaction: Transaction) -> None:
        await begin(transaction)
        begun.set()
        await asyncio.Event().wait()

    async def write(nickname: str) -> None:
        async with live.sessions.begin() as session:
            await (await driver(session)).execute(
                "INSERT INTO customers (id, nickname, phone) VALUES (gen_random_uuid(), $1, '')", nickname
            )

    await write("first")
    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "start", unheard)
        cancelled = asyncio.create_task(write("cancelled"))
        await begun.wait()
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
    await write("next")
    async with live.database.reads.acquire() as reader:
        found = await reader.fetchval("SELECT array_agg(nickname ORDER BY nickname) FROM customers")
    assert found == ["first", "next"]
