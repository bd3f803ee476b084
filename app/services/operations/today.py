"""What waits for somebody at the desk just now: counts, each of what a page lists."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.models.tickets import BUSY_TICKETS
from app.services.tickets.visible import of_points

_OF = of_points("$1")
_COUNTS = f"""
SELECT (SELECT count(*) FROM ticket_routes r JOIN tickets t ON t.id = r.ticket_id
         WHERE r.ended_at IS NULL AND r.staff_id = $2::uuid AND {_OF}) AS mine,
       (SELECT count(*) FROM tickets t WHERE t.{BUSY_TICKETS} AND t.promised_at < $3 AND {_OF}) AS late,
       (SELECT count(*) FROM tickets t
         WHERE t.state IN ('submitted', 'dispatching', 'offered') AND {_OF}) AS to_dispatch,
       (SELECT count(*) FROM conversations c JOIN tickets t ON t.id = c.ticket_id
         WHERE c.waiting_since IS NOT NULL AND {_OF}) AS unanswered,
       (SELECT count(*) FROM urgings u JOIN tickets t ON t.id = u.ticket_id
         WHERE u.due_at IS NOT NULL AND u.answered_at IS NULL AND u.lapsed_at IS NULL AND {_OF}) AS urged,
       (SELECT count(*) FROM follow_ups f JOIN tickets t ON t.id = f.ticket_id
         WHERE f.state = 'open' AND f.next_at <= $3 AND {_OF}) AS calls,
       (SELECT count(*) FROM complaint_cases c JOIN tickets t ON t.id = c.ticket_id
         WHERE c.state <> 'closed' AND {_OF}) AS complaints,
       (SELECT count(*) FROM complaint_cases c JOIN tickets t ON t.id = c.ticket_id
         WHERE c.state IN ('open', 'working') AND c.due_at <= $3 AND {_OF}) AS complaints_late,
       (SELECT count(*) FROM incidents i
         WHERE i.state = 'proposed' AND {of_points("$1", "i.service_point_id")}) AS proposed,
       -- Apart, since each has an index of its own and both together have none.
       (SELECT count(*) FROM outbox o JOIN tickets t ON t.id = o.ticket_id WHERE o.state = 'dead' AND {_OF})
         + (SELECT count(*) FROM outbox o JOIN tickets t ON t.id = o.ticket_id WHERE o.state = 'parked' AND {_OF})
         AS dead,
       (SELECT count(*) FROM kpi_appeals p JOIN tickets t ON t.id = p.ticket_id
         WHERE p.state = 'open' AND {_OF}) AS appeals
"""


@dataclass(frozen=True)
class Waiting:
    """``path`` is the page of the console that lists them; ``pressing``: somebody is late already."""

    words: str
    n: int
    path: str
    pressing: bool = False


async def waiting_for(connection: asyncpg.Connection, actor: Actor, now: datetime) -> list[Waiting]:
    """What is late first, then what nobody has; what concerns managers only is shown to them."""
    row = await connection.fetchrow(_COUNTS, actor.points, actor.id, now)
    found = [
        Waiting("已过承诺时间的工单", row["late"], "tickets?view=late", pressing=True),
        Waiting("等您回复的催单", row["urged"], "levels", pressing=True),
        Waiting("已超时的投诉", row["complaints_late"], "complaints?view=late", pressing=True),
        Waiting("分给我的工单", row["mine"], "queue"),
        Waiting("等待派工", row["to_dispatch"], "tickets?view=to_dispatch"),
        Waiting("客户在等回复的会话", row["unanswered"], "conversations"),
        Waiting("现在可打的回访", row["calls"], "calls"),
        Waiting("处理中的投诉", row["complaints"], "complaints"),
    ]
    if actor.role is not Role.AGENT:
        found += [
            Waiting("待确认的专案组", row["proposed"], "incidents?view=proposed", pressing=True),
            Waiting("没有送达的消息", row["dead"], "deliveries", pressing=True),
            Waiting("待裁定的考核申诉", row["appeals"], "kpi/appeals"),
        ]
    return sorted(found, key=lambda each: (each.n == 0, not each.pressing))
