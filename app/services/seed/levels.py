"""When the branches of the town are open, what the brand promises, and the deadlines of what is open there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from app.domain.service_levels import standing
from app.services.seed.town import Town
from app.services.service_levels.calendars import publish

_POLICY = "INSERT INTO service_policies (document, published_by, published_at) VALUES ($1, 'seed', $2)"
# The worker finds out by itself what of them is due.
_WATCH = """
INSERT INTO service_levels (ticket_id, next_at)
SELECT id, $1 FROM tickets WHERE state NOT IN ('closed', 'cancelled', 'rejected', 'merged') ON CONFLICT DO NOTHING
"""
_HOUR = 3600
_WORKDAY = [[8 * _HOUR, 12 * _HOUR], [13 * _HOUR, 20 * _HOUR]]
_WEEKEND = [[9 * _HOUR, 18 * _HOUR]]
# The first branch has somebody at the desk until two in the morning.
_LATE = [[8 * _HOUR, 12 * _HOUR], [13 * _HOUR, 26 * _HOUR]]
_HOUSE: Mapping[str, Any] = {
    "week": [[[8 * _HOUR, 20 * _HOUR]]] * 7,
    "exceptions": {},
    "follows_holidays": False,
}


async def plant_levels(connection: asyncpg.Connection, town: Town, *, since: datetime, now: datetime) -> None:
    await connection.execute(_POLICY, orjson.dumps(standing.DOCUMENT).decode(), since)
    await publish(connection, None, _HOUSE, "seed", since)
    for number, branch in enumerate(town.branches):
        workday = _WORKDAY if number else _LATE
        document = {"week": [workday] * 5 + [_WEEKEND] * 2, "exceptions": {}, "follows_holidays": True}
        await publish(connection, branch.id, document, "seed", since)
    await connection.execute(_WATCH, now)
