"""What happened to a ticket, oldest first."""

from datetime import datetime
from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import EVENT_LABELS, VIEWS, Event, State
from app.services.tickets.family import merged_into
from app.services.tickets.load import load

_EVENTS = """
SELECT e.seq, e.event, e.state, e.text, e.actor_role, e.at, s.name AS staff_name
  FROM ticket_events e
  LEFT JOIN staff s ON s.id::text = e.actor_id
 WHERE e.ticket_id = $1 AND e.seq > $2
 ORDER BY e.seq
"""

_ROLES = {
    "customer": "您",
    "agent": "客服",
    "engineer": "工程师",
    "manager": "主管",
    "admin": "主管",
    "contractor": "服务商调度",
    "system": "系统",
}
# Facts beside the state, by the names under which they are recorded.
FACTS = {
    "urged": "催单",
    "urging_answered": "答复催单",
    "urging_late": "催单超时预警",
    "reminded": "提醒",
    "escalated": "升级处理",
    "promise_moved": "预计时间有变",
    "message": "留言",
    "quote_reviewed": "报价复核",
    "warranty_decided": "保修判定",
    "legal_warning": "三包预警",
    "legal_right": "三包权利",
    "replanned": "行程调整",
    "announced": "上门工程师确定",
    "evidence": "现场凭证",
    "evidence_withdrawn": "撤回凭证",
    "visit_confirmed": "客户确认上门",
    "visit_declined": "客户上门时间有变",
    "running_late": "预计晚到",
    "parts_updated": "配件进展",
    "merged_in": "并入工单",
    "merged_out": "拆回工单",
    "split_off": "拆分工单",
    "split_from": "拆分来源",
    "level_warning": "时限预警",
    "level_escalated": "时限升级",
    "called_back": "回访",
    "call_late": "回访超时预警",
    "crew": "上门人数",
    "empty_trip_waived": "免收空跑费",
    "complaint_opened": "投诉立案",
    "complaint_heard": "客户再次反映",
    "complaint_taken": "投诉受理",
    "complaint_remedy": "处理方案",
    "complaint_solved": "客户确认解决",
    "complaint_not_solved": "客户表示未解决",
    "complaint_closed": "投诉结案",
    "complaint_late": "投诉超时预警",
    "incident_told": "专案组预警",
    "incident_joined": "纳入专案组",
    "incident_broadcast": "故障通报",
    "incident_over": "故障恢复",
    "called_in": "来电记录",
}
# What staff settle among themselves, and each single photo of a job: the customer sees the result.
AMONG_STAFF = frozenset(
    {
        "escalated",
        "urging_late",
        "call_late",
        "evidence",
        "evidence_withdrawn",
        "legal_warning",
        "complaint_heard",
        "complaint_late",
        "level_warning",
        "level_escalated",
        "incident_told",
        "called_in",
    }
)


async def timeline(
    connection: asyncpg.Connection, number: str, actor: Actor, *, after: int = 0
) -> list[dict[str, Any]]:
    s = await load(connection, number, actor)
    return await entries(connection, s.id, actor, after=after)


async def merged_timelines(connection: asyncpg.Connection, number: str, actor: Actor) -> list[dict[str, Any]]:
    """What happened to each ticket that was merged into this one, up to then."""
    s = await load(connection, number, actor)
    return [
        {"number": each["number"], "items": await entries(connection, each["id"], actor, after=0)}
        for each in await merged_into(connection, s.id)
    ]


async def entries(
    connection: asyncpg.Connection, ticket_id: int, actor: Actor, *, after: int
) -> list[dict[str, Any]]:
    rows = await connection.fetch(_EVENTS, ticket_id, after)
    return [_entry(row, actor) for row in rows if _told(row, actor)]


def _told(row: asyncpg.Record, actor: Actor) -> bool:
    return actor.is_staff or row["event"] not in AMONG_STAFF


def _entry(row: asyncpg.Record, actor: Actor) -> dict[str, Any]:
    state, event = State(row["state"]), row["event"]
    at: datetime = row["at"]
    label = FACTS.get(event) or EVENT_LABELS[Event(event)]
    return {
        "seq": row["seq"],
        "event": event,
        "label": label if actor.is_staff else VIEWS[state].label,
        "state": state,
        "text": row["text"],
        "actor": who(row, actor),
        "at": at,
    }


def who(row: asyncpg.Record, actor: Actor) -> str:
    """``row`` has the ``actor_role`` and the ``staff_name`` of an event; ``actor`` is whoever reads it."""
    role: str = _ROLES[row["actor_role"]]
    if row["actor_role"] == "customer" and actor.is_staff:
        return "客户"
    return f"{role} {row['staff_name']}" if row["staff_name"] else role
