"""Ask for a new plan of a territory's day, at once: somebody is sick, a visit has been cancelled, a job is urgent."""

from datetime import date, datetime

import asyncpg

from app.bell import CHANNEL

# Asked for twice is planned once, and as early as the first wanted it.
_REQUEST = f"""
WITH asked AS (
    INSERT INTO plan_requests (service_point_id, day, cause, wanted_at) VALUES ($1::uuid, $2, $3, $4)
    ON CONFLICT (service_point_id, day) DO UPDATE
       SET wanted_at = least(plan_requests.wanted_at, excluded.wanted_at)
    RETURNING 1
)
SELECT pg_notify('{CHANNEL}', 'plan') FROM asked
"""


async def request_plan(
    connection: asyncpg.Connection, service_point_id: str, day: date, *, now: datetime, cause: str
) -> None:
    """The planner is woken when the transaction commits; ``cause`` is for whoever reads its report."""
    await connection.execute(_REQUEST, service_point_id, day, cause, now)
