"""``python -m bench bookings``: a thousand bookings by fifty workers over twenty engineers, on a real PostgreSQL,
through the product's own transitions, while plans of all days are made and applied every second in another process.

Before them, fifty who want the same hour of the same engineer at the same moment. The first few of the thousand come
one after the other: what a booking takes by itself. What it takes beyond that, it waits for the forty-nine others.
"""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import asyncpg

from app.db import Database, open_database
from app.domain.actor import Actor
from app.domain.lifecycle import Event, Role
from app.domain.zone import ZONE
from app.schemas.tickets import WindowIn
from app.schemas.transitions import Book, Rebook
from app.services.tickets.transition import transition
from app.services.visits.hold import SlotTaken
from app.settings import Settings
from bench import booking_checks, databases
from bench.planning import days
from bench.processes import database_cpu
from bench.rows import customer_of, id_of, number_of
from devstack import Stack

FOLDER = Path(__file__).parents[1] / ".huixiang" / "bench"
BOOKINGS, ALONE, RACERS, WORKERS, ENGINEERS = 1000, 60, 50, 50, 20
# Those of two processes of the API, unless they are told otherwise.
CONNECTIONS = 2 * Settings.model_fields["write_pool"].default
# One booking in so many is moved to another window right after.
MOVED = 5
# One job in so many needs two people.
PAIRED = 10
GOAL_MS = 250.0
DEADLOCK, FAILED = "deadlock", "failed"
_WARM_FROM = BOOKINGS + 1
_RACE_FROM = _WARM_FROM + RACERS

_PREPARE = (
    "UPDATE staff SET service_point_id = md5('point0')::uuid",
    "UPDATE tickets SET state = 'closed', wake_at = NULL WHERE state = 'accepted'",
    f"""
    UPDATE tickets SET state = 'accepted', visit_id = NULL, completed_at = NULL, closed_at = NULL,
           engineer_id = md5('staff' || (1 + id % {ENGINEERS}))::uuid, crew = 1 + (id % {PAIRED} = 0)::int,
           address = address || jsonb_build_object(
               'latitude', 31.15 + .15 * random(), 'longitude', 121.4 + .18 * random())
     WHERE id <= {BOOKINGS}
    """,
    f"""
    UPDATE tickets SET state = 'accepted', visit_id = NULL, completed_at = NULL, closed_at = NULL,
           engineer_id = md5('staff' || {ENGINEERS + 1})::uuid WHERE id BETWEEN {_WARM_FROM} AND {_RACE_FROM + RACERS}
    """,
    f"DELETE FROM engineers WHERE substr(employee_no, 2)::int > {ENGINEERS + 1}",
)
_ROSTERS = f"""
INSERT INTO rosters (engineer_id, version, day, spans)
SELECT id, 0, (day AT TIME ZONE '{ZONE.key}')::date, tstzmultirange(tstzrange(day + $2::interval, day + $3::interval))
  FROM engineers, unnest($1::timestamptz[]) AS day
"""


class Order(NamedTuple):
    ticket: int
    first: WindowIn
    second: WindowIn


@dataclass
class Tally:
    """``promised``: what the customer of each ticket was told last."""

    milliseconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    promised: dict[int, object] = field(default_factory=dict)

    def quantile(self, share: float) -> float:
        return sorted(self.milliseconds)[int(share * len(self.milliseconds))]


@dataclass(frozen=True)
class Booked:
    """CPU time is for each booking: of the program with its callers, and of the database with the planner's share."""

    race: Tally
    alone: Tally
    mixed: Tally
    found: Counter[str]
    plans: int
    cpu_ms: float
    database_cpu_ms: float

    @property
    def met(self) -> bool:
        faults = sum(number for what, number in self.found.items() if what not in ("neighbours", "pairs"))
        failed = sum(
            (self.race.outcomes + self.alone.outcomes + self.mixed.outcomes)[what]
            for what in (DEADLOCK, FAILED)
        )
        one = self.race.outcomes["booked"] == 1 and self.race.outcomes["with three offers"] == RACERS - 1
        return not faults and not failed and one and self.mixed.quantile(0.95) < GOAL_MS


async def measure(stack: Stack) -> Booked:
    template = await databases.prepared(stack.database_url, 10_000)
    url = await databases.copy(stack.database_url, template, "bench_run_bookings")
    settings = Settings(database_url=url, write_pool=CONNECTIONS)
    when = days()
    async with open_database(settings) as database:
        await _prepare(database, when)
        # Connections are opened and their statements prepared before anything is measured.
        await _mixed(database, _apart(when[3:]), workers=WORKERS)
        race = await _race(database, when[2], _RACE_FROM)
        orders = iter(_orders(when))
        async with _planning(url):
            alone = await _mixed(database, islice(orders, ALONE), workers=1)
            program, server = time.process_time(), _cpu_of(stack)
            mixed = await _mixed(database, orders, workers=WORKERS)
            program, server = time.process_time() - program, _cpu_of(stack) - server
        async with database.writes.acquire() as connection:
            told = race.promised | alone.promised | mixed.promised
            found = await booking_checks.count(connection, told)
            plans = await connection.fetchval("SELECT count(*) FROM plan_reports")
    each = 1000 / len(mixed.milliseconds)
    return Booked(race, alone, mixed, found, plans, program * each, server * each)


