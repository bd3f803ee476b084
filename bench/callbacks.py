"""``python -m bench callbacks``: WeChat calls while the tables of the tickets are locked and all other pools used up.

First at an even pace, which shows how fast an answer is; then a thousand callbacks three times each at the same
moment, with a process of the API killed in the middle, and the worker killed while it gives them their effects.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import asyncpg

from app.wechat.accounts import Account
from bench.field import Field, Size
from bench.processes import Service
from bench.storm import HOST, Caller, Stormed, at_once, event, paced, text
from devstack import Stack
from sandbox import defaults

FOLDER = Path(__file__).parents[1] / ".huixiang" / "bench"
COUNT, COPIES, PACE, SECONDS, HOGS = 1000, 3, 100, 10, 60
# What a platform that calls keeps open towards one customer.
LINES = 200
GOAL_MS = 200.0
PATIENCE = 180.0
_NOWHERE = "http://127.0.0.1:9"

_LOCK = "LOCK TABLE tickets, ticket_events, outbox, clock_segments IN ACCESS EXCLUSIVE MODE"
_EFFECTS = """
SELECT count(*) AS messages, count(DISTINCT m.inbound_id) AS callbacks, count(DISTINCT m.ticket_id) AS tickets,
       (SELECT count(*) FROM wechat_inbound WHERE openid LIKE 'o-storm-%') AS kept,
       (SELECT count(*) FROM wechat_inbound WHERE openid LIKE 'o-storm-%' AND handled_at IS NULL) AS waiting
  FROM ticket_messages m WHERE m.openid LIKE 'o-storm-%'
"""
_WAITING = "SELECT count(*) FROM wechat_inbound WHERE handled_at IS NULL"


@dataclass(frozen=True)
class Effects:
    messages: int
    callbacks: int
    tickets: int
    kept: int
    waiting: int

    @property
    def each_once(self) -> bool:
        return self == Effects(COUNT, COUNT, COUNT, COUNT, 0)


@dataclass(frozen=True)
class Called:
    even: Stormed
    flood: Stormed
    flood_seconds: float
    effects: Effects
    effects_seconds: float

    @property
    def met(self) -> bool:
        """A copy that was given up in the flood is no loss as long as another one got through."""
        quick = self.even.quantile(0.99) < GOAL_MS and self.even.given_up == 0
        return quick and self.effects.each_once


async def measure(stack: Stack) -> Called:
    field = Field(stack, FOLDER)
    try:
        size = await field.open(10_000, "callbacks")
        account = Account(
            defaults.OFFICIAL_APPID,
            "official",
            defaults.OFFICIAL_SECRET,
            defaults.OFFICIAL_TOKEN,
            defaults.OFFICIAL_AES_KEY,
        )
        caller = Caller(size.api.port, account)
        await paced(caller, caller.deliveries(_events("o-warm", 100)), rate=PACE)
        evenly = caller.deliveries(_events("o-even", PACE * SECONDS))
        at_one_moment = caller.deliveries(_texts("o-storm", COUNT), COPIES)
        async with _everything_else_stands_still(field, size):
            even = await paced(caller, evenly, rate=PACE)
            began = time.monotonic()
            flood = await at_once(
                caller,
                at_one_moment,
                lines=LINES,
                crash=lambda: os.kill(size.api.workers()[0], signal.SIGKILL),
                after=COUNT,
            )
            flood_seconds = time.monotonic() - began
        began = time.monotonic()
        effects = await _effects(field, size)
        return Called(even, flood, flood_seconds, effects, time.monotonic() - began)
    finally:
        field.stop()


def _events(who: str, count: int) -> list[str]:
    """Of a kind without an effect, so that the effects of the flood are timed alone."""
    return [event(f"{who}-{n:05d}", "VIEW", n) for n in range(count)]


def _texts(who: str, count: int) -> list[str]:
    return [text(f"{who}-{n:05d}", f"空调第 {n} 天不制冷", 9_000_000 + n) for n in range(count)]


@asynccontextmanager
async def _everything_else_stands_still(field: Field, size: Size) -> AsyncIterator[None]:
    lock = await asyncpg.connect(size.url)
    transaction = lock.transaction()
    await transaction.start()
    await lock.execute(_LOCK)
    tokens = [token for token, _, _ in field.pages()[:HOGS]]
    hogs = [asyncio.create_task(_hog(size.api.port, token)) for token in tokens]
    try:
        # Until each pool of each process has lent out all that it has.
        await asyncio.sleep(2)
        yield
    finally:
        for hog in hogs:
            hog.cancel()
        await asyncio.gather(*hogs, return_exceptions=True)
        await transaction.rollback()
        await lock.close()


async def _hog(port: int, token: str) -> None:
    """Asks for a list that cannot be read now, again and again."""
    head = f"Host: {HOST}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    request = f"GET /api/v1/tickets HTTP/1.1\r\n{head}"
    while True:
        try:
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(request.encode())
            await reader.read()
            writer.close()
        except OSError:
            await asyncio.sleep(0.1)


async def _effects(field: Field, size: Size) -> Effects:
    connection = await asyncpg.connect(size.url)
    try:
        first = _worker(field, size)
        await _until(connection, at_most=COUNT * 2 // 3)
        os.kill(first.pid, signal.SIGKILL)
        _worker(field, size)
        await _until(connection, at_most=0)
        return Effects(**await connection.fetchrow(_EFFECTS))
    finally:
        await connection.close()


def _worker(field: Field, size: Size) -> Service:
    env = {"HUIXIANG_DATABASE_URL": size.url, "HUIXIANG_WECHAT_API_BASE": _NOWHERE}
    return field.start("worker-callbacks", [sys.executable, "-m", "bench.serve"], **env)


async def _until(connection: asyncpg.Connection, *, at_most: int) -> None:
    """So few callbacks wait for their effect."""
    deadline = time.monotonic() + PATIENCE
    while await connection.fetchval(_WAITING) > at_most:
        if time.monotonic() > deadline:
            raise SystemExit(f"after {PATIENCE:.0f} s the callbacks have not had their effects")
        await asyncio.sleep(0.05)


def show(found: Called) -> None:
    verdict = "met" if found.met else "MISSED"
    even, flood = found.even, found.flood
    print("\ncallbacks, with the tables of the tickets locked and the other pools used up\n")
    print(f"  {PACE}/s for {SECONDS} s: {even.line()}   goal p99 < {GOAL_MS:g} ms")
    print(
        f"  {COUNT:,} × {COPIES} at once in {found.flood_seconds:.1f} s, a process of the API killed: {flood.line()}"
    )
    print(
        f"  effects in {found.effects_seconds:.1f} s, the worker killed: {asdict(found.effects)}   {verdict}\n"
    )
