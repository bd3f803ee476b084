"""Engineers' working days as they stand, read again only when something about them has changed.

A question about a town looks at thousands of visits, nearly all of them as they were a second ago. So whoever asks
gets a fingerprint of each engineer's days beside his name, and only days whose fingerprint is new are read. Nothing has
to be forgotten in time: what was made under a fingerprint is true wherever that fingerprint is found.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import asyncpg

from app.domain.dispatch.plan import Candidate
from app.domain.travel import Point
from app.domain.zone import ZONE
from app.models.visits import LIVE_VISITS
from app.services.dispatch.lines import OF_COLUMNS, TIMES, Line, unmade
from app.services.dispatch.working import SPANS, Done, Working, working

# A week of an engineer takes some twenty kilobytes.
MOST_KEPT = 2000

# Over an engineer ``e`` with his ``staff s``; $1 are the days in question with the one before, into which a night's
# span may reach back. As for the stops, those of the day behind count too.
_VISITS = f"""visits v WHERE v.engineer_id = e.id AND {LIVE_VISITS}
          AND v.planned && tstzrange(
              ($1::date[])[1]::timestamp AT TIME ZONE '{ZONE.key}',
              (($1::date[])[1] + cardinality($1::date[]) + 1)::timestamp AT TIME ZONE '{ZONE.key}')"""
_DONE = f"""(SELECT count(*) FROM visits d
              WHERE d.engineer_id = e.id AND d.finished_at >= ($1::date[])[2]::timestamp AT TIME ZONE '{ZONE.key}')"""
_OF_VISITS = """bit_xor(hash_range_extended(v.planned, hash_range_extended(coalesce(v.meets, v.promised),
                hashint8extended(v.id, hashfloat8extended(v.latitude, hashfloat8extended(v.longitude,
                (v.departed_at IS NULL)::int))))))"""


def _fingerprint(of_visits: str) -> str:
    return f"""(hash_record_extended((e.id, s.name, e.latitude, e.longitude), 0)
        # hashint8extended({_DONE}, 1) # coalesce({of_visits}, 0)
        # coalesce((SELECT bit_xor(hash_record_extended((r.day, r.spans, r.max_visits), 2)) FROM rosters r
                     WHERE r.engineer_id = e.id AND r.day = ANY ($1::date[])), 0))"""


FINGERPRINT = _fingerprint(f"(SELECT {_OF_VISITS} FROM {_VISITS})")

# Days and fingerprint in one statement: what is read is what the fingerprint is of.
_READ = f"""
SELECT e.id::text, s.name, e.latitude, e.longitude, worked.*, booked.*, {_DONE} AS done,
       {_fingerprint("booked.print")} AS fingerprint
  FROM unnest($2::uuid[]) AS asked (id) JOIN engineers e ON e.id = asked.id JOIN staff s ON s.id = e.id
  CROSS JOIN LATERAL (SELECT {SPANS} FROM rosters r, unnest(r.spans) AS span
                       WHERE r.engineer_id = e.id AND r.day = ANY ($1::date[])) worked
  CROSS JOIN LATERAL (SELECT {OF_COLUMNS}, {_OF_VISITS} AS print
                        FROM (SELECT v.*, {TIMES} FROM {_VISITS} ORDER BY lower(v.planned), v.id) v) booked
"""


Days = tuple[date, ...]
Spans = tuple[Candidate, ...]


class _Week(NamedTuple):
    fingerprint: int
    spans: Spans


class Weeks:
    """Of so many engineers, those who were asked about last."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: dict[tuple[str, Days], _Week] = {}

    async def of(
        self, connection: asyncpg.Connection, fingerprints: Mapping[str, int], days: Days
    ) -> dict[str, Spans]:
        """The working spans of these engineers, with their visits."""
        known = {
            engineer: week.spans
            for engineer, fingerprint in fingerprints.items()
            if (week := self._latest(engineer, days)) and week.fingerprint == fingerprint
        }
        new = [engineer for engineer in fingerprints if engineer not in known]
        return known | await self._read(connection, new, days) if new else known

    async def _read(
        self, connection: asyncpg.Connection, engineers: Sequence[str], days: Days
    ) -> dict[str, Spans]:
        rows = await connection.fetch(_READ, days, engineers)
        weeks = {row["id"]: _Week(row["fingerprint"], _spans(row, days)) for row in rows}
        for engineer, week in weeks.items():
            self._keep(engineer, days, week)
        return {engineer: week.spans for engineer, week in weeks.items()}

    def _latest(self, engineer: str, days: Days) -> _Week | None:
        week = self._kept.pop((engineer, days), None)
        if week:
            self._kept[engineer, days] = week
        return week

    def _keep(self, engineer: str, days: Days, week: _Week) -> None:
        self._kept[engineer, days] = week
        if len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]


WEEKS = Weeks()


def _spans(row: asyncpg.Record, days: Days) -> Spans:
    done = Done(days[1], {row["id"]: row["done"]})
    return tuple(_candidate(row, its) for its in working(row["id"], row, Line.of_columns(row), done))


def _candidate(row: asyncpg.Record, its: Working) -> Candidate:
    return Candidate(
        engineer_id=row["id"],
        name=row["name"],
        home=Point(row["latitude"], row["longitude"]),
        shift=its.span,
        stops=unmade(its.stops),
        max_visits=its.max_visits,
        other_visits=its.other_visits,
    )
