"""A backlog after a long calm: the planner has never seen an unsettled message, and must not join them row by row."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.services.notifications.lease import _LEASE, LEASE, OLD
from tests.make import make_customer, make_push, make_ticket

BACKLOG = 600


async def test_the_statement_that_leases_joins_no_backlog_with_itself(session: AsyncSession) -> None:
    connection = await driver(session)
    assert await session.scalar(text("SELECT count(*) FROM outbox")) == 0
    now = datetime.now(UTC)
    plan = await connection.fetch(f"EXPLAIN {_LEASE}", now, 16, LEASE, now - OLD)
    words = "\n".join(row[0] for row in plan)
    assert "Anti Join" not in words
    assert words.count("SubPlan") >= 2


async def test_a_first_backlog_is_read_once_and_not_again_for_each_of_its_rows(session: AsyncSession) -> None:
    """Without statistics, what heads a lane and who is in hand were looked for among all messages, for each one."""
    ticket = await make_ticket(session, await make_customer(session))
    await make_push(session, ticket)
    copies = {"top": BACKLOG - 1}
    await session.execute(
        text(
            "INSERT INTO tickets SELECT (jsonb_populate_record(t, jsonb_build_object("
            "'id', t.id + n, 'number', 'HX' || n))).* FROM tickets t, generate_series(1, :top) n"
        ),
        copies,
    )
    await session.execute(
        text(
            "INSERT INTO outbox SELECT (jsonb_populate_record(o, jsonb_build_object('id', o.id + n, 'ticket_id', "
            "o.ticket_id + n, 'recipient_id', gen_random_uuid()))).* FROM outbox o, generate_series(1, :top) n"
        ),
        copies,
    )
    # What the planner knows is the long calm before.
    await session.execute(text("UPDATE outbox SET state = 'delivered'"))
    await session.execute(text("ANALYZE outbox"))
    await session.execute(text("UPDATE outbox SET state = 'queued'"))
    now = datetime.now(UTC)
    explain = f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {_LEASE}"
    (row,) = await (await driver(session)).fetch(explain, now, 16, LEASE, now - OLD)
    plan = row[0][0]["Plan"]
    assert plan["Actual Rows"] == 16
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 10 * BACKLOG
