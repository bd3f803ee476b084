"""The days that follow from patterns, holidays and absences; what somebody entered by hand stays as he entered it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import asyncpg

from app.domain.rosters import HOLIDAY, MAX_VISITS
from app.domain.zone import ZONE

DAYS_AHEAD = 30

# Who has neither a pattern nor a day entered by hand keeps the day that he has.
_FILL = f"""
WITH days AS (
    SELECT d.day, d.day::timestamp AT TIME ZONE '{ZONE.key}' AS midnight,
           CASE WHEN h.day IS NULL THEN extract(isodow FROM d.day)::int - 1 ELSE coalesce(h.works_as, {HOLIDAY}) END
               AS weekday
      FROM unnest($2::date[]) AS d (day) LEFT JOIN holidays h ON h.day = d.day
), wanted AS (
    SELECT e.id AS engineer_id, d.day, d.midnight, r.edited IS NOT NULL AS by_hand,
           CASE WHEN r.edited IS NOT NULL THEN r.edited
                WHEN NOT EXISTS (SELECT FROM shift_patterns p WHERE p.engineer_id = e.id) THEN r.spans
                ELSE coalesce((SELECT range_agg(tstzrange(d.midnight + lower(s) * interval '1 minute',
                                                          d.midnight + upper(s) * interval '1 minute'))
                                 FROM shift_patterns p, unnest(p.spans) AS s
                                WHERE p.engineer_id = e.id AND p.weekday = d.weekday), '{{}}') END AS spans,
           coalesce(CASE WHEN r.edited IS NOT NULL THEN r.max_visits END,
                    (SELECT p.max_visits FROM shift_patterns p WHERE p.engineer_id = e.id AND p.weekday = d.weekday),
                    r.max_visits, {MAX_VISITS}) AS max_visits
      FROM engineers e CROSS JOIN days d
      LEFT JOIN rosters r ON r.engineer_id = e.id AND r.day = d.day
     WHERE $1::uuid[] IS NULL OR e.id = ANY ($1::uuid[])
)
INSERT INTO rosters (engineer_id, day, spans, max_visits, version)
SELECT w.engineer_id, w.day,
       w.spans - coalesce((SELECT range_agg(a.during) FROM absences a
                            WHERE a.engineer_id = w.engineer_id AND a.cancelled_at IS NULL
                              AND a.during && tstzrange(w.midnight, w.midnight + interval '2 days')), '{{}}')
               -- A night entered by hand may run into a morning of the pattern.
               - coalesce((SELECT range_agg(n.edited) FROM rosters n
                            WHERE NOT w.by_hand AND n.engineer_id = w.engineer_id AND n.edited IS NOT NULL
                              AND n.day IN (w.day - 1, w.day + 1)), '{{}}'), w.max_visits, 0
  FROM wanted w WHERE w.spans IS NOT NULL
 ORDER BY w.engineer_id, w.day
ON CONFLICT (engineer_id, day) DO UPDATE SET spans = excluded.spans, max_visits = excluded.max_visits,
       version = rosters.version + 1
 WHERE (rosters.spans, rosters.max_visits) <> (excluded.spans, excluded.max_visits)
"""


async def fill(
    connection: asyncpg.Connection, days: Sequence[date], *, engineer_id: str | None = None
) -> None:
    """Without ``engineer_id`` for everybody. Rows are locked in the order in which all lock them."""
    await connection.execute(_FILL, [engineer_id] if engineer_id else None, days)


async def fill_ahead(
    connection: asyncpg.Connection, now: datetime, *, engineer_id: str | None = None
) -> None:
    """From yesterday, whose night may still be worked, for thirty days."""
    today = now.astimezone(ZONE).date()
    days = [today + timedelta(days=n) for n in range(-1, DAYS_AHEAD + 1)]
    await fill(connection, days, engineer_id=engineer_id)
