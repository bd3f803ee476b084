"""Whoever was booked and may not come any more: his licence has ended, or the customer does not want him."""

from dataclasses import replace
from datetime import datetime

import asyncpg

from app.models.visits import LIVE_VISITS
from app.services.dispatch.rules import OF_TICKET, licensed, welcome
from app.services.plans.request import request_plan

# A visit asks for what holds on its day.
OF_VISIT = replace(OF_TICKET, day="(lower(v.promised) AT TIME ZONE 'Asia/Shanghai')::date")
# Over ``tickets t``, its visit ``v`` and the engineer ``own`` of that visit. What he was chosen for may have changed
# since (an area, a skill) without making him unable; these two forbid it.
MAY_STILL_COME = f"({licensed('own', OF_VISIT)} AND {welcome('own', OF_VISIT)})"

_DAYS = f"""
SELECT DISTINCT s.service_point_id::text AS point, (lower(v.planned) AT TIME ZONE 'Asia/Shanghai')::date AS day
  FROM visits v JOIN tickets t ON t.id = v.ticket_id JOIN engineers own ON own.id = v.engineer_id
  JOIN staff s ON s.id = own.id
 WHERE own.id = $1::uuid AND {LIVE_VISITS.replace("state", "v.state")} AND v.departed_at IS NULL
   AND s.service_point_id IS NOT NULL AND NOT {MAY_STILL_COME}
 ORDER BY point, day
"""


async def replan_unfit(
    connection: asyncpg.Connection, engineer_id: str, *, now: datetime, cause: str
) -> None:
    """A new plan for each day on which he is booked and may not come; of whom nobody can replace the managers hear."""
    for row in await connection.fetch(_DAYS, engineer_id):
        await request_plan(connection, row["point"], row["day"], now=now, cause=cause)
