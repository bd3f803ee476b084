"""The figures of a month or a quarter: of engineers, of their teams, and of the branches whose customers they served.

Nothing is stored: every report is computed from the raw rows, so it cannot differ from them.
"""

from collections import Counter
from collections.abc import Callable, Mapping
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
from app.schemas.kpi import (
    AppealedOut,
    EngineerKpiOut,
    ExcludedOut,
    FigureOut,
    KpiReport,
    PointKpiOut,
    PointReport,
)
from app.services.kpi.gather import gather, peoples_teams

_TEAM = """
SELECT e.id::text, s.name, e.employee_no, s.service_point_id::text AS point, s.contractor_id::text,
       k.name AS contractor,
       coalesce(s.contractor_id, s.service_point_id)::text AS team
  FROM engineers e JOIN staff s ON s.id = e.id LEFT JOIN contractors k ON k.id = s.contractor_id
 ORDER BY e.employee_no
"""
# Against a job of the period: one that was finished in it, or whose visit was due in it.
_APPEALS = """
SELECT p.engineer_id::text AS engineer, s.service_point_id::text AS team, s.contractor_id IS NULL AS ours,
       t.service_point_id::text AS point, p.measure, p.state
  FROM kpi_appeals p JOIN tickets t ON t.id = p.ticket_id JOIN staff s ON s.id = p.engineer_id
 WHERE EXISTS (SELECT FROM completions c
                WHERE c.ticket_id = p.ticket_id AND c.finished_at >= $1 AND c.finished_at < $2)
    OR EXISTS (SELECT FROM visits v WHERE v.ticket_id = p.ticket_id AND v.engineer_id = p.engineer_id
                  AND upper(v.promised) >= $1 AND upper(v.promised) < $2)
"""
_POINTS = "SELECT id::text, name FROM service_points ORDER BY name"


# How many of whose appeals against which measure are in which state.
Appeals = Counter[tuple[str | None, str, str]]


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
    appeals = await _appeals(connection, period, lambda row: row["engineer"])
    items = [_engineer(kpi, people, appeals) for kpi in figures if kpi.key in wanted]
    return KpiReport(month=_month(period), period=period.name, items=items)


async def report_teams(
    connection: asyncpg.Connection, period: Period, *, actor: Actor, now: datetime
) -> PointReport:
    """What the engineers of each branch did, wherever it was; contractors are no team of ours."""
    teams = await peoples_teams(connection)
    names = await points_by_id(connection)
    rows = await gather(connection, period)
    appeals = await _appeals(connection, period, lambda row: row["team"] if row["ours"] else None)
    return _named(compute(rows, period, names, now=now, credit=by_team(teams)), names, period, appeals, actor)


async def report_points(
    connection: asyncpg.Connection, period: Period, *, actor: Actor, now: datetime
) -> PointReport:
    """What was done for the customers of each branch, by whomever."""
    names = await points_by_id(connection)
    rows = await gather(connection, period)
    appeals = await _appeals(connection, period, lambda row: row["point"])
    return _named(compute(rows, period, names, now=now, credit=BY_POINT), names, period, appeals, actor)


async def points_by_id(connection: asyncpg.Connection) -> dict[str, str]:
    return {row["id"]: row["name"] for row in await connection.fetch(_POINTS)}


async def may_see_engineer(connection: asyncpg.Connection, engineer_id: str, actor: Actor) -> str:
    """His name. Errors: not_found for one who is not the caller's to see."""
    for row in await connection.fetch(_TEAM):
        if row["id"] == engineer_id and _may_see(actor, row):
            return str(row["name"])
    raise NotFound("没有找到这位工程师。")


async def _appeals(
    connection: asyncpg.Connection, period: Period, whose: Callable[[asyncpg.Record], str | None]
) -> Appeals:
    rows = await connection.fetch(_APPEALS, period.begin, period.end)
    return Counter((whose(row), row["measure"], row["state"]) for row in rows)


def _named(
    figures: tuple[Kpi, ...], names: Mapping[str, str], period: Period, appeals: Appeals, actor: Actor
) -> PointReport:
    items = [
        PointKpiOut(service_point_id=kpi.key, name=names[kpi.key], **_told(kpi, appeals))
        for kpi in figures
        if actor.answers_for(kpi.key)
    ]
    return PointReport(period=period.name, items=items)


def _month(period: Period) -> str:
    return "" if "Q" in period.name else period.name


def _may_see(actor: Actor, person: asyncpg.Record) -> bool:
    if actor.role is Role.CONTRACTOR:
        return bool(person["contractor_id"] == actor.contractor_id)
    if actor.role is Role.ENGINEER:
        return bool(actor.id == person["id"])
    return actor.answers_for(person["point"])


def _engineer(kpi: Kpi, people: Mapping[str, asyncpg.Record], appeals: Appeals) -> EngineerKpiOut:
    person = people[kpi.key]
    return EngineerKpiOut(
        engineer_id=kpi.key,
        name=person["name"],
        employee_no=person["employee_no"],
        contractor=person["contractor"],
        **_told(kpi, appeals),
    )


def _told(kpi: Kpi, appeals: Appeals) -> dict[str, Any]:
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
        "appeals": [
            AppealedOut(measure=measure, state=state, n=n)
            for (key, measure, state), n in sorted(appeals.items(), key=str)
            if key == kpi.key
        ],
    }


def figure_out(figure: Figure) -> FigureOut:
    return FigureOut.model_validate(figure, from_attributes=True)
