"""The figures of a month or a quarter: of engineers, of their teams, and of the branches whose customers they served.

Nothing is stored: every report is computed from the raw rows, so it cannot differ from them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.figures import Figure
from app.domain.kpi.compute import BY_POINT, Kpi, by_team, compute
from app.domain.lifecycle import Role
from app.domain.period import Period
from app.domain.rating import Dimension
from app.errors import NotFound
from app.schemas.kpi import EngineerKpiOut, ExcludedOut, FigureOut, KpiReport, PointKpiOut, PointReport
from app.services.kpi.gather import gather

_TEAM = """
SELECT e.id::text, s.name, e.employee_no, s.contractor_id::text, k.name AS contractor,
       coalesce(s.contractor_id, s.service_point_id)::text AS team
  FROM engineers e JOIN staff s ON s.id = e.id LEFT JOIN contractors k ON k.id = s.contractor_id
 ORDER BY e.employee_no
"""
_POINTS = "SELECT id::text, name FROM service_points ORDER BY name"
_PEOPLES_TEAMS = """
SELECT e.id::text AS engineer, s.service_point_id::text AS team
  FROM engineers e JOIN staff s ON s.id = e.id WHERE s.contractor_id IS NULL AND s.service_point_id IS NOT NULL
"""


async def report(
    connection: asyncpg.Connection,
    period: Period,
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
    rows = await gather(connection, period)
    teams = {person: row["team"] or "" for person, row in people.items()}
    figures = compute(rows, period, people, now=now, team_of=teams)
    wanted = seen if engineer_id is None else {engineer_id}
    items = [_engineer(kpi, people) for kpi in figures if kpi.key in wanted]
    return KpiReport(month=_month(period), period=period.name, items=items)


async def report_teams(connection: asyncpg.Connection, period: Period, *, now: datetime) -> PointReport:
    """What the engineers of each branch did, wherever it was; contractors are no team of ours."""
    teams = {row["engineer"]: row["team"] for row in await connection.fetch(_PEOPLES_TEAMS)}
    names = await _points(connection)
    rows = await gather(connection, period)
    return _named(compute(rows, period, names, now=now, credit=by_team(teams)), names, period)


async def report_points(connection: asyncpg.Connection, period: Period, *, now: datetime) -> PointReport:
    """What was done for the customers of each branch, by whomever."""
    names = await _points(connection)
    rows = await gather(connection, period)
    return _named(compute(rows, period, names, now=now, credit=BY_POINT), names, period)


async def _points(connection: asyncpg.Connection) -> dict[str, str]:
    return {row["id"]: row["name"] for row in await connection.fetch(_POINTS)}


def _named(figures: tuple[Kpi, ...], names: Mapping[str, str], period: Period) -> PointReport:
    items = [PointKpiOut(service_point_id=kpi.key, name=names[kpi.key], **_told(kpi)) for kpi in figures]
    return PointReport(period=period.name, items=items)


def _month(period: Period) -> str:
    return "" if "Q" in period.name else period.name


def _may_see(actor: Actor, person: asyncpg.Record) -> bool:
    if actor.role is Role.CONTRACTOR:
        return bool(person["contractor_id"] == actor.contractor_id)
    return actor.role is not Role.ENGINEER or actor.id == person["id"]


def _engineer(kpi: Kpi, people: Mapping[str, asyncpg.Record]) -> EngineerKpiOut:
    person = people[kpi.key]
    return EngineerKpiOut(
        engineer_id=kpi.key,
        name=person["name"],
        employee_no=person["employee_no"],
        contractor=person["contractor"],
        **_told(kpi),
    )


def _told(kpi: Kpi) -> dict[str, Any]:
    return {
        "attitude": figure_out(kpi.dimensions[Dimension.ATTITUDE]),
        "expertise": figure_out(kpi.dimensions[Dimension.EXPERTISE]),
        "timeliness": figure_out(kpi.dimensions[Dimension.TIMELINESS]),
        "conduct": figure_out(kpi.dimensions[Dimension.CONDUCT]),
        "response_rate": figure_out(kpi.response_rate),
        "on_time": figure_out(kpi.on_time),
        "first_time_fix": figure_out(kpi.first_time_fix),
        "disputes": figure_out(kpi.disputes),
        "no_show": figure_out(kpi.no_show),
        "urgings": figure_out(kpi.urgings),
        "promises_kept": figure_out(kpi.promises_kept),
        "quote_accuracy": figure_out(kpi.quote_accuracy),
        "evidence": figure_out(kpi.evidence),
        "called_solved": figure_out(kpi.called_solved),
        "excluded": [ExcludedOut.model_validate(each, from_attributes=True) for each in kpi.excluded],
    }


def figure_out(figure: Figure) -> FigureOut:
    return FigureOut.model_validate(figure, from_attributes=True)
