"""Teams and who is of them."""

import uuid
from datetime import datetime

import asyncpg

from app.errors import Conflict, InvalidInput, NotFound
from app.schemas.routing import MemberOut, TeamIn, TeamList, TeamOut
from app.services.routing.seats import seats_of

_READ = """
SELECT g.id::text, g.name, g.overflow_id::text, g.standing,
       (SELECT count(*) FROM ticket_routes r
         WHERE r.team_id = g.id AND r.ended_at IS NULL AND r.staff_id IS NULL) AS waiting
  FROM teams g WHERE $1::uuid IS NULL OR g.id = $1 ORDER BY g.name
"""
_TAKEN = "SELECT EXISTS (SELECT FROM teams WHERE name = $2 AND id <> $1)"
_KNOWN = "SELECT EXISTS (SELECT FROM teams WHERE id = $1)"
# Only one stands for the rest: whoever names another one takes it from the one before.
_STEP_BACK = "UPDATE teams SET standing = FALSE WHERE standing AND id <> $1"
_PUT = """
INSERT INTO teams (id, name, overflow_id, standing, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, overflow_id = excluded.overflow_id, standing = excluded.standing
"""
_AT_THE_DESK = """
SELECT id FROM staff WHERE id = ANY ($1::uuid[]) AND active AND role IN ('agent', 'manager', 'admin')
"""
_LEAVE = "DELETE FROM team_members WHERE team_id = $1 AND staff_id <> ALL ($2::uuid[])"
_JOIN = """
INSERT INTO team_members (team_id, staff_id, skills) VALUES ($1, $2, $3)
ON CONFLICT (team_id, staff_id) DO UPDATE SET skills = excluded.skills
"""
_SEAT = """
INSERT INTO desk_seats (staff_id, capacity) VALUES ($1, $2)
ON CONFLICT (staff_id) DO UPDATE SET capacity = excluded.capacity
"""


class TeamKnown(Conflict):
    code, msg = "team_known", "已有同名的客服组，请换一个名称。"


async def list_teams(connection: asyncpg.Connection) -> TeamList:
    return TeamList(items=[await _out(connection, row) for row in await connection.fetch(_READ, None)])


async def add_team(connection: asyncpg.Connection, body: TeamIn, now: datetime) -> TeamOut:
    """Errors: team_known, invalid_input."""
    return await _put(connection, uuid.uuid4(), body, now)


async def change_team(
    connection: asyncpg.Connection, team_id: uuid.UUID, body: TeamIn, now: datetime
) -> TeamOut:
    """As it is to be; what its members have stays theirs. Errors: not_found, team_known, invalid_input."""
    if not await connection.fetchval(_KNOWN, team_id):
        raise NotFound("没有找到这个客服组。")
    return await _put(connection, team_id, body, now)


async def _put(connection: asyncpg.Connection, team_id: uuid.UUID, body: TeamIn, now: datetime) -> TeamOut:
    if await connection.fetchval(_TAKEN, team_id, body.name):
        raise TeamKnown
    overflow = body.overflow_id
    if overflow is not None and (overflow == team_id or not await connection.fetchval(_KNOWN, overflow)):
        raise InvalidInput.at("body.overflow_id", "没有找到这个备援组，也不能是本组。", "not_found")
    if body.standing:
        await connection.execute(_STEP_BACK, team_id)
    await connection.execute(_PUT, team_id, body.name, overflow, body.standing, now)
    await _fill(connection, team_id, body)
    return await _out(connection, await connection.fetchrow(_READ, team_id))


async def _fill(connection: asyncpg.Connection, team_id: uuid.UUID, body: TeamIn) -> None:
    wanted = [member.staff_id for member in body.members]
    if len(await connection.fetch(_AT_THE_DESK, wanted)) < len(wanted):
        raise InvalidInput.at("body.members", "成员须是在职的客服或主管。", "not_at_the_desk")
    await connection.execute(_LEAVE, team_id, wanted)
    for member in sorted(body.members, key=lambda each: each.staff_id):
        await connection.execute(_JOIN, team_id, member.staff_id, member.skills)
        await connection.execute(_SEAT, member.staff_id, member.capacity)


async def _out(connection: asyncpg.Connection, row: asyncpg.Record) -> TeamOut:
    members = [
        MemberOut(
            staff_id=seat.staff_id,
            name=seat.name,
            skills=list(seat.skills),
            capacity=seat.capacity,
            load=seat.load,
            presence=seat.presence,
            seen_at=seat.seen_at,
        )
        for seat in await seats_of(connection, row["id"])
    ]
    return TeamOut(**row, members=members)
