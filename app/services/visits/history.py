"""Every visit of a ticket with its own times, and why it ended as the event says that ended it."""

from datetime import datetime
from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import EVENT_LABELS, Event
from app.domain.situation import Purpose, VisitState
from app.services.tickets.load import load
from app.services.tickets.present import SignUrl, at_the_job
from app.services.tickets.timeline import who

_VISITS = """
SELECT v.state, lower(v.promised) AS window_start, upper(v.promised) AS window_end,
       lower(v.planned) AS planned_start, upper(v.planned) AS planned_end, v.created_at, v.confirmed_at, v.announced_at,
       v.departed_at, v.arrived_at, v.started_at, v.finished_at, h.name AS engineer_name, g.employee_no,
       (SELECT jsonb_build_object('name', m.name, 'employee_no', n.employee_no)
          FROM visits w JOIN staff m ON m.id = w.engineer_id JOIN engineers n ON n.id = w.engineer_id
         WHERE w.accompanies = v.id ORDER BY w.id DESC LIMIT 1) AS companion,
       e.event, e.text, e.data, e.at, e.actor_role, s.name AS staff_name,
       p.visit_id AS trip_id, p.fee_fen, p.charged_at, p.waived_at, p.waived_reason
  FROM visits v
  JOIN engineers g ON g.id = v.engineer_id
  JOIN staff h ON h.id = v.engineer_id
  LEFT JOIN ticket_events e ON e.ticket_id = v.ticket_id AND e.seq = v.ended_seq
  LEFT JOIN staff s ON s.id::text = e.actor_id
  LEFT JOIN empty_trips p ON p.visit_id = v.id
 WHERE v.ticket_id = $1 AND v.accompanies IS NULL
 ORDER BY v.id
"""

_LABELS = {
    VisitState.PROPOSED: "待确认时间",
    VisitState.BOOKED: "已预约",
    VisitState.CUSTOMER_CONFIRMED: "客户已确认",
    VisitState.EN_ROUTE: "已出发",
    VisitState.ARRIVED: "已到达",
    VisitState.WORKING: "维修中",
    VisitState.DONE: "已结束",
    VisitState.NO_ACCESS: "到访未遇",
    VisitState.ENGINEER_NO_SHOW: "工程师未到",
    VisitState.RESCHEDULED: "已改约",
    VisitState.CANCELLED: "已取消",
}
_RESULTS = {
    "no_answer": "无人接听",
    "busy": "占线",
    "switched_off": "关机",
    "rejected": "挂断",
    "wrong_number": "号码有误",
    "answered": "已接通",
}


async def visits_of(
    connection: asyncpg.Connection, number: str, actor: Actor, sign_url: SignUrl
) -> list[dict[str, Any]]:
    """The first one first. Errors: not_found."""
    s = await load(connection, number, actor)
    near = at_the_job(s, actor)
    return [
        _times(row, actor) | _found_nobody(row, actor, sign_url, near=near)
        for row in await connection.fetch(_VISITS, s.id)
    ]


def _times(row: asyncpg.Record, actor: Actor) -> dict[str, Any]:
    state = VisitState(row["state"])
    return {
        "state": state,
        "label": _LABELS[state],
        "window": {"start": row["window_start"], "end": row["window_end"]},
        "planned": {"start": row["planned_start"], "end": row["planned_end"]} if actor.is_staff else None,
        "engineer": {"name": row["engineer_name"], "employee_no": row["employee_no"]},
        "companion": row["companion"],
        "booked_at": row["created_at"],
        "confirmed_at": row["confirmed_at"],
        "announced_at": row["announced_at"],
        "departed_at": row["departed_at"],
        "arrived_at": row["arrived_at"],
        "started_at": row["started_at"],
        "finished_at": row["finished_at"],
        "on_time": _on_time(state, row["arrived_at"], row["window_end"]),
        "ended": _ended(row, actor),
        "empty_trip": _empty_trip(row),
    }


def _empty_trip(row: asyncpg.Record) -> dict[str, Any] | None:
    if row["trip_id"] is None:
        return None
    return {
        "id": str(row["trip_id"]),
        "fee_fen": row["fee_fen"],
        "charged_at": row["charged_at"],
        "waived_at": row["waived_at"],
        "waived_reason": row["waived_reason"],
    }


def _on_time(state: VisitState, arrived_at: datetime | None, window_end: datetime) -> bool | None:
    if arrived_at is not None:
        return arrived_at <= window_end
    return False if state is VisitState.ENGINEER_NO_SHOW else None


def _ended(row: asyncpg.Record, actor: Actor) -> dict[str, Any] | None:
    if row["event"] is None:
        return None
    said: dict[str, Any] = row["data"]
    return {
        "event": row["event"],
        "label": EVENT_LABELS[Event(row["event"])],
        "text": row["text"],
        "reason": (said.get("reason_code") or said.get("reason")) if actor.is_staff else None,
        "actor": who(row, actor),
        "at": row["at"],
    }


def _found_nobody(
    row: asyncpg.Record, actor: Actor, sign_url: SignUrl, *, near: bool
) -> dict[str, list[dict[str, Any]]]:
    """What the engineer kept of a closed door: for those whom the job concerns."""
    said: dict[str, Any] = row["data"] if near and row["event"] == Event.NO_ACCESS else {}
    return {
        "calls": [_call(call) for call in said.get("calls", ())],
        "attachments": [_photo(photo_id, actor, sign_url) for photo_id in said.get("attachment_ids", ())],
    }


def _call(kept: dict[str, Any] | str) -> dict[str, Any]:
    if isinstance(kept, str):
        # Of the time when nothing but the moment was asked for.
        kept = {"at": kept, "phone_masked": "", "seconds": 0, "result": "no_answer"}
    return kept | {"text": _RESULTS[kept["result"]]}


def _photo(photo_id: str, actor: Actor, sign_url: SignUrl) -> dict[str, Any]:
    return {
        "id": photo_id,
        "purpose": Purpose.NO_ACCESS,
        "url": sign_url(photo_id, "full", actor.id),
        "thumbnail_url": sign_url(photo_id, "thumbnail", actor.id),
    }
