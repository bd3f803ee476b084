"""How figures went from day to day, week to week or month to month: of the house, a service point or a team.

Shares and stars are the plain values of app.domain.kpi over the rows of each span, summed up from its days as they were
counted last (trend_days.py), so that a point of a line is the figure of that span. What has no rows there is None, not
zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import asyncpg

from app.domain.actor import Actor
from app.domain.period import Period
from app.domain.zone import ZONE
from app.errors import NotFound
from app.services.kpi.report import points_by_id
from app.services.kpi.trend_days import MONTHS, months_until

Step = Literal["day", "week", "month"]
Of = Literal["service-points", "teams"]
# So many spans are shown, the running one included.
SPANS: Mapping[Step, int] = {"day": 14, "week": 12, "month": MONTHS}

_SUMS = """
SELECT s.n, f.figure, sum(f.cases)::bigint AS cases, sum(f.total)::bigint AS total
  FROM unnest($1::date[], $2::date[]) WITH ORDINALITY AS s (first_day, next_day, n)
  JOIN trend_figures f ON f.credited = $3 AND f.day >= s.first_day AND f.day < s.next_day
   AND (f.service_point_id = ANY ($4::uuid[]) OR $4::uuid[] IS NULL)
 GROUP BY s.n, f.figure
"""
# Span by span, so that the minutes of other days are never unfolded.
_MEDIANS = """
SELECT s.n,
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY m.minutes)
          FROM trend_figures f CROSS JOIN unnest(f.first_responses) AS m (minutes)
         WHERE f.credited = $3 AND f.day >= s.first_day AND f.day < s.next_day AND f.figure = 'tickets'
           AND (f.service_point_id = ANY ($4::uuid[]) OR $4::uuid[] IS NULL)) AS minutes
  FROM unnest($1::date[], $2::date[]) WITH ORDINALITY AS s (first_day, next_day, n)
"""
_COUNTED = "SELECT day, counted_at FROM trend_days WHERE day >= $1 AND day <= $2"


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
class AsOf:
    """When today was counted, and the oldest count of the days before; None where none was, ``missing`` how many."""

    today: datetime | None
    before: datetime | None
    missing: int


@dataclass(frozen=True)
class Trends:
    spans: tuple[str, ...]
    charts: tuple[Chart, ...]
    as_of: AsOf


async def trends(
    connection: asyncpg.Connection, step: Step, of: Of, key: str, *, actor: Actor, now: datetime
) -> Trends:
    """``key`` is a service point; empty: all whom the caller may see. Errors: not_found."""
    if key and (not actor.answers_for(key) or key not in await points_by_id(connection)):
        raise NotFound("没有找到这个网点。")
    periods, points = spans(step, now), (key,) if key else actor.points
    counted = await _counted(connection, periods[0].begin.date(), now.astimezone(ZONE).date())
    firsts, nexts = [p.begin.date() for p in periods], [p.end.date() for p in periods]
    sums = await connection.fetch(_SUMS, firsts, nexts, of, points)
    medians = await connection.fetch(_MEDIANS, firsts, nexts, of, points)
    known = [any(p.begin.date() <= day < p.end.date() for day in counted) for p in periods]
    figures = _Figures(
        {(row["n"], row["figure"]): (row["cases"], row["total"]) for row in sums},
        {row["n"]: row["minutes"] for row in medians},
        known,
    )
    return Trends(
        tuple(p.name for p in periods), _charts(figures), _as_of(counted, periods[0].begin.date(), now)
    )


def spans(step: Step, now: datetime) -> tuple[Period, ...]:
    """On the calendar of China, a week from Monday; the last one is running."""
    today = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    if step == "month":
        return months_until(now)
    length = timedelta(days=1 if step == "day" else 7)
    first = today if step == "day" else today - timedelta(days=today.weekday())
    starts = [first - length * n for n in reversed(range(SPANS[step]))]
    return tuple(Period(at, at + length, f"{at.month}月{at.day}日") for at in starts)


async def _counted(connection: asyncpg.Connection, first: date, today: date) -> dict[date, datetime]:
    return {row["day"]: row["counted_at"] for row in await connection.fetch(_COUNTED, first, today)}


def _as_of(counted: Mapping[date, datetime], first: date, now: datetime) -> AsOf:
    today = now.astimezone(ZONE).date()
    before = [at for day, at in counted.items() if day < today]
    return AsOf(counted.get(today), min(before, default=None), (today - first).days + 1 - len(counted))


@dataclass(frozen=True)
class _Figures:
    """Sums by span, from 1, and figure; ``known`` are the spans of which any day was counted."""

    sums: Mapping[tuple[int, str], tuple[int, int]]
    medians: Mapping[int, float]
    known: Sequence[bool]

    def counts(self, figure: str) -> tuple[float | None, ...]:
        found = (self.sums.get((n, figure), (0, 0))[0] for n in range(1, len(self.known) + 1))
        return tuple(n if known else None for n, known in zip(found, self.known, strict=True))

    def means(self, figure: str, scale: float, digits: int) -> tuple[float | None, ...]:
        found = (self.sums.get((n, figure)) for n in range(1, len(self.known) + 1))
        return tuple(None if each is None else round(scale * each[1] / each[0], digits) for each in found)

    def minutes(self) -> tuple[float | None, ...]:
        found = (self.medians.get(n) for n in range(1, len(self.known) + 1))
        return tuple(None if each is None else round(each, 1) for each in found)


def _charts(figures: _Figures) -> tuple[Chart, ...]:
    def counted(name: str, label: str) -> Line:
        return Line(name, label, "件", figures.counts(name))

    def share(name: str, label: str) -> Line:
        return Line(name, label, "%", figures.means(name, 100, 1))

    def stars(name: str, label: str) -> Line:
        return Line(name, label, "星", figures.means(name, 1, 2))

    return (
        Chart("报修量", (counted("tickets", "新工单"),)),
        Chart("首次响应中位数", (Line("first_response", "首次响应", "分钟", figures.minutes()),)),
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
