"""The calls that are owed, the most pressing first; and those that are done with."""

from datetime import datetime
from typing import Literal

import asyncpg

from app.domain.actor import Actor
from app.domain.follow_up.calls import script
from app.domain.follow_up.rules import rulebook
from app.domain.situation import SERVICE_LABELS, ServiceType
from app.errors import NotFound
from app.schemas.common import mask_phone
from app.schemas.follow_ups import CallOut, FollowUpOut, FollowUpPage
from app.services.cursors import cut, numbered_page, place_by_number
from app.services.tickets.visible import of_points

Which = Literal["ready", "open", "closed"]

_COLUMNS = """
SELECT f.id, f.ticket_id, f.state, f.cause, f.rule, f.due_at, f.next_at, f.attempts, f.taken_until,
       f.created_at, f.closed_at, t.number, t.service_type, t.category, t.contact_name, t.contact_phone,
       e.name AS engineer, a.name AS taker,
       (SELECT jsonb_agg(jsonb_build_object('attempt', c.attempt, 'at', c.at, 'by', w.name, 'outcome', c.outcome,
                                            'solved', c.solved, 'score', c.score, 'note', c.note) ORDER BY c.attempt)
          FROM follow_up_calls c JOIN staff w ON w.id = c.agent_id WHERE c.follow_up_id = f.id) AS calls
  FROM follow_ups f
  JOIN tickets t ON t.id = f.ticket_id
  LEFT JOIN staff e ON e.id = f.engineer_id
  LEFT JOIN staff a ON a.id = f.taken_by
"""
_FREE = "f.next_at <= $5 AND (f.taken_until IS NULL OR f.taken_until <= $5 OR f.taken_by = $6::uuid)"


def _page(condition: str, moment: str, *, newest_first: bool = False) -> str:
    mine = f"{condition} AND {of_points('$4')}"
    return numbered_page(_COLUMNS, mine, moment, of="f", newest_first=newest_first)


_READY = _page(f"f.state = 'open' AND {_FREE}", "due_at")
_OPEN = _page("f.state = 'open'", "due_at")
_CLOSED = _page("f.state <> 'open'", "closed_at", newest_first=True)
_ONE = f"{_COLUMNS} WHERE f.id = $1"


async def list_follow_ups(
    connection: asyncpg.Connection,
    which: Which,
    *,
    actor: Actor,
    cursor: str | None,
    limit: int,
    now: datetime,
) -> FollowUpPage:
    """``ready`` are those that can be called now and that no colleague holds."""
    place = (limit + 1, *place_by_number(cursor), actor.points)
    if which == "ready":
        rows = await connection.fetch(_READY, *place, now, actor.id)
    else:
        rows = await connection.fetch(_CLOSED if which == "closed" else _OPEN, *place)
    moment = "closed_at" if which == "closed" else "due_at"
    page, next_cursor = cut(rows, limit, moment)
    return FollowUpPage(items=[_shown(row, now) for row in page], next_cursor=next_cursor)


async def read_follow_up(connection: asyncpg.Connection, follow_up_id: int, now: datetime) -> FollowUpOut:
    row = await connection.fetchrow(_ONE, follow_up_id)
    if row is None:
        raise NotFound("没有找到这个回访任务。")
    return _shown(row, now)


def _shown(row: asyncpg.Record, now: datetime) -> FollowUpOut:
    held = row["taken_until"] is not None and row["taken_until"] > now
    book = rulebook()
    service = f"{row['category']}{SERVICE_LABELS[ServiceType(row['service_type'])]}"
    return FollowUpOut(
        id=str(row["id"]),
        number=row["number"],
        service=service,
        state=row["state"],
        cause=row["cause"],
        rule=row["rule"],
        customer=row["contact_name"],
        phone_masked=mask_phone(row["contact_phone"]),
        engineer=row["engineer"],
        finished_at=row["created_at"],
        due_at=row["due_at"],
        late=(row["closed_at"] or now) > row["due_at"],
        next_at=row["next_at"],
        attempts=row["attempts"],
        attempts_left=max(0, book.calls.attempts - row["attempts"]) if row["state"] == "open" else 0,
        taken_by=row["taker"] if held else None,
        taken_until=row["taken_until"] if held else None,
        script=list(
            script(
                book.named(row["rule"]),
                book.script,
                name=row["contact_name"],
                service=service,
                engineer=row["engineer"] or "",
            )
        ),
        calls=[CallOut.model_validate(call) for call in row["calls"] or ()],
        closed_at=row["closed_at"],
    )
