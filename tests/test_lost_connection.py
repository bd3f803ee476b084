"""A connection that died in the pool costs one answer of "try again", and is not handed out again."""

import asyncpg
import pytest

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
