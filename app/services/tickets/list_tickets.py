"""What the caller may see, newest first, a page at a time by key."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import VIEWS, Role, State
from app.errors import InvalidInput

_COLUMNS = """
SELECT t.id, t.number, t.version, t.service_type, t.category, t.fault, t.state, t.promised_at, t.promise,
       t.priority, t.created_at
  FROM tickets t
"""
_PAGE = (
    "AND ($3::bigint IS NULL OR t.id < $3) AND ($4::text IS NULL OR t.state = $4) ORDER BY t.id DESC LIMIT $1"
)

# Each source of an engineer's list has an index of its own; one OR over all of them would read the table.
_ENGINEER = f"""
SELECT * FROM (
    ({_COLUMNS} WHERE t.engineer_id = $2::uuid {_PAGE})
    UNION
    ({_COLUMNS} JOIN offers o ON o.id = t.offer_id AND o.state = 'open'
      WHERE o.engineer_id = $2::uuid AND t.state = 'offered' {_PAGE})
    UNION
    ({_COLUMNS} WHERE t.id IN (SELECT w.ticket_id FROM visits w
                                WHERE w.engineer_id = $2::uuid AND w.arrived_at IS NOT NULL) {_PAGE})
    UNION
    ({_COLUMNS} JOIN engineers g ON g.id = $2::uuid
      WHERE t.state = 'dispatching' AND g.skills @> ARRAY[t.required_skill]
        AND g.licences @> t.required_licences AND t.address->>'district' = ANY (g.areas) {_PAGE})
) mine ORDER BY id DESC LIMIT $1
"""
_DESK = f"{_COLUMNS} WHERE $2::text IS NOT NULL {_PAGE}"

_STATEMENTS: Mapping[Role, str] = MappingProxyType(
    {
        Role.CUSTOMER: f"{_COLUMNS} WHERE t.customer_id = $2::uuid {_PAGE}",
        Role.ENGINEER: _ENGINEER,
        Role.AGENT: _DESK,
        Role.MANAGER: _DESK,
        Role.ADMIN: _DESK,
    }
)


async def list_tickets(
    connection: asyncpg.Connection, actor: Actor, *, cursor: str | None, limit: int, state: State | None
) -> dict[str, Any]:
    """``{"items", "next_cursor"}``; the cursor is opaque to the caller and goes with the same filter."""
    statement = _STATEMENTS[actor.role]
    rows = await connection.fetch(statement, limit + 1, actor.id, _before(cursor), state)
    page = rows[:limit]
    more = len(rows) > limit
    return {
        "items": [_summary(row, actor) for row in page],
        "next_cursor": _cursor(page[-1]) if more else None,
    }


def _summary(row: asyncpg.Record, actor: Actor) -> dict[str, Any]:
    view = VIEWS[row["state"]]
    summary = dict(row)
    del summary["id"]
    summary["label"] = view.name if actor.is_staff else view.label
    return summary


def _cursor(row: asyncpg.Record) -> str:
    return format(row["id"], "x")


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        key = int(cursor, 16)
    except ValueError as error:
        raise InvalidInput.at("query.cursor", "翻页参数不正确，请从第一页开始。", "invalid_cursor") from error
    if not 0 < key < 2**63:
        raise InvalidInput.at("query.cursor", "翻页参数不正确，请从第一页开始。", "invalid_cursor")
    return key
