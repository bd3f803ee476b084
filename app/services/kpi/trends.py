"""How figures went from day to day, week to week or month to month: of the house, a service point or a team.

Shares and stars are the plain values of app.domain.kpi over the rows of each span, so that a point of a line is the
figure of that span. What has no rows there is None, not zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import asyncpg

from app.domain.actor import Actor
from app.domain.kpi.compute import BY_POINT, Credit, by_team, compute
from app.domain.kpi.rows import Rows
from app.domain.period import Period
from app.domain.zone import ZONE
from app.errors import NotFound
from app.services.kpi.gather import gather
from app.services.kpi.report import peoples_teams, points_by_id

Step = Literal["day", "week", "month"]
Of = Literal["service-points", "teams"]
# So many spans are shown, the running one included.
SPANS: Mapping[Step, int] = {"day": 14, "week": 12, "month": 6}

# Whose ticket it is: the branch of its customer, or that of the engineer who has it.
_WHOSE = """
(CASE WHEN $5 THEN (SELECT s.service_point_id FROM staff s WHERE s.id = t.engineer_id AND s.contractor_id IS NULL)
      ELSE t.service_point_id END = ANY ($4::uuid[]) OR $4::uuid[] IS NULL)
"""
_COUNTS = f"""
WITH spans AS (SELECT n, span_start, span_end FROM unnest($1::timestamptz[], $2::timestamptz[])
                 WITH ORDINALITY AS s (span_start, span_end, n)),
came AS (
SELECT s.n, count(*) AS tickets,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM f.at - t.created_at) / 60) AS first_response
  FROM spans s JOIN tickets t ON t.created_at >= s.span_start AND t.created_at < s.span_end AND {_WHOSE}
  LEFT JOIN LATERAL (SELECT min(e.at) AS at FROM ticket_events e
                      WHERE e.ticket_id = t.id AND e.actor_role NOT IN ('customer', 'system')
                        AND e.at <= $3) f ON TRUE
 GROUP BY s.n),
complained AS (
SELECT s.n, count(*) AS complaints FROM spans s
  JOIN complaint_cases c ON c.opened_at >= s.span_start AND c.opened_at < s.span_end
  JOIN tickets t ON t.id = c.ticket_id AND {_WHOSE} GROUP BY s.n),
urged AS (
SELECT s.n, count(*) AS urgings FROM spans s JOIN urgings u ON u.at >= s.span_start AND u.at < s.span_end
  JOIN tickets t ON t.id = u.ticket_id AND {_WHOSE} GROUP BY s.n),
waited AS (
SELECT s.n, count(*) AS parts FROM spans s
  JOIN part_orders o ON o.ordered_at >= s.span_start AND o.ordered_at < s.span_end
  JOIN tickets t ON t.id = o.ticket_id AND {_WHOSE} GROUP BY s.n)
SELECT coalesce(tickets, 0) AS tickets, first_response, coalesce(complaints, 0) AS complaints,
       coalesce(urgings, 0) AS urgings, coalesce(parts, 0) AS parts
  FROM spans LEFT JOIN came USING (n) LEFT JOIN complained USING (n) LEFT JOIN urged USING (n)
  LEFT JOIN waited USING (n)
 ORDER BY n
"""


@dataclass(frozen=True)
class Line:
    """``unit`` is 件, 分钟, % or 星; each value belongs to the span of the same place, None where nothing happened."""

    name: str
    label: str
    unit: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Trends:
    spans: tuple[str, ...]
    charts: tuple[Chart, ...]


async def trends(
    connection: asyncpg.Connection, step: Step, of: Of, key: str, *, actor: Actor, now: datetime
) -> Trends:
    """``key`` is a service point; empty: all whom the caller may see. Errors: not_found."""
    if key and (not actor.answers_for(key) or key not in await points_by_id(connection)):
        raise NotFound("没有找到这个网点。")
    periods = spans(step, now)
    points = (key,) if key else actor.points
    rows = await gather(connection, Period(periods[0].begin, periods[-1].end, ""))
    credit = by_team(await peoples_teams(connection)) if of == "teams" else BY_POINT
    counts = await connection.fetch(
        _COUNTS, [p.begin for p in periods], [p.end for p in periods], now, points, of == "teams"
    )
    return Trends(
        tuple(p.name for p in periods), _charts(counts, _figures(rows, periods, points, credit, now))
    )


def spans(step: Step, now: datetime) -> tuple[Period, ...]:
    """On the calendar of China, a week from Monday; the last one is running."""
    today = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    if step == "month":
        found = [Period.month_of(now)]
        while len(found) < SPANS[step]:
            found.append(Period.month_of(found[-1].begin - timedelta(days=1)))
        return tuple(reversed(found))
    length = timedelta(days=1 if step == "day" else 7)
    first = today if step == "day" else today - timedelta(days=today.weekday())
    starts = [first - length * n for n in reversed(range(SPANS[step]))]
    return tuple(Period(at, at + length, f"{at.month}月{at.day}日") for at in starts)


def _figures(
    rows: Rows, periods: tuple[Period, ...], points: tuple[str, ...] | None, credit: Credit, now: datetime
) -> dict[str, list[float | None]]:
    """Of all these points together."""
    one = _together(credit, points)
    found: dict[str, list[float | None]] = {}
    for period in periods:
        (kpi,) = compute(rows, period, [_ALL], now=now, credit=one)
        for name, figure in (
            ("on_time", kpi.on_time),
            ("promises_kept", kpi.promises_kept),
            ("first_time_fix", kpi.first_time_fix),
            *((each.value, figure) for each, figure in kpi.dimensions.items()),
        ):
            found.setdefault(name, []).append(figure.value)
    return found


_ALL = "all"


def _together(credit: Credit, points: tuple[str, ...] | None) -> Credit:
    def gathered(point: str | None) -> str | None:
        return _ALL if points is None or point in points else None

    return Credit(
        lambda job: gathered(credit.finished(job)),
        lambda job: gathered(credit.begun(job)),
        lambda visit: gathered(credit.visit(visit)),
    )


def _charts(counts: list[asyncpg.Record], figures: dict[str, list[float | None]]) -> tuple[Chart, ...]:
    def counted(name: str, label: str, unit: str = "件") -> Line:
        return Line(
            name, label, unit, tuple(None if row[name] is None else round(row[name], 1) for row in counts)
        )

    def share(name: str, label: str) -> Line:
        return Line(name, label, "%", tuple(None if v is None else round(100 * v, 1) for v in figures[name]))

    def stars(name: str, label: str) -> Line:
        return Line(name, label, "星", tuple(None if v is None else round(v, 2) for v in figures[name]))

    return (
        Chart("报修量", (counted("tickets", "新工单"),)),
        Chart("首次响应中位数", (counted("first_response", "首次响应", "分钟"),)),
        Chart(
            "准时、承诺与一次修复",
            (
                share("on_time", "准时率"),
                share("promises_kept", "承诺兑现率"),
                share("first_time_fix", "一次修复率"),
            ),
        ),
        Chart(
            "客户评分",
            (
                stars("attitude", "服务态度"),
                stars("expertise", "专业能力"),
                stars("timeliness", "及时性"),
                stars("conduct", "规范性"),
            ),
        ),
        Chart(
            "催单、投诉与等配件",
            (counted("urgings", "催单"), counted("complaints", "投诉"), counted("parts", "配件订货")),
        ),
    )
