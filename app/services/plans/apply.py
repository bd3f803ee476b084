"""Carry out one group of a plan, if everything is still as it was when the plan was made."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.dispatch.changes import Group, Seat
from app.domain.dispatch.plan import Span
from app.domain.notices import Notice, progress, staff_notice
from app.domain.situation import Situation, Window
from app.models.visits import LIVE_VISITS
from app.services.dispatch.engineer import engineer_card
from app.services.plans.territory import Seen, Territory
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.record import Entry

# People come first: a plan that would have to wait for them, and keep others waiting meanwhile, is left.
_GIVE_WAY = "SET LOCAL lock_timeout = '300ms'"
_LOCK_TICKETS = "SELECT FROM tickets WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE"
_LOCK_ROSTERS = """
SELECT engineer_id::text, version FROM rosters
 WHERE engineer_id = ANY ($1::uuid[]) AND day BETWEEN $2::date - 1 AND $2::date
 ORDER BY engineer_id, day FOR NO KEY UPDATE
"""
_LOCK_VISITS = f"""
SELECT id, engineer_id::text, lower(planned) AS start, upper(planned) AS end FROM visits
 WHERE id = ANY ($1::bigint[]) AND departed_at IS NULL AND {LIVE_VISITS} ORDER BY id FOR NO KEY UPDATE
"""
_MOVE = """
UPDATE visits v SET engineer_id = n.engineer, planned = tstzrange(n.start_at, n.end_at), stranded_at = NULL
  FROM unnest($1::bigint[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) AS n (id, engineer, start_at, end_at)
 WHERE v.id = n.id
"""
_NEXT_VERSION = """
UPDATE rosters SET version = version + 1 WHERE engineer_id = ANY ($1::uuid[]) AND day BETWEEN $2::date - 1 AND $2::date
"""


async def apply(connection: asyncpg.Connection, territory: Territory, group: Group, *, now: datetime) -> bool:
    """False where somebody booked, departed or went meanwhile: the next plan sees it. One transaction a group.

    Locks as everybody does: tickets, rosters, visits.
    """
    going = [seat for seat in group.seats if territory.visits[seat.visit_id].engineer_id != seat.engineer_id]
    tickets = [territory.visits[seat.visit_id].ticket_id for seat in going]
    await connection.execute(_GIVE_WAY)
    await connection.execute(_LOCK_TICKETS, tickets)
    if not await _as_it_was(connection, territory, group):
        return False
    await connection.execute("SET CONSTRAINTS ex_visits_engineer_planned DEFERRED")
    await connection.execute(_MOVE, *_columns(group.seats))
    await connection.execute("SET CONSTRAINTS ex_visits_engineer_planned IMMEDIATE")
    await connection.execute(_NEXT_VERSION, group.engineers, territory.day)
    for seat in sorted(going, key=lambda s: territory.visits[s.visit_id].ticket_id):
        seen = territory.visits[seat.visit_id]
        await _tell(connection, territory, seen, seat, now)
    return True


async def _as_it_was(connection: asyncpg.Connection, territory: Territory, group: Group) -> bool:
    people = sorted({*group.engineers, *(territory.visits[s.visit_id].engineer_id for s in group.seats)})
    versions: dict[str, list[int]] = {person: [] for person in people}
    for row in await connection.fetch(_LOCK_ROSTERS, people, territory.day):
        versions[row["engineer_id"]].append(row["version"])
    if any(tuple(versions[person]) != territory.versions[person] for person in people):
        return False
    ids = [int(seat.visit_id) for seat in group.seats]
    now_there = {
        row["id"]: (row["engineer_id"], Span.of(row["start"], row["end"]))
        for row in await connection.fetch(_LOCK_VISITS, ids)
    }
    seen = (territory.visits[seat.visit_id] for seat in group.seats)
    return all(now_there.get(visit.id) == (visit.engineer_id, visit.planned) for visit in seen)


def _columns(seats: Sequence[Seat]) -> tuple[list[int], list[str], list[datetime], list[datetime]]:
    return (
        [int(seat.visit_id) for seat in seats],
        [seat.engineer_id for seat in seats],
        [seat.planned.start_at for seat in seats],
        [seat.planned.end_at for seat in seats],
    )


async def _tell(
    connection: asyncpg.Connection, territory: Territory, seen: Seen, seat: Seat, now: datetime
) -> None:
    before = await load_by_id(connection, seen.ticket_id)
    engineer = await engineer_card(connection, seat.engineer_id)
    planned = Window(seat.planned.start_at, seat.planned.end_at)
    visit = before.visit and replace(before.visit, engineer_id=engineer.id, planned=planned)
    after = before._replace(engineer=engineer, visit=visit)
    was = territory.names.get(seen.engineer_id, "")
    data = {"from": seen.engineer_id, "to": engineer.id, "visit_id": seen.id}
    entry = Entry("replanned", f"上门工程师由{was}调整为{engineer.name}，时段不变", data)
    notices = handed_over(after, was, seen, now)
    await add_fact(connection, after, entry, actor=SYSTEM, now=now, notices=notices)


def handed_over(after: Situation, was: str, seen: Seen, now: datetime) -> list[Notice]:
    """Both engineers; the customer only if he had been told another name for certain."""
    assert after.engineer is not None, "a visit has its engineer"  # noqa: S101
    told = [
        _job(after, seen.engineer_id, "此单已改由他人上门", now),
        _job(after, after.engineer.id, f"原由{was}上门，改由您上门", now),
    ]
    if seen.announced:
        told.append(progress(after, hint=f"改由{after.engineer.name}上门，时间不变"))
    return told


def _job(s: Situation, engineer_id: str, hint: str, now: datetime) -> Notice:
    return staff_notice(s, engineer_id, matter=s.service, level="行程调整", hint=hint, at=now)
