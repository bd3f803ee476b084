from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

Row = TypeVar("Row")


async def add(session: AsyncSession, row: Row) -> Row:
    session.add(row)
    await session.flush()
    return row
