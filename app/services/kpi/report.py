"""The figures of a month: of all engineers for those who lead them, of himself for an engineer.

Nothing is stored: every report is computed from the raw rows, so it cannot differ from them.
"""

from collections.abc import Mapping
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.figures import Figure
from app.domain.kpi import EngineerKpi, Month, compute
from app.domain.lifecycle import Role
from app.domain.rating import Dimension
from app.errors import NotFound
from app.schemas.kpi import EngineerKpiOut, FigureOut, KpiReport
from app.services.kpi.gather import gather

_TEAM = """
SELECT e.id::text, s.name, e.employee_no, s.contractor_id::text, k.name AS contractor
  FROM engineers e JOIN staff s ON s.id = e.id LEFT JOIN contractors k ON k.id = s.contractor_id
 ORDER BY e.employee_no
"""


async def report(
    connection: asyncpg.Connection,
    month: Month,
    *,
    actor: Actor,
    now: datetime,
    engineer_id: str | None = None,
) -> KpiReport:
    """Errors: not_found for an engineer who does not exist or is not the caller's to see."""
    people = {row["id"]: row for row in await connection.fetch(_TEAM)}
    seen = {person for person, row in people.items() if _may_see(actor, row)}
    if engineer_id is not None and engineer_id not in seen:
        raise NotFound("没有找到这位工程师。")
    rows = await gather(connection, month)
    figures = compute(rows, month, people, now=now)
    wanted = seen if engineer_id is None else {engineer_id}
    items = [_out(kpi, people) for kpi in figures if kpi.engineer_id in wanted]
    return KpiReport(month=f"{month.year:04}-{month.month:02}", items=items)


def _may_see(actor: Actor, person: asyncpg.Record) -> bool:
    if actor.role is Role.CONTRACTOR:
        return bool(person["contractor_id"] == actor.contractor_id)
    return actor.role is not Role.ENGINEER or actor.id == person["id"]


def _out(kpi: EngineerKpi, people: Mapping[str, asyncpg.Record]) -> EngineerKpiOut:
    person = people[kpi.engineer_id]
    return EngineerKpiOut(
        engineer_id=kpi.engineer_id,
        name=person["name"],
        employee_no=person["employee_no"],
        contractor=person["contractor"],
        attitude=_figure(kpi.dimensions[Dimension.ATTITUDE]),
        expertise=_figure(kpi.dimensions[Dimension.EXPERTISE]),
        timeliness=_figure(kpi.dimensions[Dimension.TIMELINESS]),
        conduct=_figure(kpi.dimensions[Dimension.CONDUCT]),
        response_rate=_figure(kpi.response_rate),
        on_time=_figure(kpi.on_time),
        first_time_fix=_figure(kpi.first_time_fix),
        disputes=_figure(kpi.disputes),
        no_show=_figure(kpi.no_show),
        urgings=_figure(kpi.urgings),
        quote_accuracy=_figure(kpi.quote_accuracy),
        evidence=_figure(kpi.evidence),
    )


def _figure(figure: Figure) -> FigureOut:
    return FigureOut.model_validate(figure, from_attributes=True)
