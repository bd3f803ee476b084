"""A connection asks about PostgreSQL's own types once a process, and about anybody else's itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from app.connection import connect
from app.settings import Settings

WHEN = datetime(2026, 5, 1, 9, tzinfo=UTC)
WHO = UUID(int=7)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[asyncpg.Connection, list[str]]]:
    """A new connection, and all that it sends from now on."""
    connection = await connect(settings.database_url, "test")
    sent: list[str] = []
    connection.add_query_logger(lambda query: sent.append(query.query))
    try:
        yield connection, sent
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("bigint[]", [1, None, 2**40]),
        ("uuid[]", [WHO]),
        ("bytea[]", [b"\x00a"]),
        ("jsonb[]", ['{"a": 1}']),
        ("tstzrange", asyncpg.Range(WHEN, None)),
        ("tstzrange[]", [asyncpg.Range(WHEN, None)]),
        ("tstzmultirange", [asyncpg.Range(WHEN, None)]),
    ],
)
async def test_only_the_first_connection_asks(settings: Settings, kind: str, value: object) -> None:
    question = f"SELECT $1::{kind}"
    async with opened(settings) as (first, _), opened(settings) as (second, sent):
        said = await first.fetchval(question, value)
        assert await second.fetchval(question, value) == said
    assert sent == [question]


async def test_a_statement_without_a_name_is_still_there_after_the_answer(settings: Settings) -> None:
    async with opened(settings) as (first, _), opened(settings) as (second, _):
        await first.fetchval("SELECT $1::int[]", [1])
        rows = await second.fetchmany("SELECT $1::int[] AS asked", [([1],), ([2],)])
        assert [row["asked"] for row in rows] == [[1], [2]]


async def test_a_type_that_somebody_made_may_be_another_one_elsewhere(settings: Settings) -> None:
    async with opened(settings) as (first, _), opened(settings) as (second, _):
        await first.execute("CREATE TYPE pg_temp.answer AS (a int, b int)")
        assert dict(await first.fetchval("SELECT (1, 2)::pg_temp.answer")) == {"a": 1, "b": 2}
        await second.execute("CREATE TYPE pg_temp.answer AS (b text)")
        assert dict(await second.fetchval("SELECT row('x')::pg_temp.answer")) == {"b": "x"}
