"""What the desk owes the customers of the town's last days: calls, by the rules that draw them."""

from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.follow_up.calls import due, first_call
from app.domain.follow_up.rules import CallOutcome, Cause, Job, is_drawn, rulebook
from app.domain.lifecycle import Role
from app.domain.situation import ServiceType
from app.schemas.follow_ups import CallIn
from app.services.follow_ups.record_call import record_call
from app.services.idempotency import Once, fingerprint

_LATELY = timedelta(hours=36)
# Whoever has rated is not called as well.
_FINISHED = """
SELECT t.id, t.number, c.seq, t.service_type, t.reopened, t.urged, c.charge_fen, c.engineer_id, c.finished_at
  FROM completions c JOIN tickets t ON t.id = c.ticket_id
 WHERE c.finished_at > $1 AND t.state IN ('completed', 'confirmed') ORDER BY c.finished_at
"""
_OWE = """
INSERT INTO follow_ups (ticket_id, seq, cause, rule, rules_version, engineer_id, state, due_at, next_at, created_at)
VALUES ($1, $2, 'completed', $3, $4, $5, 'open', $6, $7, $8) RETURNING id
"""
_AGENT = "SELECT id::text, name FROM staff WHERE role = 'agent' ORDER BY name LIMIT 1"
# The first ones have been called already.
_SAID = (
    CallIn(outcome=CallOutcome.REACHED, solved=True, score=5, note="很满意，师傅还教了怎么清洗滤网"),
    CallIn(outcome=CallOutcome.NO_ANSWER),
)


async def plant_calls(connection: asyncpg.Connection, now: datetime) -> None:
    owed = [await _owe(connection, row) for row in await connection.fetch(_FINISHED, now - _LATELY)]
    agent = await connection.fetchrow(_AGENT)
    actor = Actor(Role.AGENT, agent["id"], name=agent["name"])
    for follow_up, said in zip([each for each in owed if each is not None], _SAID, strict=False):
        await record_call(
            connection, follow_up, said, once=Once("follow-up-calls", actor, None, fingerprint(said)), now=now
        )


async def _owe(connection: asyncpg.Connection, row: asyncpg.Record) -> int | None:
    job = Job(
        row["number"],
        row["seq"],
        Cause.COMPLETED,
        ServiceType(row["service_type"]),
        row["reopened"] > 0,
        row["urged"],
        row["charge_fen"],
    )
    book, finished = rulebook(), row["finished_at"]
    rule = book.rule_for(job)
    if rule is None or not is_drawn(job, rule):
        return None
    times = (due(finished, book.calls), first_call(finished, book.calls), finished)
    values = (row["id"], row["seq"], rule.name, book.version, row["engineer_id"])
    follow_up: int = await connection.fetchval(_OWE, *values, *times)
    return follow_up
