"""The worker is killed for good (SIGKILL) while it resolves many tickets: nothing is lost, nobody is told twice."""

import asyncio
import random
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process

import asyncpg
import pytest

from app.connection import connect
from app.models.people import StaffRole
from app.services.operations.doctor import examine
from app.workers.incidents import IncidentWatch
from tests.harness.followed import others_ended
from tests.harness.live import Live
from tests.harness.servers import ROOT
from tests.incidents.bursts import burst
from tests.incidents.test_detection import run
from tests.make import make_service_point, make_staff

TICKETS, KILLS = 60, 3
_TOLD = """
SELECT e.ticket_id, array_agg(o.recipient || ' ' || o.kind ORDER BY o.recipient, o.kind) AS pushes
  FROM ticket_events e LEFT JOIN outbox o ON o.ticket_id = e.ticket_id AND o.seq = e.seq
 WHERE e.event = 'resolve_remote' GROUP BY e.ticket_id, e.seq
"""


async def _resolved(live: Live) -> None:
    """A task force with many tickets, which somebody has just declared to be over."""
    async with live.sessions.begin() as session:
        await make_service_point(session)
        manager = await make_staff(session, role=StaffRole.MANAGER, name="赵主管")
        await burst(session, live.clock.now, TICKETS, service_type="consultation", on_site=False)
    watch = IncidentWatch(live.sessions, live.clock.read)
    async with live.database.writes.acquire() as connection:
        await others_ended(connection)
    async with await live.caller_for(manager) as caller:
        await _to_rest(watch)
        (found,) = (await caller.get("/api/v1/incidents")).json()["items"]
        url = f"/api/v1/incidents/{found['number']}"
        assert (await caller.post(f"{url}/accept", json={})).status_code == 200
        await _to_rest(watch)
        assert (await caller.post(f"{url}/resolve", json={"solution": "已恢复供电"})).status_code == 200


async def _to_rest(watch: IncidentWatch) -> None:
    for _ in range(2 + 4 * TICKETS // 100):
        try:
            await run(watch)
        except AssertionError:
            continue


async def _working(live: Live) -> Process:
    command = ("-m", "tests.incidents.settling", live.settings.database_url, live.clock.now.isoformat())
    return await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, stdout=PIPE, stderr=DEVNULL
    )


async def _killed_after(worker: Process, lines: int, pause: float) -> None:
    assert worker.stdout is not None
    for _ in range(lines):
        assert await worker.stdout.readline() == b"settled\n"
    await asyncio.sleep(pause)
    worker.kill()
    assert await worker.wait() == -9


async def _left(rows: asyncpg.Connection) -> int:
    left: int = await rows.fetchval("SELECT count(*) FROM incident_tickets WHERE ended_at IS NULL")
    return left


@pytest.mark.timeout(120)
async def test_nothing_is_lost_and_nobody_is_told_twice(live: Live) -> None:
    await _resolved(live)
    rows = await connect(live.settings.database_url, "test")
    dice = random.Random(11)
    left = [await _left(rows)]
    assert left == [TICKETS]
    for _ in range(KILLS):
        # Somewhere within the next ticket: a few milliseconds are a transaction.
        await _killed_after(await _working(live), dice.randint(3, 9), dice.uniform(0, 0.02))
        left.append(await _left(rows))
    assert 0 < left[-1] < left[-2] < left[0], "each was killed in the middle of the work"
    last = await _working(live)
    assert await asyncio.wait_for(last.wait(), 60) == 0
    outcomes = await rows.fetch("SELECT outcome, count(*) AS n FROM incident_tickets GROUP BY 1")
    assert [tuple(row) for row in outcomes] == [("moved", TICKETS)]
    told = await rows.fetch(_TOLD)
    assert len(told) == len({row["ticket_id"] for row in told}) == TICKETS
    # Each ticket says the same to the same people, and nothing of it twice.
    (pushes,) = {tuple(row["pushes"]) for row in told}
    assert pushes
    assert len(pushes) == len(set(pushes))
    said = await rows.fetchval("SELECT count(*) FROM incident_entries WHERE kind = 'settled'")
    assert said == 1
    # That customers were told of their reports is no part of these, which were written past the API.
    assert {each.invariant.name for each in await examine(rows)} <= {"customer_is_told"}
    await rows.close()
