"""The dispatcher's board: who is where and when, what is at risk, and what nobody has."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from types import MappingProxyType
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.domain.dispatch.plan import Span
from app.domain.dispatch.tours import Territory as Tours
from app.domain.lifecycle import Role
from app.domain.situation import SERVICE_LABELS, ServiceType
from app.schemas.plans import (
    BoardEngineer,
    BoardOut,
    BoardSpan,
    BoardVisit,
    PlanChange,
    PlanReportOut,
    PlanReports,
    Risk,
    Unassigned,
)
from app.schemas.tickets import WindowOut
from app.services.plans.points import known_point
from app.services.plans.territory import Territory, read_territory
from app.services.tickets.visible import VISIBLE, Sight, binds, sight
from app.services.urgings.raised import RAISED

_UNASSIGNED: Mapping[Sight, str] = MappingProxyType(
    {
        whose: f"""
SELECT t.number, t.service_type, t.category, t.address->>'district' AS district, t.priority, t.entered_at,
       CASE WHEN t.state = 'offered' THEN asked.name END AS offered_to
  FROM tickets t LEFT JOIN offers o ON o.id = t.offer_id LEFT JOIN staff asked ON asked.id = o.engineer_id
 WHERE t.state IN ('dispatching', 'offered') AND {visible}
   AND t.address->>'district' = ANY (SELECT unnest(districts) FROM service_points WHERE id = $1::uuid)
 ORDER BY array_position(ARRAY['systemic', 'critical', 'urgent', 'normal'], t.priority), {RAISED}, t.id LIMIT 200
"""
        for whose, visible in VISIBLE.items()
    }
)
_REPORTS = """
SELECT cause, planned_at, engineers, visits, minutes_before, minutes_won, changes, stranded FROM plan_reports
 WHERE service_point_id = $1::uuid AND day = $2 ORDER BY planned_at DESC, id DESC LIMIT 50
"""
# Less room than this before the window closes is called tight.
_TIGHT_SECONDS = 15 * 60


async def read_board(
    connection: asyncpg.Connection, service_point_id: UUID, day: date, *, actor: Actor, now: datetime
) -> BoardOut:
    point = str(service_point_id)
    await known_point(connection, point, actor)
    territory = await read_territory(connection, point, day, now)
    board = territory.board
    rows = await connection.fetch(_UNASSIGNED[sight(actor)], point, *binds(actor))
    crew = _crew(territory, actor)
    loose = [v for v in board.loose if territory.visits[board.visits[v].stop.visit_id].engineer_id in crew]
    return BoardOut(
        day=day,
        engineers=[each for each in _engineers(territory) if each.engineer_id in crew],
        stranded=[_visit(territory, visit, board.visits[visit].stop.planned.start) for visit in loose],
        unassigned=[
            Unassigned(
                number=row["number"],
                service=f"{row['category']}{SERVICE_LABELS[ServiceType(row['service_type'])]}",
                district=row["district"],
                priority=row["priority"],
                since=row["entered_at"],
                offered_to=row["offered_to"],
            )
            for row in rows
        ],
    )


async def read_reports(
    connection: asyncpg.Connection, service_point_id: UUID, day: date, *, actor: Actor
) -> PlanReports:
    """The latest fifty plans of a day, newest first."""
    point = str(service_point_id)
    await known_point(connection, point, actor)
    return PlanReports(items=[_report(row) for row in await connection.fetch(_REPORTS, point, day)])


def _crew(territory: Territory, actor: Actor) -> set[str]:
    """Whose day the caller may look at."""
    if actor.role is not Role.CONTRACTOR:
        return set(territory.names)
    return {e for e, hired in territory.hired.items() if hired.contractor_id == actor.contractor_id}


def _engineers(territory: Territory) -> list[BoardEngineer]:
    tours = territory.board.territory()
    spans: dict[str, list[BoardSpan]] = {engineer: [] for engineer in territory.names}
    for i, candidate in enumerate(territory.board.spans):
        spans[candidate.engineer_id].append(_span(territory, tours, i))
    return [
        BoardEngineer(
            engineer_id=engineer,
            name=territory.names[engineer],
            contractor=territory.hired[engineer].contractor if engineer in territory.hired else None,
            spans=found,
        )
        for engineer, found in spans.items()
        if found
    ]


def _span(territory: Territory, tours: Tours, number: int) -> BoardSpan:
    shift, tour = territory.board.spans[number].shift, list(territory.board.tours[number])
    timed = tours.time(number, tour)
    return BoardSpan(
        start=shift.start_at,
        end=shift.end_at,
        load=round(_taken(territory, tours, number) / max(1, shift.end - shift.start), 2),
        visits=[_visit(territory, visit, start) for visit, start in zip(tour, timed.starts, strict=True)],
    )


def _taken(territory: Territory, tours: Tours, number: int) -> int:
    """Seconds of work and of travel, there and home."""
    tour = territory.board.tours[number]
    places = [tours.origin(number), *tour, tours.origin(number)] if tour else []
    travel = sum(tours.ways[a][b] for a, b in pairwise(places))
    return travel + sum(territory.board.visits[visit].stop.minutes * 60 for visit in tour)


def _visit(territory: Territory, visit: int, start: int) -> BoardVisit:
    seen = territory.visits[territory.board.visits[visit].stop.visit_id]
    return BoardVisit(
        number=seen.number,
        promised=WindowOut(start=seen.window.start_at, end=seen.window.end_at),
        expected_at=Span(start, start).start_at,
        risk=_risk(start, seen.window.end),
        announced=seen.announced,
    )


def _risk(start: int, closes: int) -> Risk:
    if start > closes:
        return "late"
    return "tight" if start > closes - _TIGHT_SECONDS else "on_time"


def _report(row: asyncpg.Record) -> PlanReportOut:
    changes = [
        PlanChange(
            number=change["number"],
            engineer_before=change["from"],
            engineer=change["to"],
            planned_before=change["planned_before"],
            planned=change["planned"],
        )
        for change in row["changes"]
    ]
    stranded = [each["number"] for each in row["stranded"]]
    return PlanReportOut(**{**row, "changes": changes, "stranded": stranded})
