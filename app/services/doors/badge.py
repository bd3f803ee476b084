"""Whoever stands at the door: is he ours, is he on duty, is he the one of my ticket?"""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import WITH_ENGINEER, Role
from app.errors import NotFound
from app.models.wechat import ScenePurpose
from app.services.doors.scenes import Scene

_ENGINEER = """
SELECT s.name, s.active, e.employee_no, e.photo_url, p.name AS service_point,
       EXISTS (SELECT FROM rosters r WHERE r.engineer_id = e.id AND r.spans @> $2::timestamptz) AS on_duty
  FROM engineers e JOIN staff s ON s.id = e.id LEFT JOIN service_points p ON p.id = s.service_point_id
 WHERE e.id = $1
"""
_TICKETS = """
SELECT number FROM tickets
 WHERE customer_id = $1 AND engineer_id = $2 AND state = ANY ($3) ORDER BY id DESC LIMIT 1
"""
_ANY_TICKET = """
SELECT 1 FROM tickets WHERE customer_id = $1 AND engineer_id IS NOT NULL AND state = ANY ($2) LIMIT 1
"""


@dataclass(frozen=True)
class Badge:
    name: str
    employee_no: str
    photo_url: str
    service_point: str
    # Still with us; ``on_duty``: his shift is now.
    ours: bool
    on_duty: bool
    # The number of the visitor's ticket that he is on; ``expects_another``: the visitor waits for somebody else.
    ticket: str | None
    expects_another: bool


async def check_badge(
    connection: asyncpg.Connection, scene: Scene, actor: Actor | None, now: datetime
) -> Badge:
    if scene.purpose is not ScenePurpose.ENGINEER_BADGE:
        raise NotFound
    engineer_id = scene.subject_id
    row = await connection.fetchrow(_ENGINEER, engineer_id, now)
    if row is None:
        raise NotFound
    ticket, another = None, False
    if actor is not None and actor.role is Role.CUSTOMER and row["active"]:
        with_engineer = sorted(WITH_ENGINEER)
        ticket = await connection.fetchval(_TICKETS, actor.id, engineer_id, with_engineer)
        if ticket is None:
            another = await connection.fetchval(_ANY_TICKET, actor.id, with_engineer) is not None
    return Badge(
        name=row["name"],
        employee_no=row["employee_no"],
        photo_url=row["photo_url"],
        service_point=row["service_point"] or "",
        ours=row["active"],
        on_duty=row["active"] and row["on_duty"],
        ticket=ticket,
        expects_another=another,
    )
