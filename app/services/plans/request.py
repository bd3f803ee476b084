"""Ask for a new plan of a territory's day, at once: somebody is sick, a visit has been cancelled, a job is urgent."""

from datetime import date, datetime
from uuid import UUID

import asyncpg

from app.bell import Topic, ring_sql
from app.domain.actor import Actor
from app.domain.zone import ZONE
from app.errors import InvalidInput
from app.services.plans.points import known_point

_REQUEST = f"""
WITH asked AS (
    INSERT INTO plan_requests (service_point_id, day, cause, wanted_at)
    SELECT w.point, $2, $3, $4 FROM ({{point}}) AS w (point) WHERE w.point IS NOT NULL
    RETURNING 1
)
SELECT {ring_sql(Topic.PLAN)} FROM asked
"""
_OF_POINT = _REQUEST.format(point="SELECT $1::uuid")
_OF_ENGINEER = _REQUEST.format(point="SELECT service_point_id FROM staff WHERE id = $1::uuid")


async def request_plan(
    connection: asyncpg.Connection, service_point_id: str | None, day: date, *, now: datetime, cause: str
) -> None:
    """The planner is woken when the transaction commits; ``cause`` is for whoever reads its report."""
    await connection.execute(_OF_POINT, service_point_id, day, cause, now)


async def ask_for_plan(
    connection: asyncpg.Connection, service_point_id: UUID, day: date, *, actor: Actor, now: datetime
) -> None:
    """What a manager asks for. Errors: not_found, invalid_input for a day that is over."""
    await known_point(connection, str(service_point_id), actor)
    if day < now.astimezone(ZONE).date():
        raise InvalidInput.at("body.day", "这一天已经过去，不能再排。", "in_the_past")
    await request_plan(connection, str(service_point_id), day, now=now, cause="主管要求")


async def request_plan_for(
    connection: asyncpg.Connection, engineer_id: str, at: datetime, *, now: datetime, cause: str
) -> None:
    """Of the territory that this engineer belongs to; one who belongs to none is in no plan."""
    await connection.execute(_OF_ENGINEER, engineer_id, at.astimezone(ZONE).date(), cause, now)
