"""When service points are open: a week as text, the days unlike it one on each line, published in versions."""

from collections.abc import Mapping
from typing import Annotated

import asyncpg
from fastapi import Query, Request
from fastapi.responses import HTMLResponse, Response

from app.domain.actor import Actor
from app.domain.rosters import DAY_LABELS, DAYS
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, ManagerAtDesk, back, show
from app.routers.forms import a_day, read, spans, typed_in, whole
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.rosters import HoursOut
from app.schemas.service_levels import CalendarIn, CalendarOut
from app.services.idempotency import Once, fingerprint
from app.services.service_levels.calendars import list_calendars, publish_calendar
from app.services.tickets.search import service_points

router = Routes(prefix=f"{CONSOLE}/settings/calendars", include_in_schema=False)

_WEEK = DAYS[:7]


@router.get("")
async def calendar_list(
    actor: AtDesk,
    connection: ReaderDep,
    point: Annotated[str, Query(pattern=r"^$|^[0-9a-f-]{36}$")] = "",
    said: str = "",
) -> HTMLResponse:
    """``point`` is the one whose calendar is being written; empty is the house."""
    return await _page(connection, actor, point, said=said)


@router.post("")
async def publish(request: Request, actor: ManagerAtDesk, connection: WriterDep, now: Now) -> Response:
    """For the tickets that come from now on."""
    typed = await typed_in(request)
    point = typed.get("service_point_id", "")
    try:
        body = _body(typed, point)
        once = Once("service-calendars", actor, None, fingerprint(body, now.isoformat()))
        async with whole(connection):
            await publish_calendar(connection, body, once=once, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _page(connection, actor, point, refused=refusal("calendar", typed, problem))
    return back(f"settings/calendars?point={point}", "published")


def _body(typed: Mapping[str, str], point: str) -> CalendarIn:
    """Raises InvalidInput."""
    said: dict[str, object] = {day: spans(typed.get(day, ""), day) for day in _WEEK}
    said["exceptions"] = [
        _exception(line) for line in map(str.strip, typed.get("exceptions", "").splitlines()) if line
    ]
    said["follows_holidays"] = typed.get("follows_holidays") == "true"
    said["service_point_id"] = point
    return read(CalendarIn, said)


def _exception(line: str) -> dict[str, object]:
    """``2027-02-10 09:00-12:00``; without hours the day is closed."""
    day, _, hours = line.partition(" ")
    return {"day": a_day(day, "exceptions"), "spans": spans(hours, "exceptions")}


async def _page(
    connection: asyncpg.Connection,
    actor: Actor,
    point: str,
    *,
    said: str = "",
    refused: Refused = NOTHING,
) -> HTMLResponse:
    points = await service_points(connection, actor.points)
    calendars = await list_calendars(connection)
    chosen = next((c for c in calendars if str(c.service_point_id or "") == point), calendars[0])
    return show(
        "settings/calendars",
        actor,
        said=said,
        calendars=[(dict(points).get(str(c.service_point_id), "全公司"), c, _week(c)) for c in calendars],
        days={day: DAY_LABELS[day] for day in _WEEK},
        points=points,
        point=point,
        special=[(each.day, _text(each.spans) or "休息") for each in chosen.special],
        refused=refused,
        typed=refused.over("calendar", _standing(chosen) | {"service_point_id": point}),
    )


def _standing(calendar: CalendarOut) -> dict[str, object]:
    return {**_week(calendar), "follows_holidays": calendar.follows_holidays}


def _week(calendar: CalendarOut) -> dict[str, object]:
    return {day: _text(getattr(calendar, day)) for day in _WEEK}


def _text(hours: list[HoursOut]) -> str:
    return " ".join(f"{each.start}-{each.end}" for each in hours)
