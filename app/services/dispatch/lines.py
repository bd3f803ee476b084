"""A day's visits as the database tells them: of most nothing but the place is ever asked."""

from collections.abc import Sequence
from typing import NamedTuple

import asyncpg

from app.domain.dispatch.plan import Span, Stop, Unmade
from app.domain.travel import Point

# Seconds since the epoch, as a stop has them: to make moments of them first would cost more than to read them.
TIMES = """trunc(date_part('epoch', lower(coalesce(v.meets, v.promised))))::bigint AS window_start,
       trunc(date_part('epoch', upper(coalesce(v.meets, v.promised))))::bigint AS window_end,
       trunc(date_part('epoch', lower(v.planned)))::bigint AS planned_start,
       trunc(date_part('epoch', upper(v.planned)))::bigint AS planned_end"""


class Line(NamedTuple):
    """``gone`` is that the engineer has left for it."""

    visit: int
    lat: float
    lng: float
    gone: bool
    window_start: int
    window_end: int
    planned_start: int
    planned_end: int

    @classmethod
    def of_columns(cls, row: asyncpg.Record) -> "list[Line]":
        """Of a row with ``OF_COLUMNS``."""
        return [cls(*line) for line in zip(*(row[name] or () for name in cls._fields), strict=True)]


# All lines in one row, over visits with ``TIMES``.
OF_COLUMNS = """array_agg(v.id) AS visit, array_agg(v.latitude) AS lat, array_agg(v.longitude) AS lng,
       array_agg(v.departed_at IS NOT NULL) AS gone, array_agg(v.window_start) AS window_start,
       array_agg(v.window_end) AS window_end, array_agg(v.planned_start) AS planned_start,
       array_agg(v.planned_end) AS planned_end"""


def unmade(lines: Sequence[Line]) -> Unmade:
    return Unmade([(line.lat, line.lng) for line in lines], lambda: tuple(map(_stop, lines)))


def _stop(line: Line) -> Stop:
    return Stop(
        str(line.visit),
        Point(line.lat, line.lng),
        Span(line.window_start, line.window_end),
        Span(line.planned_start, line.planned_end),
        (line.planned_end - line.planned_start) // 60,
        frozen=line.gone,
    )
