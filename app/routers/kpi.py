"""What the customers' ratings and the visits say of an engineer's month."""

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator

from app.clock import Now
from app.db import ReaderDep
from app.domain.kpi import Month
from app.domain.lifecycle import Role
from app.routers.dependencies import ActorDep, require
from app.schemas.kpi import KpiReport
from app.services.kpi.report import report

router = APIRouter(prefix="/api/v1/kpi", tags=["kpi"])

_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


def _is_month(value: str) -> str:
    if not _MONTH.fullmatch(value):
        raise ValueError("月份写作 2026-11。")
    return value


MonthText = Annotated[str, Query(alias="month", description="2026-11"), AfterValidator(_is_month)]


@router.get(
    "/engineers",
    dependencies=[Depends(require(Role.ENGINEER, Role.AGENT, Role.MANAGER, Role.ADMIN, Role.CONTRACTOR))],
)
async def read_engineer_kpis(
    actor: ActorDep,
    connection: ReaderDep,
    now: Now,
    month: MonthText | None = None,
    engineer_id: Annotated[str | None, Query(max_length=40)] = None,
) -> KpiReport:
    """A month of every engineer's figures; an engineer sees his own, a contractor's dispatcher those of its
    engineers. Without ``month``, the current one."""
    return await report(connection, _month(month, now), actor=actor, now=now, engineer_id=engineer_id)


def _month(text: str | None, now: datetime) -> Month:
    if text is None:
        return Month.of(now)
    year, month = text.split("-")
    return Month(int(year), int(month))
