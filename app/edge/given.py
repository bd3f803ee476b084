"""What an endpoint is given: the time, and a connection whose transaction is committed before the answer leaves."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

import asyncpg
from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession


async def current_time(request: Request) -> datetime:
    return request.app.state.clock()  # type: ignore[no-any-return]


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.database.sessions.begin() as session:
        yield session


async def get_reader(request: Request) -> AsyncIterator[asyncpg.Connection]:
    async with request.app.state.database.reads.acquire() as connection:
        yield connection


async def get_writer(request: Request) -> AsyncIterator[asyncpg.Connection]:
    async with request.app.state.database.writes.acquire() as connection, connection.transaction():
        yield connection


async def get_statement_connection(request: Request) -> AsyncIterator[asyncpg.Connection]:
    async with request.app.state.database.writes.acquire() as connection:
        yield connection


Now = Annotated[datetime, Depends(current_time)]
# scope="function": COMMIT happens before the response is sent, and a failed COMMIT is an error answer.
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]
ReaderDep = Annotated[asyncpg.Connection, Depends(get_reader, scope="function")]
WriterDep = Annotated[asyncpg.Connection, Depends(get_writer, scope="function")]
# For a service whose effect is one statement, which commits by itself, or which opens its transaction: BEGIN and
# COMMIT are two round trips that a single statement need not wait for.
StatementDep = Annotated[asyncpg.Connection, Depends(get_statement_connection, scope="function")]
