"""What came to the candidates in the last days, and what whoever had far less is owed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg

from app.domain.dispatch.fairness import DAYS, Lately, owed
from app.domain.dispatch.plan import Candidate
from app.domain.zone import ZONE
from app.models.visits import LIVE_VISITS

# What is paid is the time that was planned for the work. What is booked counts as well: otherwise everything would go
# to whoever had a quiet week, until he has done some of it.
_LATELY = f"""
SELECT e.id::text,
       (SELECT coalesce(sum(extract(epoch FROM upper(v.planned) - lower(v.planned))), 0) / 60 FROM visits v
         WHERE v.engineer_id = e.id AND v.finished_at >= $2::date::timestamp AT TIME ZONE '{ZONE.key}')
       + (SELECT coalesce(sum(extract(epoch FROM upper(v.planned) - lower(v.planned))), 0) / 60 FROM visits v
           WHERE v.engineer_id = e.id AND {LIVE_VISITS}) AS minutes,
       (SELECT count(*) FROM rosters r
         WHERE r.engineer_id = e.id AND r.day >= $2 AND r.day < $3 AND NOT isempty(r.spans)) AS days
  FROM unnest($1::uuid[]) AS e (id)
"""


async def fairly(
    connection: asyncpg.Connection, people: Sequence[Candidate], now: datetime
) -> list[Candidate]:
    """The same candidates, each with what he is owed among them."""
    today = now.astimezone(ZONE).date()
    ids = sorted({person.engineer_id for person in people})
    rows = await connection.fetch(_LATELY, ids, today - timedelta(days=DAYS), today)
    minutes = owed({row["id"]: Lately(float(row["minutes"]), row["days"]) for row in rows})
    return [replace(person, owed=minutes.get(person.engineer_id, 0.0)) for person in people]
