"""Engineers as whoever leads them sees them."""

from functools import cache

import asyncpg

from app.domain.actor import Actor
from app.domain.rosters import MAX_VISITS
from app.domain.situation import ServiceType
from app.domain.triage import on_site, required_skill
from app.domain.triage.labels import Category
from app.errors import NotFound
from app.schemas.engineers import EngineerRecord
from app.services.rosters.engineers import in_charge
from app.services.tickets.visible import of_points


@cache
def skills() -> tuple[str, ...]:
    """What triage asks of whoever goes somewhere; nobody is found for a skill that it does not know."""
    repair = ServiceType.REPAIR
    return tuple(
        sorted({required_skill(each.value, repair) for each in Category if on_site(repair, each.value)})
    )


_COLUMNS = f"""
SELECT e.id, e.employee_no, s.username, s.name, s.phone, s.service_point_id, coalesce(p.name, '') AS service_point,
       s.contractor_id, coalesce(k.name, '') AS contractor, e.skills, e.areas, e.latitude, e.longitude, s.active,
       coalesce((SELECT max(w.max_visits) FROM shift_patterns w WHERE w.engineer_id = e.id), {MAX_VISITS})
           AS max_visits,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'licence', h.licence, 'number', coalesce(l.number, ''), 'expires_on', l.expires_on
               ) ORDER BY h.licence), '[]')
          FROM unnest(e.licences) AS h (licence)
          LEFT JOIN engineer_licences l ON l.engineer_id = e.id AND l.licence = h.licence) AS licences
  FROM engineers e JOIN staff s ON s.id = e.id
  LEFT JOIN service_points p ON p.id = s.service_point_id LEFT JOIN contractors k ON k.id = s.contractor_id
"""
_LIST = f"""
{_COLUMNS}
 WHERE {of_points("$1", "s.service_point_id")} AND s.active = $2
   AND ($3 = '' OR strpos(lower(concat_ws(' ', s.name, s.username, e.employee_no, s.phone)), lower($3)) > 0)
 ORDER BY p.name NULLS FIRST, s.name, e.id LIMIT 500
"""
_ONE = f"{_COLUMNS} WHERE e.id = $1::uuid"


async def list_engineers(
    connection: asyncpg.Connection, words: str = "", *, left: bool = False, actor: Actor
) -> list[EngineerRecord]:
    """Of the caller's service points; ``left`` are those who are with us no more."""
    rows = await connection.fetch(_LIST, actor.points, not left, words.strip())
    return [EngineerRecord(**dict(row)) for row in rows]


async def read_engineer(connection: asyncpg.Connection, engineer_id: str, *, actor: Actor) -> EngineerRecord:
    """Errors: not_found."""
    await in_charge(connection, actor, engineer_id)
    row = await connection.fetchrow(_ONE, engineer_id)
    if row is None:
        raise NotFound("没有找到这位工程师。")
    return EngineerRecord(**dict(row))
