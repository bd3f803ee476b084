"""What a customer was promised, when and why, and what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.promise.steps import STEP_LABELS, Step
from app.domain.service_levels.policy import METRIC_LABELS, Metric
from app.domain.service_levels.trace import span_words
from app.domain.zone import ZONE
from app.schemas.promises import PromiseOut, TicketPromisesOut
from app.services.tickets.load import load

_HISTORY = """
SELECT p.seq, p.step, p.promised_at, p.text, p.at AS told_at, e.text AS because, p.basis, p.inputs,
       (SELECT min(e.at) FROM ticket_events e LEFT JOIN promises o ON o.ticket_id = e.ticket_id AND o.seq = e.seq
         WHERE e.ticket_id = p.ticket_id AND e.seq > p.seq
           AND (o.first_seq <> p.first_seq OR e.state IN ('closed', 'cancelled', 'rejected', 'merged'))) AS ended_at
  FROM promises p JOIN ticket_events e ON e.ticket_id = p.ticket_id AND e.seq = p.seq
 WHERE p.ticket_id = $1 ORDER BY p.seq
"""
_BASES: Mapping[str, str] = {
    "submitted": "受理时按本级时限答复",
    "before_history": "在有记录之前答复",
    "visit_window": "按约定的上门时段",
    "eta": "按工程师的实时位置",
    "customer_deadline": "等客户，到期自动处理",
    "review_time": "报价复核一般一小时",
    "parts_eta": "配件到货日加一天",
    "parts_answer": "到货时间未定，按答复时限",
    "resume_date": "按约定的恢复时间",
    "resume_answer": "恢复时间未定，按答复时限",
    "call_back": "主管一天内回访",
}


async def promises_of(
    connection: asyncpg.Connection, number: str, *, actor: Actor, now: datetime
) -> TicketPromisesOut:
    """Errors: not_found."""
    s = await load(connection, number, actor)
    items = [_out(row, now) for row in await connection.fetch(_HISTORY, s.id)]
    return TicketPromisesOut(number=s.number, promised_at=s.promised_at, promise=s.promise, items=items)


def reckoned(basis: str, inputs: Mapping[str, Any]) -> str:
    """How a time was found, to be checked with pencil and paper."""
    if basis == "usual_time":
        took, since = span_words(inputs["seconds"]), _since(inputs)
        return f"{since}同类工单五次有四次在{took}内完成（{inputs['n']} 例），{inputs['hours']}"
    if basis == "level_target":
        metric, span = METRIC_LABELS[Metric(inputs["metric"])], span_words(inputs["seconds"])
        return f"{_since(inputs)}{metric}时限{span}，{inputs['hours']}"
    if basis == "standard_time":
        return f"{_since(inputs)}标准工时{span_words(inputs['seconds'])}"
    return _BASES[basis]


def _since(inputs: Mapping[str, Any]) -> str:
    since = datetime.fromisoformat(inputs["since"]).astimezone(ZONE)
    return f"从 {since:%m-%d %H:%M} 起，"


def _out(row: asyncpg.Record, now: datetime) -> PromiseOut:
    step = Step(row["step"])
    return PromiseOut(
        seq=row["seq"],
        step=step,
        label=STEP_LABELS[step],
        promised_at=row["promised_at"],
        text=row["text"],
        told_at=row["told_at"],
        because=row["because"],
        basis=row["basis"],
        reckoned=reckoned(row["basis"], row["inputs"]),
        inputs=row["inputs"],
        kept=None if step is Step.CUSTOMER else _kept(row["promised_at"], row["ended_at"], now),
    )


def _kept(promised: datetime, ended: datetime | None, now: datetime) -> bool | None:
    if ended is None:
        return None if now <= promised else False
    return ended <= promised
