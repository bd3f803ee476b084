"""Why a figure is what it is: the tickets behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import asyncpg

from app.domain.actor import Actor
from app.domain.kpi.behind import behind
from app.domain.kpi.compute import BY_ENGINEER, BY_POINT, Credit, by_team
from app.domain.kpi.rows import Reason
from app.domain.period import Period
from app.errors import NotFound
from app.services.kpi.gather import gather, peoples_teams
from app.services.kpi.report import may_see_engineer, points_by_id

Of = Literal["engineers", "teams", "service-points"]
REASON_LABELS = {
    Reason.CUSTOMER_ABSENT: "客户不在",
    Reason.WAITING_PARTS: "等待配件",
    Reason.TOO_RECENT: "完工未满 30 天",
    Reason.STAFF_CREATED: "员工自建单",
    Reason.TIMED_OUT: "客户没有评价",
    Reason.APPEAL: "申诉成立",
}
_NUMBERS = """
SELECT v.id::text AS visit, t.number FROM visits v JOIN tickets t ON t.id = v.ticket_id WHERE v.id = ANY ($1::bigint[])
"""


@dataclass(frozen=True)
class Behind:
    """``value`` is what the ticket adds to the figure; None where it was left out, with the ``reason`` in words."""

    number: str
    at: datetime
    value: float | None
    reason: str


@dataclass(frozen=True)
class Why:
    name: str
    rows: list[Behind]

    @property
    def counted(self) -> int:
        return sum(row.value is not None for row in self.rows)


async def why(
    connection: asyncpg.Connection,
    of: Of,
    key: str,
    figure: str,
    period: Period,
    *,
    actor: Actor,
    now: datetime,
) -> Why:
    """Errors: not_found for whom the caller may not see."""
    name, credit = await _whose(connection, of, key, actor)
    rows = behind(await gather(connection, period), period, key, figure, credit=credit, now=now)
    visits = [int(row.visit) for row in rows if row.visit]
    numbers = {each["visit"]: each["number"] for each in await connection.fetch(_NUMBERS, visits)}
    return Why(
        name,
        [
            Behind(
                row.job or numbers[row.visit],
                row.at,
                row.value,
                REASON_LABELS[row.reason] if row.reason else "",
            )
            for row in rows
        ],
    )


async def _whose(connection: asyncpg.Connection, of: Of, key: str, actor: Actor) -> tuple[str, Credit]:
    if of == "engineers":
        return await may_see_engineer(connection, key, actor), BY_ENGINEER
    names = await points_by_id(connection)
    if key not in names or not actor.answers_for(key):
        raise NotFound("没有找到这个网点。")
    return names[key], BY_POINT if of == "service-points" else by_team(await peoples_teams(connection))
