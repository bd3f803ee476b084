"""`python -m bench month`: a month of a brand's after-sales, and then everything counted twice.

The tickets live by the rules of the product (the same player that fills the demo's past: table, guards, promises,
clocks and notices of ``app.domain``) at times that are made up from a seed; parts leave the stock by the product's own
services, ticket by ticket; what is due of the deadlines at the end is told by the worker's own part. Only the writing
is done in bulk.
"""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import asyncpg

from app.connection import plain_url, speak_json
from app.domain.actor import Actor
from app.domain.lifecycle import Event, Role
from app.domain.parts import PlaceKind, Reason
from app.domain.period import Period
from app.schemas.transitions import PartIn
from app.services.kpi.trend_days import count_one_day
from app.services.parts.places import places_of
from app.services.parts.use import use_parts
from app.services.reconcile.difference import Counted
from app.services.reconcile.everything import reconcile
from app.services.seed.belongings import belongings
from app.services.seed.catalogue import load_catalogue, plant_catalogue
from app.services.seed.history.ledger import open_ledger, write_ledger
from app.services.seed.history.openings import Opening, diagnosed
from app.services.seed.history.past import plant_past, player_of
from app.services.seed.history.player import customer
from app.services.seed.history.stories import load_stories
from app.services.seed.levels import plant_levels
from app.services.seed.membership import plant_membership
from app.services.seed.parts import plant_parts, plant_stock
from app.services.seed.people import Population, populate
from app.services.seed.plant import plant_town
from app.services.seed.rosters import plant_holidays
from app.services.seed.town import Town, load_town
from app.services.seed.warranties import plant_periods, plant_policies
from app.services.service_levels.look import look_one
from app.services.stock.post import Move, post
from app.services.tickets.change import Change
from app.services.tickets.load import load_by_id

TICKETS = 20_000
# The last moment of the month that is counted.
END = datetime(2026, 6, 30, 15, 59, 59, tzinfo=UTC)
DAYS = 30
# As many tickets as one engineer of a trade and one household have in a month.
_PER_ENGINEER, _PER_HOUSEHOLD = 70, 8
_ENOUGH = 5_000

_FITTED = """
SELECT t.id, c.finished_at, c.engineer_id::text, c.old_parts,
       array_agg(p.code ORDER BY p.code) AS codes
  FROM completions c JOIN tickets t ON t.id = c.ticket_id,
       jsonb_to_recordset(c.parts) AS l (name text) JOIN parts p ON p.name = l.name
 WHERE c.engineer_id IS NOT NULL
 GROUP BY t.id, c.ticket_id, c.seq ORDER BY c.finished_at, t.id
"""
_SIZES = """
SELECT (SELECT count(*) FROM tickets) AS tickets, (SELECT count(*) FROM ticket_events) AS events,
       (SELECT count(*) FROM stock_entries) AS movements, (SELECT count(*) FROM service_level_events) AS deadlines
"""


@dataclass(frozen=True)
class Month:
    tickets: int
    events: int
    movements: int
    deadlines: int
    lived: float
    reconciled: float
    counted: tuple[Counted, ...]

    @property
    def compared(self) -> int:
        return sum(each.compared for each in self.counted)

    @property
    def differences(self) -> int:
        return sum(len(each.differences) for each in self.counted)


async def measure(database_url: str, *, tickets: int = TICKETS, seed: str = "a month") -> Month:
    """On a database with the schema and nothing else."""
    connection = await asyncpg.connect(plain_url(database_url), command_timeout=900)
    await speak_json(connection)
    try:
        began = time.monotonic()
        await live(connection, tickets=tickets, seed=seed)
        lived = time.monotonic()
        period = Period.month_of(END)
        counted = tuple([each async for each in reconcile(connection, period, END)])
        sizes = await connection.fetchrow(_SIZES)
        return Month(**sizes, lived=lived - began, reconciled=time.monotonic() - lived, counted=counted)
    finally:
        await connection.close()


async def live(connection: asyncpg.Connection, *, tickets: int, seed: str) -> None:
    town, people = _peopled(tickets)
    async with connection.transaction():
        await _plant(connection, town, people, tickets=tickets, seed=seed)
    await connection.execute("ANALYZE")
    async with connection.transaction():
        await _fit_parts(connection)
    while await _looked(connection):
        pass
    # As the worker will have counted them two nights later.
    while await _day_counted(connection):
        pass


