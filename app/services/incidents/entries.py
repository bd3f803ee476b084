"""One more line of an incident's timeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from app.domain.actor import Actor
from app.models.incidents import EntryKind

_ADD = """
INSERT INTO incident_entries (incident_id, n, kind, text, data, actor_role, actor_id, at)
SELECT $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7 FROM incident_entries WHERE incident_id = $1
RETURNING n
"""


@dataclass(frozen=True)
class Line:
    kind: EntryKind
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


async def add_line(
    connection: asyncpg.Connection, incident_id: int, line: Line, *, actor: Actor, now: datetime
) -> int:
    """Its number. The incident is locked by the caller, or was made by him."""
    data = orjson.dumps(line.data).decode()
    values = (line.kind.value, line.text, data, actor.role.value, actor.id, now)
    n: int = await connection.fetchval(_ADD, incident_id, *values)
    return n
