"""The console with a hundred thousand tickets: how long the desk waits for each of its lists.

Beside each stands the lightest page of all, the form to sign in, asked for in the same minute by the same client.
"""

import asyncio
import itertools
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx

from app.connection import plain_url, speak_json
from app.models.people import Audience
from app.services.kpi.trend_days import count_one_day
from bench.field import Field
from bench.rows import MANAGER, number_of, under_way
from devstack import Stack

TICKETS, DESKS, LOOKS = 100_000, 4, 60
GOAL_MS = 200.0
_BARE = "/console/sign-in"


@dataclass(frozen=True)
class Waited:
    page: str
    p50: float
    p95: float


def _pages() -> Iterator[tuple[str, str]]:
    yield "sign-in form", _BARE
    for view in ("open", "to_dispatch", "late", "today", "waiting", "finished", "all"):
        yield f"tickets, {view}", f"/console/tickets?view={view}"
    yield "tickets, page 20", "/console/tickets?view=all&page=20"
    yield "search: common words", "/console/tickets?view=all&q=制冷"
    yield "search: words of no ticket", "/console/tickets?view=all&q=漏油"
    yield "search: one character", "/console/tickets?view=all&q=漏"
    yield "search: a part of a model", "/console/tickets?view=all&q=72lw"
    yield "search: words, open only", "/console/tickets?view=open&q=漏油"
    yield "search: end of a phone", "/console/tickets?view=all&q=4711"
    yield "search: number", f"/console/tickets?view=all&q={number_of(77_777)}"
    yield "one ticket", f"/console/tickets/{number_of(under_way(TICKETS, 1)[0])}"
    yield "levels", "/console/levels"
    yield "what waits", "/console/home"
    yield "trends, days", "/console/trends?step=day"
    yield "trends, weeks", "/console/trends?step=week"
    yield "trends, months", "/console/trends?step=month"
    yield "log", "/console/log"


async def measure(stack: Stack, folder: Path) -> list[Waited]:
    field = Field(stack, folder)
    try:
        size = await field.open(TICKETS, "console")
        await _count_days(size.url)
        token = field.token(Audience.STAFF, f"staff{MANAGER}")
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=size.api.url, headers=headers, timeout=30) as http:
            return [await _look(http, name, path) for name, path in _pages()]
    finally:
        field.stop()


async def _count_days(database_url: str) -> None:
    """As the worker does in the night, and today alone every few minutes."""
    connection = await asyncpg.connect(plain_url(database_url))
    await speak_json(connection)
    try:
        now, begun, days = datetime.now(UTC), time.perf_counter(), 0
        while await _counted(connection, now):
            days += 1
        took = time.perf_counter() - begun
        sys.stdout.write(f"trends: {days} days counted in {took:.1f} s, {1000 * took / days:.0f} ms each\n")
        await connection.execute("VACUUM (ANALYZE) trend_figures")
    finally:
        await connection.close()


async def _counted(connection: asyncpg.Connection, now: datetime) -> bool:
    async with connection.transaction():
        return await count_one_day(connection, now)


async def _look(http: httpx.AsyncClient, name: str, path: str) -> Waited:
    """Several people at the same page at once; the first look of each connection is not counted."""
    await asyncio.gather(*(_once(http, path) for _ in range(DESKS)))
    rounds = [await asyncio.gather(*(_once(http, path) for _ in range(DESKS))) for _ in range(LOOKS // DESKS)]
    waited = sorted(itertools.chain.from_iterable(rounds))
    return Waited(name, statistics.median(waited), waited[int(len(waited) * 0.95)])


async def _once(http: httpx.AsyncClient, path: str) -> float:
    begun = time.perf_counter()
    answer = await http.get(path)
    if answer.status_code != httpx.codes.OK:
        raise SystemExit(f"{path}: {answer.status_code}")
    return (time.perf_counter() - begun) * 1000


def show(found: list[Waited]) -> bool:
    bare = found[0]
    sys.stdout.write(
        f"{TICKETS:,} tickets, {DESKS} people at once\n{'':28}{'p50 ms':>8}{'p95 ms':>8}   of the form\n"
    )
    for each in found:
        missed = "" if each.p95 <= GOAL_MS else f"   goal ≤ {GOAL_MS:.0f} ms   MISSED"
        sys.stdout.write(
            f"{each.page:28}{each.p50:8.1f}{each.p95:8.1f}{each.p50 / bare.p50:10.1f} ×{missed}\n"
        )
    return all(each.p95 <= GOAL_MS for each in found)
