"""Who works when: the week of a service point, the pattern and the days of one engineer, absences, holidays."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.domain.actor import Actor
from app.domain.rosters import ABSENCE_LABELS, DAY_LABELS, DAYS
from app.domain.triage.labels import Licence
from app.domain.zone import ZONE
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, ManagerAtDesk, back, show
from app.routers.forms import a_day, moment, number, read, spans, typed_in, whole
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.rosters import AbsenceIn, AbsenceOut, EngineerWeek, HoursOut, PatternIn, RosterIn, RosterOut
from app.schemas.rules import LicencesIn
from app.services.idempotency import Once, fingerprint
from app.services.rosters.absences import cancel_absence, report_absence
from app.services.rosters.days import read_days, write_day
from app.services.rosters.engineers import in_charge, name_of
from app.services.rosters.pattern import read_pattern, write_pattern
from app.services.rosters.week import read_week, visits_hit
from app.services.staff.licences import read_licences, write_licences
from app.services.tickets.search import service_points


async def _of_his(actor: AtDesk, connection: ReaderDep, engineer_id: UUID | None = None) -> None:
    """What concerns an engineer whom the caller is not in charge of does not exist for him."""
    if engineer_id is not None:
        await in_charge(connection, actor, str(engineer_id))


router = Routes(prefix=f"{CONSOLE}/rosters", include_in_schema=False, dependencies=[Depends(_of_his)])

EngineerId = Annotated[UUID, Path()]
_WEEKDAYS = "一二三四五六日"
# Of one engineer the page shows so many days from today on.
_AHEAD = 14


@router.get("")
async def week(
    actor: AtDesk,
    connection: ReaderDep,
    now: Now,
    point: Annotated[str, Query(pattern=r"^$|^[0-9a-f-]{36}$")] = "",
    day: Annotated[date | None, Query()] = None,
) -> HTMLResponse:
    """The week around ``day``; without a point, everybody's."""
    today = now.astimezone(ZONE).date()
    at = day or today
    monday = at - timedelta(days=at.weekday())
    found = await read_week(connection, point or None, monday, actor=actor)
    return show(
        "rosters",
        actor,
        week=found,
        lanes=[(each, _cells(each, found.days)) for each in found.engineers],
        monday=monday,
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        today=today,
        weekdays=_WEEKDAYS,
        points=await service_points(connection, actor.points),
        point=point,
    )


@router.get("/{engineer_id}")
async def one_engineer(
    engineer_id: EngineerId, actor: AtDesk, connection: ReaderDep, now: Now, said: str = ""
) -> HTMLResponse:
    return await _page(connection, engineer_id, actor, now, said=said)


@router.post("/{engineer_id}/pattern")
async def set_pattern(
    engineer_id: EngineerId, request: Request, actor: ManagerAtDesk, connection: WriterDep, now: Now
) -> Response:
    """The coming thirty days follow, but for those entered by hand."""
    typed = await typed_in(request)
    try:
        said: dict[str, object] = {day: spans(typed.get(day, ""), day) for day in DAYS}
        body = read(PatternIn, said | {"max_visits": number(typed.get("max_visits", ""))})
        async with whole(connection):
            await write_pattern(connection, str(engineer_id), body, now=now)
    except MENDABLE_AT_DESK as problem:
        refused = refusal("pattern", typed, problem)
        return await _page(connection, engineer_id, actor, now, refused=refused)
    return back(f"rosters/{engineer_id}", "changed")


@router.post("/{engineer_id}/days")
async def set_day(
    engineer_id: EngineerId, request: Request, actor: ManagerAtDesk, connection: WriterDep, now: Now
) -> Response:
    """One day by hand, or back to the pattern."""
    typed = await typed_in(request)
    to_pattern = typed.get("how") == "pattern"
    try:
        day = a_day(typed.get("day", ""), "day")
        said = None if to_pattern else spans(typed.get("spans", ""), "spans")
        most = None if to_pattern else number(typed.get("max_visits", ""))
        body = RosterIn(spans=None) if to_pattern else read(RosterIn, {"spans": said, "max_visits": most})
        async with whole(connection):
            await write_day(connection, str(engineer_id), day, body, now=now)
    except MENDABLE_AT_DESK as problem:
        refused = refusal("day", typed, problem)
        return await _page(connection, engineer_id, actor, now, refused=refused)
    return back(f"rosters/{engineer_id}", "changed")


