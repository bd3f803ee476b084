"""A job has come to an end: owe its customer a call, in the same transaction; or owe it no more."""

from datetime import datetime

import asyncpg

from app.domain.contact_hours import ContactHours
from app.domain.follow_up.calls import due, first_call
from app.domain.follow_up.rules import Cause, Job, is_drawn, rulebook
from app.domain.rating import Scores
from app.domain.situation import Situation
from app.models.aftercare import FollowUpState
from app.services.tickets.change import Change

REFUSES = "EXISTS (SELECT FROM call_refusals n WHERE n.customer_id = {customer} AND n.lifted_at IS NULL)"
_PLAN = f"""
INSERT INTO follow_ups (ticket_id, seq, cause, rule, rules_version, engineer_id, state, due_at, next_at, created_at,
                        closed_at)
SELECT $1, $2, $3, $4, $5, $6::uuid, CASE WHEN refused THEN 'refused' ELSE 'open' END, $7, $8, $9,
       CASE WHEN refused THEN $9::timestamptz END
  FROM (SELECT {REFUSES.format(customer="$10::uuid")} AS refused) r
"""
_WISH = "SELECT preferences->'contact_hours' FROM customers WHERE id = $1::uuid"
_WITHDRAW = """
UPDATE follow_ups SET state = $2, closed_at = $3, taken_by = NULL, taken_until = NULL
 WHERE ticket_id = $1 AND state = 'open'
"""


async def plan_follow_up(change: Change, cause: Cause, *, charge_fen: int = 0) -> None:
    """Once for each end of a job: the event that is being written is its key."""
    s = change.before
    job = Job(s.number, s.seq + 1, cause, s.service_type, s.reopened > 0, s.urged, charge_fen)
    book = rulebook()
    rule = book.rule_for(job)
    # Whoever wrote from WeChat may have left no number.
    if rule is None or not s.contact_phone or not is_drawn(job, rule):
        return
    await change.connection.execute(
        _PLAN,
        s.id,
        job.seq,
        cause.value,
        rule.name,
        book.version,
        s.visit.engineer_id if s.visit else None,
        due(change.now, book.calls),
        first_call(change.now, book.calls, await wish_of(change.connection, s.customer_id)),
        change.now,
        s.customer_id,
    )


async def wish_of(connection: asyncpg.Connection, customer_id: str) -> ContactHours:
    """When he wishes to be called."""
    return ContactHours.read(await connection.fetchval(_WISH, customer_id) or ())


async def withdraw_follow_up(connection: asyncpg.Connection, s: Situation, now: datetime) -> None:
    """There is nothing to ask any more."""
    await connection.execute(_WITHDRAW, s.id, FollowUpState.WITHDRAWN.value, now)


async def rated_instead(connection: asyncpg.Connection, s: Situation, scores: Scores, now: datetime) -> None:
    """Whoever has just said that all was well is left in peace."""
    if scores.lowest >= rulebook().calls.content_from:
        await withdraw_follow_up(connection, s, now)
