"""Two customers, two engineers, the desk and the worker at once; see ``race``."""

import asyncio
from random import Random

import asyncpg
import pytest

from app.domain.lifecycle import TRANSITIONS, Event, Role, State
from app.models.people import StaffRole
from app.services.tickets.timeline import FACTS
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.make import make_customer, make_prices, make_service_point, make_staff
from tests.make.prices import GAS, SEAL
from tests.tickets.conftest import make_able_engineer
from tests.tickets.health import examine
from tests.tickets.race import Race, Racer, worker

# Within one month, so that one report shows all of it.
DAYS = 13
STEPS = 4000
LEGAL = {(t.source, t.event, t.target, role) for t in TRANSITIONS for role in t.roles}


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_whoever_races_whom_nothing_is_lost_and_nothing_happens_twice(live: Live) -> None:
    race, racers = await gathered(live)
    async with asyncio.TaskGroup() as all_at_once:
        for racing in (*(racer.run() for racer in racers), worker(race, Random("worker"))):
            all_at_once.create_task(racing)
    # They did meet, and came far.
    assert race.answers["stale_version"] >= 20, race.answers
    assert race.answers["finish"] >= 1, race.answers
    assert race.answers["rated"] >= 1, race.answers
    async with live.database.reads.acquire() as rows:
        findings = await examine(rows)
        assert not findings, [(found.invariant.name, found.examples) for found in findings]
        await every_change_was_legal(rows)
        await every_answer_happened_once(rows, race)
        await engineers_fit_the_job(rows)
        await figures_are_those_of_the_rows(rows, racers[-1].caller)
    for racer in racers:
        await racer.caller.aclose()


async def gathered(live: Live) -> tuple[Race, list[Racer]]:
    race = Race(live, DAYS, STEPS)
    async with live.sessions.begin() as session:
        await make_service_point(session)
        await make_prices(session, GAS, SEAL)
        people = {name: await make_customer(session, nickname=name, phone=None) for name in ("c1", "c2")}
        crew = {
            name: await make_able_engineer(session, live.clock, name, days=DAYS + 8) for name in ("e1", "e2")
        }
        desk = {
            name: await make_staff(session, role=StaffRole(name), name=name) for name in ("agent", "manager")
        }
    return race, [
        Racer(name, await live.caller_for(person), race, Random(name), name in people)
        for name, person in (people | crew | desk).items()
    ]


async def every_change_was_legal(rows: asyncpg.Connection) -> None:
    events = await rows.fetch(
        "SELECT event, from_state, state, actor_role FROM ticket_events WHERE event <> 'submit'"
    )
    changes = [row for row in events if row["event"] not in FACTS]
    assert len(changes) > 100
    for row in changes:
        step = State(row["from_state"]), Event(row["event"]), State(row["state"]), Role(row["actor_role"])
        assert step in LEGAL, step


async def every_answer_happened_once(rows: asyncpg.Connection, race: Race) -> None:
    """Whatever somebody was told that he did is there, and nobody did anything without being told."""
    found = await rows.fetch(
        """SELECT number, version FROM (
               SELECT t.number, e.event, e.actor_role,
                      count(*) FILTER (WHERE e.event <> ALL ($1)) OVER (PARTITION BY t.id ORDER BY e.seq) AS version
                 FROM ticket_events e JOIN tickets t ON t.id = e.ticket_id) counted
            WHERE event <> ALL ($1) AND event <> 'submit' AND actor_role <> 'system'""",
        list(FACTS),
    )
    assert {(row["number"], row["version"]) for row in found} == set(race.changes)


async def engineers_fit_the_job(rows: asyncpg.Connection) -> None:
    unfit = """
        SELECT t.number FROM visits v JOIN tickets t ON t.id = v.ticket_id JOIN engineers e ON e.id = v.engineer_id
         WHERE NOT (t.required_skill = ANY (e.skills) AND t.required_licences <@ e.licences
                    AND t.address ->> 'district' = ANY (e.areas))"""
    assert not await rows.fetch(unfit)


async def figures_are_those_of_the_rows(rows: asyncpg.Connection, manager: Caller) -> None:
    """One rating a ticket, and each engineer's average is what a plain count of his ratings gives."""
    assert not await rows.fetch("SELECT ticket_id FROM ratings GROUP BY ticket_id HAVING count(*) > 1")
    counted = await rows.fetch(
        "SELECT engineer_id::text, count(*) AS n, sum(attitude) AS stars FROM ratings GROUP BY engineer_id"
    )
    plain = {row["engineer_id"]: (row["n"], pytest.approx(float(row["stars"]) / row["n"])) for row in counted}
    report = (await manager.get("/api/v1/kpi/engineers")).json()
    shown = {
        item["engineer_id"]: (item["attitude"]["n"], item["attitude"]["value"]) for item in report["items"]
    }
    assert {who: figure for who, figure in shown.items() if figure[0]} == plain
