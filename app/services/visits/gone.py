"""Where an engineer need not go any more, and why: visits of his that ended without him, or went to somebody else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.domain.lifecycle import EVENT_LABELS, Event, State
from app.domain.situation import SERVICE_LABELS, ServiceType
from app.models.visits import LIVE_VISITS

# At these, a job is in somebody's hands.
AT_WORK = ", ".join(
    f"'{state}'"
    for state in (
        State.ACCEPTED,
        State.SCHEDULED,
        State.EN_ROUTE,
        State.ON_SITE,
        State.QUOTE_PENDING,
        State.IN_REPAIR,
        State.WAITING_PARTS,
        State.SUSPENDED,
        State.UNRESOLVED,
    )
)
# A phone that was off since the day before yesterday still hears of what was to be today.
_SILENT = timedelta(days=3)
# A visit that a plan moves goes to somebody else as it is: that it was his, only the event says.
_GONE = f"""
SELECT * FROM (
    SELECT DISTINCT ON (t.id) t.id, t.number, t.category, t.service_type, lower(mine.promised) AS starts, mine.helps,
           e.event, e.text, e.data->>'reason' AS reason, e.at
      FROM (SELECT v.ticket_id, v.ended_seq AS seq, v.promised, v.accompanies IS NOT NULL AS helps FROM visits v
             WHERE v.engineer_id = $1::uuid AND v.state = 'cancelled'
               AND (v.finished_at IS NULL OR $4::text IS NOT NULL)
            UNION ALL
            SELECT m.ticket_id, m.seq, v.promised, FALSE FROM ticket_events m
              JOIN visits v ON v.id = (m.data->>'visit_id')::bigint
             WHERE m.event = 'replanned' AND m.data->>'from' = $1::text) mine
      JOIN tickets t ON t.id = mine.ticket_id
      JOIN ticket_events e ON e.ticket_id = mine.ticket_id AND e.seq = mine.seq
     WHERE e.actor_id IS DISTINCT FROM $1::text
       AND (e.at >= $2::timestamptz OR e.at >= $3::timestamptz AND upper(mine.promised) >= $2::timestamptz)
       AND ($4::text IS NULL OR t.number = $4)
       AND NOT (t.engineer_id = $1::uuid AND t.state IN ({AT_WORK}))
       AND NOT EXISTS (SELECT FROM visits w WHERE w.ticket_id = t.id AND w.engineer_id = $1::uuid AND w.{LIVE_VISITS})
     ORDER BY t.id, e.at DESC, mine.helps DESC) gone
 ORDER BY at DESC LIMIT 50
"""


@dataclass(frozen=True)
class Gone:
    """``starts`` is when he was expected there; ``at`` is when it was taken from him."""

    number: str
    what: str
    starts: datetime
    why: str
    at: datetime


async def gone_since(
    connection: asyncpg.Connection, engineer_id: str, morning: datetime, *, number: str | None = None
) -> list[Gone]:
    """What was taken since the morning, and of what was to be after it also what was taken in the days before; the
    newest first. With ``number`` only of that ticket, and then also a visit that was broken off while he was there."""
    rows = await connection.fetch(_GONE, engineer_id, morning, morning - _SILENT, number)
    return [Gone(row["number"], what(row), row["starts"], _why(row), row["at"]) for row in rows]


def what(row: asyncpg.Record) -> str:
    return f"{row['category']}{SERVICE_LABELS[ServiceType(row['service_type'])]}"


def _why(row: asyncpg.Record) -> str:
    if row["helps"]:
        return "不再需要您同行"
    if row["event"] == "replanned":
        return "行程调整，已改由他人上门，时间不变"
    label = EVENT_LABELS[Event(row["event"])] if row["event"] in set(Event) else "有变动"
    said = row["reason"] or row["text"]
    return f"{label}：{said}" if said else label
