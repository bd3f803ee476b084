"""No event is missed, whatever the order of commits; each ticket's come in its order."""

import asyncio
from contextlib import AsyncExitStack

from sqlalchemy import text

from app.services.followers.rebase import rebase
from tests.make import make_customer, make_event, make_ticket
from tests.webhooks.conftest import Exchange


async def test_an_event_that_is_committed_late_is_not_missed(exchange: Exchange) -> None:
    """The first transaction begins first and commits last; a cursor over numbers or times would be past it."""
    await exchange.endpoint()
    async with AsyncExitStack() as late:
        session = await late.enter_async_context(exchange.live.sessions.begin())
        # It is idle until the tests beside this one have ended their transactions, which takes some of them long.
        await session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        slow = await make_ticket(session, await make_customer(session))
        await make_event(session, slow, 1)
        await session.flush()
        quick = await exchange.ticket()
        await exchange.fan_out()
        assert await exchange.states() == []
    await exchange.rest()
    told = [each.id for each in exchange.receiver.received]
    assert sorted(told) == sorted([f"{slow.number}-1", f"{quick}-1"])


async def test_an_event_that_was_rolled_back_is_not_told(exchange: Exchange) -> None:
    await exchange.endpoint()
    async with exchange.live.database.sessions() as session:
        ticket = await make_ticket(session, await make_customer(session))
        await make_event(session, ticket, 1)
        await session.rollback()
    number = await exchange.ticket()
    await exchange.rest()
    assert [each.id for each in exchange.receiver.received] == [f"{number}-1"]


async def test_what_an_older_transaction_adds_later_still_comes_later(exchange: Exchange) -> None:
    """Its id is the smaller one, so it is read first; the events before it of the ticket are taken along."""
    await exchange.endpoint()
    number = await exchange.ticket()
    await exchange.rest()
    (ticket_id,) = [row["id"] for row in await exchange.rows("SELECT id FROM tickets")]
    add = """INSERT INTO ticket_events (ticket_id, seq, event, state, actor_role, actor_id, text, data, at, xact)
             SELECT ticket_id, $2, 'urged', state, actor_role, actor_id, '', '{}', at,
                    pg_current_xact_id()::text::bigint + $3 FROM ticket_events WHERE ticket_id = $1 AND seq = 1"""
    async with exchange.transaction() as connection:
        await connection.execute(add, ticket_id, 2, 1)
        await connection.execute(add, ticket_id, 3, 0)
    await exchange.rest()
    await exchange.ticket()
    await exchange.ticket()
    await exchange.rest()
    told = [each.id for each in exchange.receiver.received if each.id.startswith(number)]
    assert told == [f"{number}-{seq}" for seq in (1, 2, 3)]


async def test_the_second_event_waits_for_the_first_and_other_tickets_do_not(exchange: Exchange) -> None:
    await exchange.endpoint()
    stuck = await exchange.ticket(events=2)
    exchange.receiver.answers["/"] = lambda it: b"" if it.id.startswith(stuck) else b"HTTP/1.1 204 X\r\n\r\n"
    other = await exchange.ticket(events=2)
    await exchange.rest()
    ids = [each.id for each in exchange.receiver.received]
    assert ids == [f"{stuck}-1", f"{other}-1", f"{other}-2"]


async def test_two_workers_share_the_work_and_double_nothing(exchange: Exchange) -> None:
    await exchange.endpoint()
    for _ in range(6):
        await exchange.ticket(events=3)

    async def settled() -> bool:
        states = await exchange.states()
        return len(states) == 18 and set(states) == {"delivered"}

    async with exchange.worker(), exchange.worker():
        await exchange.until(settled)
    ids = [each.id for each in exchange.receiver.received]
    assert len(ids) == len(set(ids)) == 18
    by_ticket: dict[str, list[str]] = {}
    for each in ids:
        number, _, seq = each.rpartition("-")
        by_ticket.setdefault(number, []).append(seq)
    assert set(map(tuple, by_ticket.values())) == {("1", "2", "3")}


async def test_a_restored_database_is_followed_from_where_it_was(exchange: Exchange) -> None:
    """Its events carry transactions that the new cluster has yet to reach."""
    await exchange.endpoint()
    known, new = await exchange.ticket(), await exchange.ticket()
    await exchange.rows("UPDATE ticket_events SET xact = xact + 5000000000")
    await exchange.rows(
        "UPDATE event_cursors SET (xact, ticket_id, seq) = (SELECT e.xact, e.ticket_id, e.seq FROM ticket_events e"
        " JOIN tickets t ON t.id = e.ticket_id WHERE t.number = $1)",
        known,
    )
    async with exchange.transaction() as connection:
        assert await rebase(connection)
    async with exchange.transaction() as connection:
        assert not await rebase(connection)
    later = await exchange.ticket()
    await exchange.rest()
    assert [each.id for each in exchange.receiver.received] == [f"{new}-1", f"{later}-1"]


async def test_events_that_nobody_asked_for_are_not_told(exchange: Exchange) -> None:
    await exchange.endpoint("/urged", events=("urged",))
    number = await exchange.ticket(events=2)
    await exchange.rest()
    await asyncio.gather(exchange.rest(), exchange.rest())
    assert [each.id for each in exchange.receiver.received] == [f"{number}-2"]
