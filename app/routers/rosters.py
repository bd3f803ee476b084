"""Who works when: patterns, days, absences, holidays."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Response

from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import ActorDep, HouseLeader, IdempotencyKey, require
from app.schemas.rosters import (
    AbsenceIn,
    AbsenceMade,
    HolidayList,
    HolidaysIn,
    PatternIn,
    PatternOut,
    RosterIn,
    RosterList,
    RosterOut,
)
from app.services.idempotency import Once, fingerprint
from app.services.rosters.absences import cancel_absence, report_absence
from app.services.rosters.days import read_days, write_day
from app.services.rosters.engineers import in_charge
from app.services.rosters.holidays import read_holidays, write_holidays
from app.services.rosters.pattern import read_pattern, write_pattern

router = Routes(prefix="/api/v1", tags=["rosters"])

STAFF = Depends(require(Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN, Role.CONTRACTOR))
PLANNERS = Depends(require(Role.MANAGER, Role.ADMIN, Role.CONTRACTOR))
EngineerId = Annotated[UUID, Path()]
Year = Annotated[int, Path(ge=2000, le=2099)]


@router.get("/engineers/{engineer_id}/shift-pattern", dependencies=[STAFF])
async def read_shift_pattern(engineer_id: EngineerId, actor: ActorDep, connection: ReaderDep) -> PatternOut:
    """The working hours of his week; an engineer sees his own."""
    await in_charge(connection, actor, str(engineer_id))
    return await read_pattern(connection, str(engineer_id))


@router.put("/engineers/{engineer_id}/shift-pattern", dependencies=[PLANNERS])
async def put_pattern(
    engineer_id: EngineerId, body: PatternIn, actor: ActorDep, connection: WriterDep, now: Now
) -> PatternOut:
    """Several spans a day, also past midnight. The coming thirty days follow, but for those entered by hand."""
    await in_charge(connection, actor, str(engineer_id))
    return await write_pattern(connection, str(engineer_id), body, now=now)


@router.get("/engineers/{engineer_id}/rosters", dependencies=[STAFF])
async def read_roster(
    engineer_id: EngineerId,
    actor: ActorDep,
    connection: ReaderDep,
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
) -> RosterList:
    """His days from ``from`` to ``to``, absences already taken off, and those absences."""
    await in_charge(connection, actor, str(engineer_id))
    return await read_days(connection, str(engineer_id), first, last)


@router.put("/engineers/{engineer_id}/rosters/{day}", dependencies=[PLANNERS])
async def put_day(
    engineer_id: EngineerId, day: date, body: RosterIn, actor: ActorDep, connection: WriterDep, now: Now
) -> RosterOut:
    """One day by hand, whatever the pattern says; ``spans: null`` gives it back to the pattern."""
    await in_charge(connection, actor, str(engineer_id))
    return await write_day(connection, str(engineer_id), day, body, now=now)


@router.post("/engineers/{engineer_id}/absences", status_code=201, dependencies=[STAFF])
async def create_absence(
    engineer_id: EngineerId,
    body: AbsenceIn,
    actor: ActorDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> AbsenceMade:
    """Leave, sickness, training. Open offers pass on at once; a new plan is looked for the visits that it hits."""
    await in_charge(connection, actor, str(engineer_id))
    once = Once("absences", actor, idempotency_key, fingerprint(body, str(engineer_id)))
    return await report_absence(connection, str(engineer_id), body, once=once, now=now)


@router.delete("/engineers/{engineer_id}/absences/{absence_id}", status_code=204, dependencies=[STAFF])
async def delete_absence(
    engineer_id: EngineerId, absence_id: UUID, actor: ActorDep, connection: WriterDep, now: Now
) -> Response:
    """He comes after all."""
    await in_charge(connection, actor, str(engineer_id))
    await cancel_absence(connection, str(engineer_id), str(absence_id), actor=actor, now=now)
    return Response(status_code=204)


@router.get("/holidays/{year}", dependencies=[STAFF])
async def get_holidays(year: Year, connection: ReaderDep) -> HolidayList:
    """The public holidays and make-up working days of a year."""
    return await read_holidays(connection, year)


@router.put("/holidays/{year}")
async def put_holidays(
    year: Year, body: HolidaysIn, actor: HouseLeader, connection: WriterDep, now: Now
) -> HolidayList:
    """Replaces the year; ``works_as`` makes a day a make-up working day (调休) of that weekday, Monday is 0."""
    return await write_holidays(connection, year, body, actor=actor, now=now)
