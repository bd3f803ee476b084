"""Slots of a whole town from its database: 1,000 engineers x 5 days, against every engineer, window and gap."""

import random
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import fmean
from time import perf_counter, process_time
from typing import NamedTuple

import asyncpg
import orjson

from app.connection import connect
from app.domain.actor import Actor
from app.domain.dispatch.cost import WEIGHTS
from app.domain.dispatch.insertion import TIE_DIGITS, assess
from app.domain.dispatch.place import Rules
from app.domain.dispatch.plan import PROMISED, Candidate, Insertion, Job, Span
from app.domain.dispatch.slots import COSTLY, LEAD_MINUTES, windows_of
from app.domain.lifecycle import Role
from app.domain.travel import Point
from app.domain.zone import ZONE
from app.services.dispatch.slots import recommend_slots
from bench import databases
from bench.processes import cpu_milliseconds
from bench.slots_pure import DAYS, ENGINEERS, FIRST, SIDE_KM, SOUTH_WEST, random_day, random_point

JOBS, ROUNDS = 80, 3
GOAL_MS = 50.0
TRADES = ("空调", "洗衣机", "冰箱", "热水器", "电视", "灶具")
DISTRICT_KM, NEAR_KM = 20.0, 12.0
NOW = datetime(FIRST.year, FIRST.month, FIRST.day, 7, tzinfo=ZONE)
DESK = Actor(Role.AGENT, str(uuid.UUID(int=0)))

_STAFF = """
INSERT INTO staff (id, username, password_hash, role, name, phone, active)
SELECT id, id::text, '', 'engineer', '陈师傅', '', TRUE FROM unnest($1::uuid[]) AS id
"""
_ENGINEER = """
INSERT INTO engineers (id, employee_no, photo_url, skills, licences, areas, latitude, longitude)
VALUES ($1::uuid, $1::uuid::text, '', $2, '{制冷}', $3, $4, $5)
"""
_ROSTER = """
INSERT INTO rosters (engineer_id, day, spans, version) VALUES ($1, $2, tstzmultirange(tstzrange($3, $4)), 0)
"""
_TICKET = """
INSERT INTO tickets (id, number, state, service_type, category, brand, model, serial_number, customer_id, created_by,
                     fault, on_site, priority, contact_name, contact_phone, address, preferred_windows, diagnosis,
                     required_skill, required_licences, standard_minutes, promised_at, promise, created_at,
                     entered_at, warranty)
VALUES ($1, $2, $3, 'repair', '空调', '', '', '', $4, '', '', TRUE, 'normal', '', '', $5, '[]',
        '{"category": "空调", "fault": "制冷制热失效", "urgency": "普通", "parts": [], "prepare": [], "advice": [],
          "reasons": [], "rules": "1"}', $6, '{制冷}', 30,
        $7, '', $7, $7, 'unknown')
"""
_VISIT = """
INSERT INTO visits (ticket_id, engineer_id, state, promised, planned, latitude, longitude, arrival_code, created_at)
VALUES ($1, $2, 'booked', tstzrange($3, $4), tstzrange($5, $6), $7, $8, '', $9)
"""


@dataclass(frozen=True)
class Worker:
    id: uuid.UUID
    home: Point
    skills: tuple[str, ...]
    areas: tuple[str, ...]
    week: dict[date, Candidate]


@dataclass(frozen=True)
class Wish:
    number: str
    skill: str
    point: Point


class Took(NamedTuple):
    """Milliseconds of one call: by the clock, and of CPU time on either side."""

    wall: float
    program: float
    database: float


async def measure(server: str) -> bool:
    """Whether it was fast enough, and never wrong."""
    dice = random.Random(7)
    workers = [_worker(dice, n) for n in range(ENGINEERS)]
    wishes = [Wish(f"HX2611230000{n:06d}", dice.choice(TRADES), random_point(dice)) for n in range(JOBS)]
    url = await databases.copy(server, await databases.empty(server), "bench_slots")
    connection: asyncpg.Connection = await connect(url, "bench")
    try:
        await _fill(connection, workers, wishes)
        told = [await _starts(connection, wish) for wish in wishes]
        took = [await _timed(connection, wish) for _ in range(ROUNDS) for wish in wishes]
    finally:
        await connection.close()
        await databases.drop(server, "bench_slots")
    wrong = sum(starts != _best(workers, wish) for starts, wish in zip(told, wishes, strict=True))
    wall, both = sorted(each.wall for each in took), sorted(each.program + each.database for each in took)
    p50, p95 = _quantile(wall, 0.5), _quantile(wall, 0.95)
    print(
        f"from the database, the whole call: p50 {p50:.1f} ms, p95 {p95:.1f} ms (goal: below {GOAL_MS:.0f} ms)"
    )
    print(
        f"CPU time of it: p50 {_quantile(both, 0.5):.1f} ms, p95 {_quantile(both, 0.95):.1f} ms;"
        f" mean {fmean(each.program for each in took):.1f} ms the program,"
        f" {fmean(each.database for each in took):.1f} ms the database"
    )
    print(f"against every engineer, window and gap: {wrong} of {JOBS} wrong")
    return p95 < GOAL_MS and wrong == 0


