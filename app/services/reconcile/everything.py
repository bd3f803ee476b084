"""All that is counted twice: figures of a period, clocks, deadlines, money, stock and whatever is stored twice.

Points of customers are a ledger and nothing else is stored of them: it is held against the events, the ratings and the
appliances that it was earned by.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import asyncpg

from app.domain.period import Period
from app.services.kpi import recount as kpi
from app.services.kpi.recount_desk import recount_desk
from app.services.promises.recount import recount_promises
from app.services.reconcile.clocks import count_clocks, count_deadlines
from app.services.reconcile.difference import Counted, Difference
from app.services.reconcile.twice import TWICE, count_twice
from app.services.urgings.recount import recount_urgings


async def reconcile(connection: asyncpg.Connection, period: Period, now: datetime) -> AsyncIterator[Counted]:
    """One after the other, so that whoever waits sees it going on. Figures are those of the period, the rest is all
    there is."""
    yield _figures("工程师绩效", "kpi_engineers", await kpi.recount(connection, period, now))
    yield _figures("班组绩效", "kpi_teams", await kpi.recount_teams(connection, period, now))
    yield _figures("网点绩效", "kpi_service_points", await kpi.recount_points(connection, period, now))
    yield _figures("客服绩效", "kpi_agents", await recount_desk(connection, period))
    yield await _promises(connection, period, now)
    yield await _urgings(connection, period, now)
    yield await count_clocks(connection)
    yield await count_deadlines(connection)
    for twice in TWICE:
        yield await count_twice(connection, twice)


async def _promises(connection: asyncpg.Connection, period: Period, now: datetime) -> Counted:
    compared, differences = await recount_promises(connection, period, now)
    found = tuple(
        Difference(
            "promises",
            f"{each.service_point_id or '全公司'} {each.measure}",
            _said(each.reported),
            _said(each.counted),
        )
        for each in differences
    )
    return Counted("承诺兑现", compared, found)


async def _urgings(connection: asyncpg.Connection, period: Period, now: datetime) -> Counted:
    compared, differences = await recount_urgings(connection, period, now)
    found = tuple(
        Difference("answers", each.who, _said(each.reported), _said(each.counted)) for each in differences
    )
    return Counted("催单答复及时率", compared, found)


def _figures(name: str, kind: str, told: tuple[int, Sequence[kpi.Difference]]) -> Counted:
    compared, differences = told
    found = tuple(
        Difference(kind, f"{each.key} {each.measure}", _said(each.reported), _said(each.counted))
        for each in differences
    )
    return Counted(name, compared, found)


def _said(figure: tuple[int, float]) -> str:
    return f"{figure[0]} 例，合计 {figure[1]:g}"
