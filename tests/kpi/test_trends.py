"""The days behind the trends: when they are counted, and that a span is what the report of the same span says."""

from datetime import timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.period import Period
from app.domain.rating import Dimension
from app.domain.zone import ZONE
from app.schemas.kpi import PointKpiOut
from app.services.kpi.report import report_points, report_teams
from app.services.kpi.trends import Trends, trends
from tests.complaints.test_cases import BAD
from tests.kpi.days import count_days
from tests.tickets.story import Story

_ADMIN = Actor(Role.ADMIN, "00000000-0000-0000-0000-000000000001")
_OURS = "UPDATE staff SET service_point_id = (SELECT id FROM service_points LIMIT 1) WHERE role = 'engineer'"
_SHARES, _STARS = ("on_time", "promises_kept", "first_time_fix"), tuple(each.value for each in Dimension)


def _agree(found: Trends, item: PointKpiOut) -> int:
    """How many figures with a value were compared."""
    drawn = {line.name: line.values[-1] for chart in found.charts for line in chart.lines}
    told = {name: getattr(item, name).value for name in (*_SHARES, *_STARS)}
    percent = {name: None if told[name] is None else round(100 * told[name], 1) for name in _SHARES}
    assert {name: drawn[name] for name in told} == told | percent
    return sum(value is not None for value in told.values())


async def test_a_day_is_counted_when_it_is_due(story: Story, rows: asyncpg.Connection) -> None:
    """Today again after some minutes, a day that has ended since once more, and all of them once a night."""
    evening = story.clock.now.astimezone(ZONE).replace(hour=23, minute=50)
    await count_days(rows, evening)
    assert await count_days(rows, evening + timedelta(minutes=3)) == 0
    assert await count_days(rows, evening + timedelta(minutes=5)) == 1
    assert await count_days(rows, evening + timedelta(minutes=15)) == 2
    assert await count_days(rows, evening + timedelta(hours=3)) == 1
    assert await count_days(rows, evening + timedelta(hours=4)) >= 20


async def test_a_span_of_days_is_what_the_report_of_it_says(story: Story, rows: asyncpg.Connection) -> None:
    await story.completed()
    await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=BAD)
    await rows.execute(_OURS)
    now = story.clock.now
    await count_days(rows, now)
    period, seen = Period.month_of(now), 0
    points = await report_points(rows, period, actor=_ADMIN, now=now)
    teams = await report_teams(rows, period, actor=_ADMIN, now=now)
    for item in points.items:
        found = await trends(rows, "month", "service-points", item.service_point_id, actor=_ADMIN, now=now)
        seen += _agree(found, item)
    for item in teams.items:
        found = await trends(rows, "month", "teams", item.service_point_id, actor=_ADMIN, now=now)
        seen += _agree(found, item)
    assert seen >= 10
