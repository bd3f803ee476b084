"""Plans are applied while customers book: on a live database, with real commits and a process that thinks."""

import asyncio
from collections import Counter
from datetime import datetime

from app.bell import Bell
from app.domain.dispatch.board import Board
from app.settings import Settings
from app.workers.beside import Left, beside
from app.workers.planner import Planner
from app.workers.thinking import thinking
from tests.harness.live import Live
from tests.tickets import bodies
from tests.tickets.lives import Town, town

ENGINE = Settings.model_fields["plan_engine"].default
OVERLAPS = """
SELECT count(*) FROM visits a JOIN visits b ON a.engineer_id = b.engineer_id AND a.id < b.id AND a.planned && b.planned
 WHERE a.state = 'booked' AND b.state = 'booked'
"""
# Work begins within the window that was promised.
BROKEN = "SELECT count(*) FROM visits WHERE state = 'booked' AND lower(planned) > upper(promised)"
OUTSIDE = """
SELECT count(*) FROM visits v WHERE v.state = 'booked' AND NOT EXISTS (
    SELECT FROM rosters r WHERE r.engineer_id = v.engineer_id AND r.spans && v.planned)
"""


async def one_point(here: Town) -> None:
    async with here.live.database.writes.acquire() as connection:
        await connection.execute(
            "UPDATE staff SET service_point_id = (SELECT id FROM service_points LIMIT 1)"
        )


async def test_bookings_while_plans_are_applied(live: Live) -> None:
    async with town(live, engineers=4) as here, beside() as aside:
        think = thinking(aside, ENGINE)
        await one_point(here)
        numbers = [await here.accepted(i % 4) for i in range(16)]
        planner = Planner(live.sessions, think, Bell(live.settings.database_url), live.clock.read)
        done = asyncio.Event()

        async def keep_planning() -> int:
            turns = 0
            while not done.is_set():
                async with live.database.writes.acquire() as connection:
                    await connection.execute(
                        "INSERT INTO plan_requests (service_point_id, day, cause, wanted_at)"
                        " SELECT id, $1::date, 'test', $2 FROM service_points",
                        live.clock.now.date() + bodies.ONE_DAY,
                        live.clock.now,
                    )
                turns += await planner.step()
            return turns

        async def book(i: int, number: str) -> tuple[int, str, str]:
            window = bodies.window(live.clock.now, days=1, hour=8 + 2 * (i % 5))
            answer = await here.ask(here.customer, number, "book", 4, window=window)
            return answer.status_code, number, window["start"]

        planning = asyncio.create_task(keep_planning())
        answers = await asyncio.gather(*(book(i, number) for i, number in enumerate(numbers)))
        # One more round over all that has been booked.
        done.set()
        assert await planning > 0
        statuses = Counter(status for status, _, _ in answers)
        assert set(statuses) <= {200, 409}
        assert statuses[200] >= 8
        for status, number, start in answers:
            seen = (await here.customer.get(f"/api/v1/tickets/{number}")).json()
            if status == 200:
                assert datetime.fromisoformat(seen["visit"]["start"]) == datetime.fromisoformat(start)
        assert await here.number_of(OVERLAPS) == 0
        assert await here.number_of(BROKEN) == 0
        assert await here.number_of(OUTSIDE) == 0
        assert await here.health() == []


async def test_an_engine_that_fails_leaves_the_day_as_it_is(live: Live) -> None:
    async with town(live, engineers=2) as here, beside() as aside:
        think = thinking(aside, "no.such:engine")
        await one_point(here)
        number = await here.accepted()
        window = bodies.window(live.clock.now, days=1)
        assert (await here.ask(here.customer, number, "book", 4, window=window)).status_code == 200
        planner = Planner(live.sessions, think, Bell(live.settings.database_url), live.clock.read)
        assert await planner.step()
        assert await here.number_of("SELECT count(*) FROM plan_reports") == 1
        assert await here.number_of("SELECT count(*) FROM plan_requests") == 0


async def test_a_worker_that_ends_leaves_the_turn_to_the_next(live: Live) -> None:
    async def leave(_: Board, __: float) -> Board:
        raise Left

    async with town(live, engineers=2) as here:
        await one_point(here)
        number = await here.accepted()
        window = bodies.window(live.clock.now, days=1)
        assert (await here.ask(here.customer, number, "book", 4, window=window)).status_code == 200
        planner = Planner(live.sessions, leave, Bell(live.settings.database_url), live.clock.read)
        assert await planner.step()
        assert await here.number_of("SELECT count(*) FROM plan_reports") == 0
        assert await here.number_of("SELECT count(*) FROM plan_requests WHERE taken_at IS NULL") == 1
