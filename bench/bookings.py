"""``python -m bench bookings``: a thousand bookings by fifty workers over twenty engineers, on a real PostgreSQL,
through the product's own transitions, while plans of all days are made and applied every second.

Before them, fifty who want the same hour of the same engineer at the same moment.
"""

import asyncio
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from app.bell import Bell
from app.db import Database, open_database
from app.domain.actor import Actor
from app.domain.dispatch.board import Board
from app.domain.lifecycle import Event, Role
from app.domain.zone import ZONE
from app.schemas.tickets import WindowIn
from app.schemas.transitions import Book, Rebook
from app.services.tickets.transition import transition
from app.services.visits.hold import SlotTaken
from app.settings import Settings
from app.workers.planner import Planner
from app.workers.thinking import thinking
from bench import booking_checks, databases
from bench.rows import customer_of, id_of, number_of
from devstack import Stack

FOLDER = Path(__file__).parents[1] / ".huixiang" / "bench"
BOOKINGS, RACERS, WORKERS, ENGINEERS, DAYS = 1000, 50, 50, 20, 5
# One booking in so many is moved to another window right after.
MOVED = 5
# One job in so many needs two people.
PAIRED = 10
GOAL_MS = 250.0
DEADLOCK, FAILED = "deadlock", "failed"
# Of CPU time for each plan: a day of twenty engineers is small.
PLAN_SECONDS = 0.1
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
_PLAN = """
INSERT INTO plan_requests (service_point_id, day, cause, wanted_at)
SELECT md5('point0')::uuid, day, 'bench', $2 FROM unnest($1::date[]) day ON CONFLICT DO NOTHING
"""


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
    race: Tally
    mixed: Tally
    found: Counter[str]
    plans: int

    @property
    def met(self) -> bool:
        faults = sum(number for what, number in self.found.items() if what not in ("neighbours", "pairs"))
        failed = sum((self.race.outcomes + self.mixed.outcomes)[what] for what in (DEADLOCK, FAILED))
        one = self.race.outcomes["booked"] == 1 and self.race.outcomes["with three offers"] == RACERS - 1
        return not faults and not failed and one and self.mixed.quantile(0.95) < GOAL_MS


async def measure(stack: Stack) -> Booked:
    template = await databases.prepared(stack.database_url, 10_000)
    url = await databases.copy(stack.database_url, template, "bench_run_bookings")
    settings = Settings(database_url=url, write_pool=WORKERS)
    days = _days()
    async with open_database(settings) as database:
        await _prepare(database, days)
        # Connections are opened and their statements prepared before anything is measured.
        await _race(database, days[1], _WARM_FROM)
        race = await _race(database, days[2], _RACE_FROM)
        async with thinking(settings.plan_engine) as think:
            await think(Board((), (), ()), PLAN_SECONDS)  # so that the process is there

            async def briefly(board: Board, _: float) -> Board:
                return await think(board, PLAN_SECONDS)

            planner = Planner(database.sessions, briefly, Bell(url))
            planning = asyncio.create_task(_keep_planning(database, planner, days))
            mixed = await _mixed(database, days)
            planning.cancel()
            with suppress(asyncio.CancelledError):
                await planning
        async with database.writes.acquire() as connection:
            found = await booking_checks.count(connection, race.promised | mixed.promised)
            plans = await connection.fetchval("SELECT count(*) FROM plan_reports")
    return Booked(race, mixed, found, plans)


def show(result: Booked) -> None:
    for name, tally in (("one hour", result.race), ("mixed", result.mixed)):
        print(
            f"{name:10} {dict(tally.outcomes)}  p50 {tally.quantile(0.5):.0f} ms, p95 {tally.quantile(0.95):.0f} ms"
        )
    print(f"plans made meanwhile: {result.plans}")
    for what, number in result.found.items():
        print(f"{what:32}{number:6}")


def _days() -> list[datetime]:
    midnight = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return [midnight + timedelta(days=1 + i) for i in range(DAYS)]


async def _prepare(database: Database, days: list[datetime]) -> None:
    async with database.writes.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for statement in _PREPARE:
            await connection.execute(statement)
        await connection.execute(_ROSTERS, days, timedelta(hours=8), timedelta(hours=20))


async def _race(database: Database, day: datetime, first: int) -> Tally:
    tally = Tally()
    window = WindowIn(start=day + timedelta(hours=10), end=day + timedelta(hours=11))
    await asyncio.gather(*(_book(database, tally, ticket, window) for ticket in range(first, first + RACERS)))
    return tally


async def _mixed(database: Database, days: list[datetime]) -> Tally:
    tally, dice = Tally(), random.Random(5)
    waiting = iter([(ticket, _window(dice, days), _window(dice, days)) for ticket in range(1, BOOKINGS + 1)])

    async def work() -> None:
        for ticket, first, second in waiting:
            if await _book(database, tally, ticket, first) and ticket % MOVED == 0:
                await _book(database, tally, ticket, second, moved=True)

    await asyncio.gather(*(work() for _ in range(WORKERS)))
    return tally


def _window(dice: random.Random, days: list[datetime]) -> WindowIn:
    start = dice.choice(days) + timedelta(hours=8 + 2 * dice.randrange(6))
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
        async with database.writes.acquire() as connection, connection.transaction():
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


async def _keep_planning(database: Database, planner: Planner, days: list[datetime]) -> None:
    """Every day is asked for every second, and planned as fast as the planner can."""
    while True:
        async with database.writes.acquire() as connection:
            await connection.execute(_PLAN, [day.date() for day in days], datetime.now(UTC))
        began = time.monotonic()
        while time.monotonic() < began + 1:
            if not await planner.step():
                await asyncio.sleep(0.1)
