"""An engineer's working spans, each with its visits and with how many its whole day may have."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

import asyncpg

from app.domain.dispatch.plan import Span, split
from app.services.dispatch.lines import Line

# Over the rows of ``rosters r`` and their spans, one by one.
SPANS = """array_agg(span ORDER BY span) AS spans, array_agg(r.day ORDER BY span) AS days,
       array_agg(r.max_visits ORDER BY span) AS most"""

# A visit that is over counts to the day on which it ended.
_DONE = """
SELECT engineer_id::text, count(*) AS visits FROM visits
 WHERE engineer_id = ANY ($1::uuid[]) AND finished_at >= $2 GROUP BY engineer_id
"""


@dataclass(frozen=True)
class Working:
    """``other_visits`` are those of the day that are not among ``stops``."""

    span: Span
    stops: tuple[Line, ...]
    max_visits: int
    other_visits: int


@dataclass(frozen=True)
class Done:
    """How many visits of today are over, by engineer."""

    today: date
    visits: Mapping[str, int]

    def on(self, engineer_id: str, day: date) -> int:
        return self.visits.get(engineer_id, 0) if day == self.today else 0


async def done_today(connection: asyncpg.Connection, engineers: Sequence[object], midnight: datetime) -> Done:
    rows = await connection.fetch(_DONE, engineers, midnight)
    return Done(midnight.date(), {row["engineer_id"]: row["visits"] for row in rows})


def working(engineer_id: str, row: asyncpg.Record, stops: Sequence[Line], done: Done) -> list[Working]:
    """``row`` has what ``SPANS`` selects; the stops are in the order of time."""
    found = split([Span.of(s.lower, s.upper) for s in row["spans"] or ()], stops, attrgetter("planned_start"))
    if not found:
        return []
    booked: Counter[date] = Counter()
    for (_, its), day in zip(found, row["days"], strict=True):
        booked[day] += len(its)
    return [
        Working(span, its, most, booked[day] - len(its) + done.on(engineer_id, day))
        for (span, its), day, most in zip(found, row["days"], row["most"], strict=True)
    ]
