"""Count the days behind the trends, one at a time: today again every few minutes, all others once a night.

What happened to an old job lately (a rating, a return, an appeal that was upheld) reaches its day in the next night.
Figures of a day and a branch add up, so that any span of any branches is a sum of them (ADR 12).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import asyncpg

from app.domain.kpi.compute import BY_POINT, Credit, Kpi, by_team, compute
from app.domain.kpi.rows import Rows
from app.domain.period import Period
from app.domain.zone import ZONE
from app.services.kpi.gather import gather, peoples_teams

# As many months as a page shows, the running one included.
MONTHS = 6
# Today is counted so often; the job runs a little less often than that.
FRESH = timedelta(minutes=4)
# In the night, before the desk opens; on the clock of China.
NIGHT_HOUR = 3

# The newest first: that is what somebody looks at. Whatever was counted while it still ran is counted once more.
_DUE = """
SELECT d::date FROM generate_series($1::date::timestamp, $2::date::timestamp, interval '1 day') d
  LEFT JOIN trend_days k ON k.day = d::date
 WHERE k.counted_at IS NULL
    OR k.counted_at < CASE WHEN d::date = $2 THEN $3::timestamptz
                           ELSE greatest($4::timestamptz, (d + interval '1 day') AT TIME ZONE 'Asia/Shanghai') END
 ORDER BY d DESC LIMIT 1
"""
_BEGIN = """
INSERT INTO trend_days (day, counted_at) VALUES ($1, $2)
ON CONFLICT (day) DO UPDATE SET counted_at = excluded.counted_at
"""
_CLEAR = "DELETE FROM trend_figures WHERE day = $1"
# A ticket is credited to the branch of its customer, and to that of the engineer of ours who has it.
_HAPPENED = """
INSERT INTO trend_figures (day, credited, service_point_id, figure, cases, total, first_responses)
SELECT $1, w.credited, w.point, f.figure, count(*), count(*),
       array_agg(f.answered ORDER BY f.answered) FILTER (WHERE f.answered IS NOT NULL)
  FROM (SELECT 'tickets' AS figure, t.id AS ticket_id,
               (SELECT extract(epoch FROM min(e.at) - t.created_at) / 60 FROM ticket_events e
                 WHERE e.ticket_id = t.id AND e.actor_role NOT IN ('customer', 'system') AND e.at <= $4) AS answered
          FROM tickets t WHERE t.created_at >= $2 AND t.created_at < $3
         UNION ALL
        SELECT 'complaints', c.ticket_id, NULL FROM complaint_cases c WHERE c.opened_at >= $2 AND c.opened_at < $3
         UNION ALL
        SELECT 'urgings', u.ticket_id, NULL FROM urgings u WHERE u.at >= $2 AND u.at < $3
         UNION ALL
        SELECT 'parts', o.ticket_id, NULL FROM part_orders o WHERE o.ordered_at >= $2 AND o.ordered_at < $3) f
  JOIN tickets t ON t.id = f.ticket_id
  LEFT JOIN staff s ON s.id = t.engineer_id AND s.contractor_id IS NULL
 CROSS JOIN LATERAL (VALUES ('service-points', t.service_point_id), ('teams', s.service_point_id)) w (credited, point)
 GROUP BY w.credited, w.point, f.figure
"""
_JUDGED = """
INSERT INTO trend_figures (day, credited, service_point_id, figure, cases, total)
SELECT $1, $2, nullif(point, '')::uuid, figure, cases, total
  FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[]) AS f (point, figure, cases, total)
"""
# Of nobody's branch: in the figures of the house alone.
_NOBODYS = ""


async def count_one_day(connection: asyncpg.Connection, now: datetime) -> bool:
    """False when no day is due. The caller gives a transaction and commits it."""
    today = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    night = today.replace(hour=NIGHT_HOUR)
    night -= timedelta(days=0 if night <= now else 1)
    first = months_until(now)[0].begin
    day = await connection.fetchval(_DUE, first.date(), today.date(), now - FRESH, night)
    if day is None:
        return False
    begin = today.replace(year=day.year, month=day.month, day=day.day)
    period = Period(begin, begin + timedelta(days=1), "")
    # Whoever counts the same day at the same time waits here.
    await connection.execute(_BEGIN, day, now)
    await connection.execute(_CLEAR, day)
    await connection.execute(_HAPPENED, day, period.begin, period.end, now)
    rows = await gather(connection, period)
    teams = by_team(await peoples_teams(connection))
    for credited, credit in (("service-points", _everybodys(BY_POINT)), ("teams", _everybodys(teams))):
        points = _credited(rows, credit)
        figures = compute(
            rows, period, points, now=now, credit=credit, team_of={each: each for each in points}
        )
        judged = [(kpi.key, *each) for kpi in figures for each in _sums(kpi)]
        await connection.execute(_JUDGED, day, credited, *([each[n] for each in judged] for n in range(4)))
    return True


def months_until(now: datetime) -> tuple[Period, ...]:
    """Those that a page shows; the last one is running."""
    found = [Period.month_of(now)]
    while len(found) < MONTHS:
        found.append(Period.month_of(found[-1].begin - timedelta(days=1)))
    return tuple(reversed(found))


def _everybodys(credit: Credit) -> Credit:
    return Credit(
        lambda job: credit.finished(job) or _NOBODYS,
        lambda job: credit.begun(job) or _NOBODYS,
        lambda visit: credit.visit(visit) or _NOBODYS,
    )


def _credited(rows: Rows, credit: Credit) -> set[str]:
    """Most branches have nothing on most days."""
    worked = [job for job in rows.jobs if job.worked_by]
    found = {credit.finished(job) for job in worked} | {credit.begun(job) for job in worked}
    found |= {credit.visit(visit) for visit in rows.visits}
    return {each for each in found if each is not None}


def _sums(kpi: Kpi) -> Iterator[tuple[str, int, int]]:
    """Name, cases and their sum: of hits, or of stars."""
    figures = {
        "on_time": kpi.on_time,
        "promises_kept": kpi.promises_kept,
        "first_time_fix": kpi.first_time_fix,
        **{each.value: figure for each, figure in kpi.dimensions.items()},
    }
    for name, figure in figures.items():
        if figure.value is not None:
            yield name, figure.n, round(figure.value * figure.n)