@router.post("/{engineer_id}/absences")
async def absent(
    engineer_id: EngineerId, request: Request, actor: AtDesk, connection: WriterDep, now: Now
) -> Response:
    """His visits in that time look for somebody else; the page tells which are still his."""
    typed = await typed_in(request)
    try:
        body = read(AbsenceIn, {**_moments(typed), "kind": typed.get("kind"), "reason": typed.get("reason")})
        once = Once("absences", actor, None, fingerprint(body, str(engineer_id)))
        async with whole(connection):
            await report_absence(connection, str(engineer_id), body, once=once, now=now)
    except MENDABLE_AT_DESK as problem:
        refused = refusal("absence", typed, problem)
        return await _page(connection, engineer_id, actor, now, refused=refused)
    return back(f"rosters/{engineer_id}", "absent")


@router.post("/{engineer_id}/absences/{absence_id}/cancel")
async def comes_after_all(
    engineer_id: EngineerId, absence_id: UUID, actor: AtDesk, connection: WriterDep, now: Now
) -> RedirectResponse:
    await cancel_absence(connection, str(engineer_id), str(absence_id), actor=actor, now=now)
    return back(f"rosters/{engineer_id}", "changed")


@router.post("/{engineer_id}/licences")
async def set_licences(
    engineer_id: EngineerId, request: Request, actor: ManagerAtDesk, connection: WriterDep, now: Now
) -> Response:
    """Those that are ticked; what he may not do any more is planned anew."""
    typed = await typed_in(request)
    items = [
        {
            "licence": each.value,
            "number": typed.get(f"number_{n}", ""),
            "expires_on": typed.get(f"until_{n}") or None,
        }
        for n, each in enumerate(Licence)
        if typed.get(f"has_{n}")
    ]
    try:
        body = read(LicencesIn, {"items": items})
        async with whole(connection):
            await write_licences(connection, str(engineer_id), body, now=now)
    except MENDABLE_AT_DESK as problem:
        refused = refusal("licences", typed, problem)
        return await _page(connection, engineer_id, actor, now, refused=refused)
    return back(f"rosters/{engineer_id}", "changed")


async def _page(
    connection: asyncpg.Connection,
    engineer_id: UUID,
    actor: Actor,
    now: datetime,
    *,
    said: str = "",
    refused: Refused = NOTHING,
) -> HTMLResponse:
    whom, today = str(engineer_id), now.astimezone(ZONE).date()
    last = today + timedelta(days=_AHEAD - 1)
    pattern = await read_pattern(connection, whom)
    held = {each.licence: each for each in (await read_licences(connection, whom)).items}
    standing = {day: _as_text(getattr(pattern, day)) for day in DAYS} | {"max_visits": pattern.max_visits}
    return show(
        "rosters/one",
        actor,
        said=said,
        engineer=await name_of(connection, whom),
        engineer_id=whom,
        found=await read_days(connection, whom, today, last + timedelta(days=45)),
        shown=_AHEAD,
        weekdays=_WEEKDAYS,
        hit=await visits_hit(connection, whom, today, last + timedelta(days=45)),
        day_names=DAY_LABELS,
        kinds=[(kind.value, words) for kind, words in ABSENCE_LABELS.items()],
        licences=[(n, each.value, held.get(each.value)) for n, each in enumerate(Licence)],
        refused=refused,
        pattern=refused.over("pattern", standing),
        day=refused.over("day", {"day": today.isoformat()}),
        absence=refused.over("absence"),
    )


def _cells(engineer: EngineerWeek, days: list[date]) -> list[tuple[RosterOut | None, list[str]]]:
    """Each day as it is worked, and what keeps him away on it."""
    return [
        (worked, [away.label for away in engineer.absences if _touches(away, day)])
        for day, worked in zip(days, engineer.days, strict=True)
    ]


def _touches(away: AbsenceOut, day: date) -> bool:
    last = (away.end - timedelta(microseconds=1)).astimezone(ZONE).date()
    return away.start.astimezone(ZONE).date() <= day <= last


def _as_text(hours: list[HoursOut]) -> str:
    return " ".join(f"{each.start}-{each.end}" for each in hours)


def _moments(typed: Mapping[str, str]) -> dict[str, object]:
    return {name: moment(typed.get(name, "")) for name in ("start", "end")}