def _peopled(tickets: int) -> tuple[Town, Population]:
    """Enough people for so much work. All of them can be reached, so that a ticket may be anybody's."""
    town = load_town()
    usual = sum(trade.each for trade in town.trades) * len(town.branches)
    times = max(1, -(-tickets // (_PER_ENGINEER * usual)))
    town = replace(town, trades=tuple(replace(trade, each=trade.each * times) for trade in town.trades))
    people = populate(town, customers=max(60, tickets // _PER_HOUSEHOLD))
    households = tuple(replace(each, phone_of=each.key, follows=True) for each in people.households)
    return town, replace(people, households=households)


async def _plant(
    connection: asyncpg.Connection, town: Town, people: Population, *, tickets: int, seed: str
) -> None:
    catalogue, since = load_catalogue(), END - timedelta(days=4 * DAYS)
    # Among so many, two number plates are alike now and then.
    owned = belongings(catalogue, people.households, load_stories().categories, END.date())
    assets = tuple({each.id: each for each in owned}.values())
    await plant_catalogue(connection, catalogue, since)
    await plant_town(connection, town, people, assets, password_hash="", since=since)
    await plant_parts(connection, catalogue)
    await plant_stock(connection, town, people.engineers, catalogue, since)
    await plant_policies(connection, since)
    await plant_periods(connection, assets, since)
    await plant_holidays(connection)
    await plant_membership(connection, since)
    await plant_past(connection, people, assets, catalogue, tickets=tickets, now=END, days=DAYS, seed=seed)
    await _unanswered(connection, people, max(5, tickets // 100), seed)
    await plant_levels(connection, town, since=since, now=END)


async def _unanswered(connection: asyncpg.Connection, people: Population, count: int, seed: str) -> None:
    """Reports of the last hours on which nobody has said a word: their deadlines have something to tell."""
    rng, stories = Random(seed), load_stories()
    ledger = await open_ledger(connection, count)
    for _ in range(count):
        household, story = rng.choice(people.households), rng.choice(stories.remote)
        came = END - timedelta(minutes=rng.uniform(5, 400))
        opening = Opening(household, story, None, diagnosed(story), came, None)
        player = player_of(ledger, opening, people, rng, END)
        player.begin(customer(player.s))
        player.end()
    await write_ledger(connection, ledger)


async def _fit_parts(connection: asyncpg.Connection) -> None:
    """What was fitted leaves the stock, as it does when an engineer finishes; every other part was held for it."""
    await _take_in(connection)
    for turn, row in enumerate(await connection.fetch(_FITTED)):
        s = await load_by_id(connection, row["id"])
        who, now = Actor(Role.ENGINEER, row["engineer_id"]), row["finished_at"]
        _, point = await places_of(connection, s)
        if turn % 2:
            held = [
                Move(point.id, PlaceKind.POINT, code, Reason.RESERVE, reserved=1) for code in row["codes"]
            ]
            await post(connection, held, made_by=who.id, now=now, ticket_id=s.id)
        parts = [PartIn(code=code, name=code, serial_number=f"SN{s.id:08d}") for code in row["codes"]]
        await use_parts(Change(connection, s, Event.FINISH, who, now), parts, row["old_parts"])


async def _take_in(connection: asyncpg.Connection) -> None:
    """Enough for the month at every branch."""
    rows = await connection.fetch(
        "SELECT p.id::text, c.code FROM service_points p CROSS JOIN parts c ORDER BY 1, 2"
    )
    moves = [Move(row["id"], PlaceKind.POINT, row["code"], Reason.RECEIVE, on_hand=_ENOUGH) for row in rows]
    await post(connection, moves, made_by="system", now=END - timedelta(days=DAYS))


async def _looked(connection: asyncpg.Connection) -> bool:
    async with connection.transaction():
        return await look_one(connection, END)


async def _day_counted(connection: asyncpg.Connection) -> bool:
    async with connection.transaction():
        return await count_one_day(connection, END + timedelta(days=2))


def show(month: Month) -> None:
    for each in month.counted:
        print(f"{each.name}：比对 {each.compared} 项，差异 {len(each.differences)} 项")
        for found in each.differences[:5]:
            print(f"    {found.kind} {found.key}：记录 {found.stored}，重算 {found.counted}")
    print(
        f"{month.tickets:,} tickets, {month.events:,} events, {month.movements:,} movements of stock,"
        f" {month.deadlines:,} deadlines told; lived in {month.lived:.0f} s, reconciled in"
        f" {month.reconciled:.0f} s: {month.compared:,} figures compared, {month.differences} differences"
    )
