"""WeChat is answered while everything else waits, and never hears ``success`` for what may be lost.

The full measurement, with processes killed, is ``python -m bench callbacks``.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest

from app.connection import connect
from app.services.inbound.store import Inbox
from bench.storm import Caller, at_once, event, paced, text
from tests.conversations.chat import Chat
from tests.harness.callbacks import served
from tests.inbound.letterbox import Letterbox

COUNT, COPIES = 150, 3
# For what is not about time.
_PATIENT_SECONDS = 30.0
_LOCK = "LOCK TABLE tickets, ticket_events, outbox, customers, wechat_identities IN ACCESS EXCLUSIVE MODE"
_OTHERS = """
SELECT pid FROM pg_stat_activity WHERE application_name = 'huixiang-callbacks' AND datname = current_database()
"""


@asynccontextmanager
async def everything_else_stands_still(box: Letterbox) -> AsyncIterator[asyncpg.Connection]:
    """All other connections of this process are lent out, and the tables of the tickets are locked."""
    database, settings = box.database, box.settings
    saboteur = await connect(settings.database_url, "saboteur")
    async with AsyncExitStack() as held:
        for pool, size in ((database.reads, settings.read_pool), (database.writes, settings.write_pool)):
            for _ in range(size):
                await held.enter_async_context(pool.acquire())
        for _ in range(settings.session_pool + 4):
            await (await held.enter_async_context(database.sessions())).connection()
        async with saboteur.transaction():
            await saboteur.execute(_LOCK)
            yield saboteur
    await saboteur.close()


@asynccontextmanager
async def on_a_socket(box: Letterbox) -> AsyncIterator[Caller]:
    async with served(box.settings, box.database) as url:
        yield Caller(urlsplit(url).port or 0, box.account)


async def test_answers_do_not_wait_for_whatever_else_waits(
    box: Letterbox, capsys: pytest.CaptureFixture[str]
) -> None:
    async with on_a_socket(box) as caller, everything_else_stands_still(box):
        found = await paced(
            caller, caller.deliveries([event("o-even", "VIEW", n) for n in range(100)]), rate=50
        )
    with capsys.disabled():
        sys.stdout.write(f"\ncallbacks at 50/s, all else locked: {found.line()}\n")
    assert (found.not_success, found.unanswered, found.given_up) == (0, 0, 0)
    # What waited for the others would not come back at all, and WeChat hangs up after 5 s; the goal, 200 ms at p99 on a
    # machine of one's own, is what ``bench callbacks`` measures.
    assert found.quantile(0.5) < 2500
    assert len(await box.rows()) == 100


async def test_a_storm_with_a_crash_in_the_middle_has_each_effect_once(
    box: Letterbox, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = [text(f"o-{n:04d}", f"空调第 {n} 天不制冷", n) for n in range(COUNT)]
    async with on_a_socket(box) as caller, everything_else_stands_still(box) as saboteur:
        crashes: list[asyncio.Task[None]] = []
        found = await at_once(
            caller,
            caller.deliveries(bodies, COPIES),
            lines=100,
            crash=lambda: crashes.append(asyncio.create_task(cut_connections(saboteur))),
            after=COUNT,
        )
        await asyncio.gather(*crashes)
    with capsys.disabled():
        sys.stdout.write(f"\n{COUNT} callbacks × {COPIES} at once, connections cut: {found.line()}\n")
    assert found.given_up == 0
    rows = await box.rows()
    assert len(rows) == len({row.openid for row in rows}) == COUNT
    await two_workers_of_which_one_dies(box)
    chat = Chat(box)
    (counted,) = await chat.fetch(
        "SELECT count(*) AS messages, count(DISTINCT inbound_id) AS callbacks, count(DISTINCT openid) AS people,"
        " (SELECT count(*) FROM tickets) AS tickets FROM ticket_messages"
    )
    assert set(counted.values()) == {COUNT}
    assert await chat.results() == ["opened"] * COUNT
    assert await chat.healthy()


async def cut_connections(saboteur: asyncpg.Connection) -> None:
    for row in await saboteur.fetch(_OTHERS):
        await saboteur.execute("SELECT pg_terminate_backend($1)", row["pid"])


async def two_workers_of_which_one_dies(box: Letterbox) -> None:
    """It is cut off in the middle of an effect: what it had not committed never happened, and the other does it."""
    victim = asyncio.create_task(box.worker().step())
    while not [row for row in await box.rows() if row.handled_at]:
        assert not victim.done()
    victim.cancel()
    await asyncio.gather(victim, return_exceptions=True)
    while await box.worker().step():
        pass
    assert await box.work() == 0


async def test_what_is_not_committed_in_time_is_not_called_a_success(box: Letterbox) -> None:
    box.app.state.inbox = Inbox(lambda: box.database.callbacks, 0.3)
    body = box.event("subscribe")
    saboteur = await connect(box.settings.database_url, "saboteur")
    async with saboteur.transaction():
        await saboteur.execute("LOCK TABLE wechat_inbound IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        answers = await asyncio.gather(*(box.deliver(body) for _ in range(10)))
        assert time.monotonic() - began < 3
    await saboteur.close()
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "callback_not_kept")}
    assert all(answer.headers["retry-after"] for answer in answers)
    assert await box.rows() == []
    box.app.state.inbox = Inbox(lambda: box.database.callbacks, _PATIENT_SECONDS)
    assert (await box.deliver(body)).text == "success"
    assert len(await box.rows()) == 1


async def test_a_connection_that_died_in_the_night_costs_nobody_anything(box: Letterbox) -> None:
    await box.deliver(box.event("VIEW"))
    saboteur = await connect(box.settings.database_url, "saboteur")
    await cut_connections(saboteur)
    await saboteur.close()
    answers = await asyncio.gather(*(box.deliver(box.event("VIEW")) for _ in range(20)))
    assert [answer.text for answer in answers] == ["success"] * 20


async def test_two_of_the_same_in_one_batch_are_one_new_one(box: Letterbox) -> None:
    box.app.state.inbox = Inbox(lambda: box.database.callbacks, _PATIENT_SECONDS)
    bodies = [box.event("VIEW") for _ in range(5)]
    answers = await asyncio.gather(*(box.deliver(body) for body in bodies * 40))
    assert {answer.text for answer in answers} == {"success"}
    assert len(await box.rows()) == 5
