"""What the desk owes the customers of the town's last days: calls, by the rules that draw them, an answer, and a
fair hearing."""

from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import SYSTEM, Actor
from app.domain.complaint.rules import Cause as Complaint
from app.domain.follow_up.calls import due, first_call
from app.domain.follow_up.rules import CallOutcome, Cause, Job, is_drawn, rulebook
from app.domain.lifecycle import Role
from app.domain.situation import ServiceType
from app.schemas.complaints import StepIn
from app.schemas.follow_ups import CallIn
from app.services.complaints.open import answer_within, open_case
from app.services.complaints.work import add_case_step, take_case
from app.services.follow_ups.record_call import record_call
from app.services.idempotency import Once, fingerprint
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.record import Entry

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
_UNHAPPY = """
SELECT ticket_id, customer_id::text, comment FROM ratings
 WHERE least(attitude, expertise, timeliness, conduct) <= 2 AND comment <> '' AND engineer_id IS NOT NULL
 ORDER BY created_at DESC LIMIT 1
"""
_LATE = """
SELECT v.ticket_id, v.engineer_id FROM visits v
 WHERE v.arrived_at > upper(v.promised) ORDER BY v.arrived_at DESC LIMIT 1
"""
_APPEAL = """
INSERT INTO kpi_appeals (ticket_id, engineer_id, measure, reason, state, created_at)
VALUES ($1, $2, 'on_time', '北京路高架封闭绕行，已提前电话告知客户', 'open', $3)
"""
_CASE = "SELECT id FROM complaint_cases WHERE ticket_id = $1"
_AGENT = "SELECT id::text, name FROM staff WHERE role = 'agent' ORDER BY name LIMIT 1"
# The first ones have been called already.
_SAID = (
    CallIn(outcome=CallOutcome.REACHED, solved=True, score=5, note="很满意，师傅还教了怎么清洗滤网"),
    CallIn(outcome=CallOutcome.NO_ANSWER),
)

_CALLED = StepIn(kind="call", text="致电道歉，了解经过", result="客户希望有人上门复查")


async def plant_calls(connection: asyncpg.Connection, now: datetime) -> None:
    """The last one is always owed and never called: somebody has it to do."""
    finished = await connection.fetch(_FINISHED, now - _LATELY)
    drawn = [await _owe(connection, row, anyhow=row is finished[-1]) for row in finished]
    actor, owed = await _agent(connection), [each for each in drawn if each is not None]
    for follow_up, said in zip(owed[:-1], _SAID, strict=False):
        await record_call(
            connection, follow_up, said, once=Once("follow-up-calls", actor, None, fingerprint(said)), now=now
        )


async def _owe(connection: asyncpg.Connection, row: asyncpg.Record, *, anyhow: bool) -> int | None:
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
    if rule is None or not (anyhow or is_drawn(job, rule)):
        return None
    times = (due(finished, book.calls), first_call(finished, book.calls), finished)
    values = (row["id"], row["seq"], rule.name, book.version, row["engineer_id"])
    follow_up: int = await connection.fetchval(_OWE, *values, *times)
    return follow_up


async def plant_complaint(connection: asyncpg.Connection, now: datetime) -> None:
    """The newest who was not content: somebody has called him, and has to offer something."""
    row = await connection.fetchrow(_UNHAPPY)
    if row is None:
        return
    s = await load_by_id(connection, row["ticket_id"], lock=True)
    customer, agent = Actor(Role.CUSTOMER, row["customer_id"]), await _agent(connection)
    # The managers of the past have long been told.
    await open_case(connection, s, Complaint.LOW_SCORE, row["comment"], actor=customer, now=now)
    told = Entry("complaint_opened", answer_within(Complaint.LOW_SCORE), {"cause": Complaint.LOW_SCORE})
    await add_fact(connection, s, told, actor=SYSTEM, now=now)
    case = await connection.fetchval(_CASE, s.id)
    await take_case(connection, case, actor=agent, now=now)
    once = Once("complaint-steps", agent, None, fingerprint(_CALLED))
    await add_case_step(connection, case, _CALLED, once=once, now=now)


async def plant_appeal(connection: asyncpg.Connection, now: datetime) -> None:
    """The last one who came late has his reasons; a manager has to decide."""
    row = await connection.fetchrow(_LATE)
    if row is not None:
        await connection.execute(_APPEAL, row["ticket_id"], row["engineer_id"], now)


async def _agent(connection: asyncpg.Connection) -> Actor:
    row = await connection.fetchrow(_AGENT)
    return Actor(Role.AGENT, row["id"], name=row["name"])
