"""The worker is killed in the middle of a deletion: what it had not committed has not happened, the next goes on."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from app.db import driver
from app.integrations.storage import open_store
from app.services.privacy.erase import erase_one
from app.services.privacy.request import REFLECTION
from tests.harness.live import Live
from tests.make import make_customer, make_ticket
from tests.privacy.leavetaking import NAME, carried_out, found_in

TICKETS = 7
_KILL = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%ticket_events SET text%'
"""


async def _asked(live: Live) -> None:
    """Somebody with some closed tickets has asked; nobody else is there."""
    async with live.sessions.begin() as session:
        person = await make_customer(session, nickname=NAME)
        for _ in range(TICKETS):
            await make_ticket(session, person, state="cancelled", contact_name=NAME, closed_at=live.clock.now)
    async with await live.caller_for(person) as caller:
        assert (await caller.post("/api/v1/me/deletion")).status_code == 201
    live.clock.advance(seconds=(REFLECTION + timedelta(minutes=1)).total_seconds())


async def _one_step(live: Live) -> None:
    async with live.sessions.begin() as session:
        assert await erase_one(await driver(session), live.clock.now, batch=2)


async def _killed_in_the_middle(live: Live, admin: asyncpg.Connection) -> None:
    """It holds at the second of its tickets, whose events somebody else has locked."""
    held = await admin.fetchval(
        "SELECT id FROM tickets WHERE contact_name = $1 ORDER BY id OFFSET 1 LIMIT 1", NAME
    )
    await admin.execute(
        "INSERT INTO ticket_events (ticket_id, seq, event, state, actor_role, actor_id, text, data, at)"
        " VALUES ($1, 1, 'submit', 'submitted', 'customer', 'x', $2, '{}', now())",
        held,
        NAME,
    )
    holding = admin.transaction()
    await holding.start()
    await admin.execute("SELECT FROM ticket_events WHERE ticket_id = $1 FOR UPDATE", held)
    step = asyncio.create_task(_one_step(live))
    async with asyncio.timeout(10):
        while not await admin.fetchval(_KILL):
            await admin.execute("SELECT pg_stat_clear_snapshot(), pg_sleep(0.02)")
    with pytest.raises(Exception, match=r"terminating|closed"):
        await step
    await holding.rollback()


async def test_it_goes_on_where_it_was(live: Live) -> None:
    await _asked(live)
    await _one_step(live)
    await _one_step(live)
    admin = await asyncpg.connect(live.settings.database_url.replace("+asyncpg", ""))
    try:
        await _killed_in_the_middle(live, admin)
        assert (
            await admin.fetchval("SELECT count(*) FROM tickets WHERE contact_name = $1", NAME) == TICKETS - 2
        )
        store = open_store("memory://")
        steps = await carried_out(live.database, live.clock.now, store, batch=2)
        assert steps == 4
        assert await found_in(admin, NAME) == set()
        counts = await admin.fetchval("SELECT counts->>'tickets' FROM account_deletions WHERE state = 'done'")
        assert int(counts) == TICKETS
        assert await carried_out(live.database, live.clock.now, store) == 0
    finally:
        await admin.close()
