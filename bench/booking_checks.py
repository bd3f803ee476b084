"""What must be true of the days after everybody has booked: read back from the rows."""

from collections import Counter
from itertools import pairwise

import asyncpg

from app.domain.dispatch.day import leg_seconds
from app.domain.travel import ROADS, Point

_DAYS = """
SELECT engineer_id, latitude, longitude, extract(epoch FROM lower(planned))::bigint AS start,
       extract(epoch FROM upper(planned))::bigint AS end,
       extract(epoch FROM lower(coalesce(meets, promised)))::bigint AS promised
  FROM visits WHERE state = 'booked' ORDER BY engineer_id, lower(planned)
"""
_BROKEN = "SELECT count(*) FROM visits WHERE state = 'booked' AND lower(planned) > upper(promised)"
_PROMISES = """
SELECT t.id, array_agg(lower(v.promised)) FILTER (WHERE v.state = 'booked' AND v.accompanies IS NULL) AS starts
  FROM tickets t LEFT JOIN visits v ON v.ticket_id = t.id WHERE t.id = ANY ($1::bigint[]) GROUP BY t.id
"""

# Of those booked for two: who would stand there alone, and who would wait for the other.
_ALONE = """
SELECT count(*) FILTER (WHERE w.id IS NULL),
       count(*) FILTER (WHERE abs(extract(epoch FROM lower(w.planned) - lower(v.planned))) > 1800), count(w.id)
  FROM visits v JOIN tickets t ON t.id = v.ticket_id AND t.crew = 2
  LEFT JOIN visits w ON w.accompanies = v.id AND w.state = 'booked'
 WHERE v.state = 'booked' AND v.accompanies IS NULL
"""


async def count(connection: asyncpg.Connection, promised: dict[int, object]) -> Counter[str]:
    """``promised`` is for each ticket the beginning of the window that its customer was told last."""
    found = Counter({"begun after the window": await connection.fetchval(_BROKEN)})
    found["alone"], found["apart"], found["pairs"] = await connection.fetchrow(_ALONE)
    for a, b in pairwise(await connection.fetch(_DAYS)):
        if a["engineer_id"] != b["engineer_id"]:
            continue
        way = leg_seconds(
            ROADS, Point(a["latitude"], a["longitude"]), Point(b["latitude"], b["longitude"]), b["promised"]
        )
        found["neighbours"] += 1
        found["overlaps"] += b["start"] < a["end"]
        found["too far for the time between"] += b["start"] < a["end"] + way
    for row in await connection.fetch(_PROMISES, list(promised)):
        starts = row["starts"] or []
        found["lost"] += not starts
        found["booked twice"] += len(starts) > 1
        found["windows changed"] += len(starts) == 1 and starts[0] != promised[row["id"]]
    return found