@asynccontextmanager
async def _planning(url: str) -> AsyncIterator[None]:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.planning", url, stdout=asyncio.subprocess.PIPE
    )
    try:
        if program.stdout is None or await program.stdout.readline() != b"ready\n":
            raise SystemExit("the planner did not start")
        yield
    finally:
        program.terminate()
        await program.wait()


def _cpu_of(stack: Stack) -> float:
    if stack.postgres.pid is None:
        raise SystemExit("the bench needs a PostgreSQL of its own: unset DATABASE_URL")
    return database_cpu(stack.postgres.pid)


def show(result: Booked) -> None:
    for name, tally in (("one hour", result.race), ("alone", result.alone), ("mixed", result.mixed)):
        p50, p95 = tally.quantile(0.5), tally.quantile(0.95)
        print(f"{name:10} {dict(tally.outcomes)}  p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    print(
        f"CPU for each of the mixed: program {result.cpu_ms:.1f} ms, database {result.database_cpu_ms:.1f} ms"
    )
    print(f"plans made meanwhile: {result.plans}")
    for what, number in result.found.items():
        print(f"{what:32}{number:6}")


async def _prepare(database: Database, when: list[datetime]) -> None:
    async with database.writes.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for statement in _PREPARE:
            await connection.execute(statement)
        await connection.execute(_ROSTERS, when, timedelta(hours=8), timedelta(hours=20))


async def _race(database: Database, day: datetime, first: int) -> Tally:
    tally = Tally()
    window = WindowIn(start=day + timedelta(hours=10), end=day + timedelta(hours=11))
    await asyncio.gather(*(_book(database, tally, ticket, window) for ticket in range(first, first + RACERS)))
    return tally


def _orders(when: list[datetime]) -> list[Order]:
    dice = random.Random(5)
    return [Order(ticket, _window(dice, when), _window(dice, when)) for ticket in range(1, BOOKINGS + 1)]


def _apart(when: list[datetime]) -> Iterator[Order]:
    """Every window of these days in turn, so that nearly everybody gets his."""
    windows = [_from(day, hour) for day in when for hour in range(8, 20, 2)]
    for n, ticket in enumerate(range(_WARM_FROM, _RACE_FROM)):
        yield Order(ticket, windows[n % len(windows)], windows[(n + 1) % len(windows)])


async def _mixed(database: Database, orders: Iterator[Order], *, workers: int) -> Tally:
    tally = Tally()

    async def work() -> None:
        for order in orders:
            booked = await _book(database, tally, order.ticket, order.first)
            if booked and order.ticket % MOVED == 0:
                await _book(database, tally, order.ticket, order.second, moved=True)

    await asyncio.gather(*(work() for _ in range(workers)))
    return tally


def _window(dice: random.Random, when: list[datetime]) -> WindowIn:
    return _from(dice.choice(when), 8 + 2 * dice.randrange(6))


def _from(day: datetime, hour: int) -> WindowIn:
    start = day + timedelta(hours=hour)
    return WindowIn(start=start, end=start + timedelta(hours=2))


async def _book(
    database: Database, tally: Tally, ticket: int, window: WindowIn, *, moved: bool = False
) -> bool:
    actor = Actor(Role.CUSTOMER, str(id_of(f"customer{customer_of(ticket)}")))
    body = (
        Rebook(event=Event.REBOOK, version=5, window=window, reason_code="other")
        if moved
        else Book(event=Event.BOOK, version=4, window=window)
    )
    began = time.perf_counter()
    try:
        async with database.writes.acquire() as connection:
            await transition(connection, number_of(ticket), body, actor=actor, now=datetime.now(UTC))
    except SlotTaken as taken:
        slots = taken.extra.get("slots")
        tally.outcomes["with three offers" if isinstance(slots, list) and len(slots) == 3 else "taken"] += 1
        return False
    except asyncpg.DeadlockDetectedError:
        tally.outcomes[DEADLOCK] += 1
        return False
    except asyncpg.PostgresError as error:
        tally.outcomes[FAILED] += 1
        print(f"failed: {error}")
        return False
    finally:
        tally.milliseconds.append((time.perf_counter() - began) * 1000)
    tally.outcomes["moved" if moved else "booked"] += 1
    tally.promised[ticket] = window.start
    return True
