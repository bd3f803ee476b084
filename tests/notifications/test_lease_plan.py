"""A backlog after a long calm: the planner has never seen an unsettled message, and must not join them row by row."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.services.notifications.lease import _LEASE, LEASE, OLD


async def test_the_statement_that_leases_joins_no_backlog_with_itself(session: AsyncSession) -> None:
    connection = await driver(session)
    assert await session.scalar(text("SELECT count(*) FROM outbox")) == 0
    now = datetime.now(UTC)
    plan = await connection.fetch(f"EXPLAIN {_LEASE}", now, 16, LEASE, now - OLD)
    words = "\n".join(row[0] for row in plan)
    assert "Anti Join" not in words
    assert words.count("SubPlan") >= 2