async def _starts(connection: asyncpg.Connection, wish: Wish) -> list[datetime]:
    found = await recommend_slots(connection, wish.number, actor=DESK, now=NOW)
    return [slot.start for slot in found.items]


async def _timed(connection: asyncpg.Connection, wish: Wish) -> Took:
    server = connection.get_server_pid()
    wall, program, database = perf_counter(), process_time(), cpu_milliseconds(server)
    await _starts(connection, wish)
    return Took(
        (perf_counter() - wall) * 1000,
        (process_time() - program) * 1000,
        cpu_milliseconds(server) - database,
    )


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[int(len(ordered) * share)]


def _best(workers: Iterable[Worker], wish: Wish) -> list[datetime]:
    now = int(NOW.timestamp())
    due = int((NOW + timedelta(days=DAYS)).timestamp())
    job = Job(wish.point, 30, now + 30 * 60, due)
    able = [w for w in workers if wish.skill in w.skills and _district(wish.point) in w.areas]
    scored: list[tuple[float, float, Span]] = []
    for ahead in range(DAYS):
        on = FIRST + timedelta(days=ahead)
        for index, window in enumerate(windows_of(on)):
            cost = min((_cost(job, w.week[on], window) for w in able), default=float("inf"))
            if window.start >= now + LEAD_MINUTES * 60 and cost < float("inf"):
                waiting = WEIGHTS.day_of_waiting * ahead + WEIGHTS.window_of_waiting * index
                scored.append((cost, round(cost + waiting, TIE_DIGITS), window))
    cheap = [each for each in scored if each[0] <= COSTLY] or scored
    return [window.start_at for _, _, window in sorted(cheap, key=lambda each: each[1:])[:3]]


def _cost(job: Job, candidate: Candidate, window: Span) -> float:
    found = assess(replace(job, windows=(window,)), candidate, Rules(limits=PROMISED))
    return found.total if isinstance(found, Insertion) else float("inf")


def _worker(dice: random.Random, number: int) -> Worker:
    home = random_point(dice)
    around = [(north, east) for north in (-NEAR_KM, 0, NEAR_KM) for east in (-NEAR_KM, 0, NEAR_KM)]
    near = {_district(Point(home.lat + north / 111.2, home.lng + east / 100.8)) for north, east in around}
    week = {on: random_day(dice, number, home, on) for on in (FIRST + timedelta(days=n) for n in range(DAYS))}
    skills = tuple(dice.sample(TRADES, dice.randint(2, 4)))
    return Worker(uuid.UUID(int=number + 1), home, skills, tuple(sorted(near)), week)


def _district(point: Point) -> str:
    sides = SIDE_KM / DISTRICT_KM - 1
    north = (point.lat - SOUTH_WEST.lat) * 111.2 / DISTRICT_KM
    east = (point.lng - SOUTH_WEST.lng) * 100.8 / DISTRICT_KM
    return f"{int(min(max(north, 0), sides))}-{int(min(max(east, 0), sides))}区"


async def _fill(connection: asyncpg.Connection, workers: list[Worker], wishes: list[Wish]) -> None:
    customer = uuid.UUID(int=0)
    await connection.execute(
        "INSERT INTO customers (id, nickname, phone) VALUES ($1, '王女士', '')", customer
    )
    await connection.execute(_STAFF, [w.id for w in workers])
    await connection.executemany(
        _ENGINEER, [(w.id, list(w.skills), list(w.areas), w.home.lat, w.home.lng) for w in workers]
    )
    days = [(w, on, candidate) for w in workers for on, candidate in w.week.items()]
    await connection.executemany(_ROSTER, [(w.id, on, c.shift.start_at, c.shift.end_at) for w, on, c in days])
    stops = [(n, w, stop) for n, (w, stop) in enumerate(((w, s) for w, _, c in days for s in c.stops), 1)]
    tickets = [(n, f"HX{n:016d}", "closed", customer, "{}", "空调", NOW) for n, _, _ in stops]
    tickets += [
        (n, wish.number, "dispatching", customer, _address(wish.point), wish.skill, NOW)
        for n, wish in enumerate(wishes, len(stops) + 1)
    ]
    await connection.executemany(_TICKET, tickets)
    await connection.executemany(
        _VISIT,
        [
            (
                n, w.id, stop.window.start_at, stop.window.end_at, stop.planned.start_at, stop.planned.end_at,
                stop.point.lat, stop.point.lng, NOW,
            )
            for n, w, stop in stops
        ],
    )  # fmt: skip
    await connection.execute("ANALYZE")


def _address(point: Point) -> str:
    parts = {"province": "", "city": "", "district": _district(point), "detail": ""}
    return orjson.dumps(parts | {"latitude": point.lat, "longitude": point.lng}).decode()
