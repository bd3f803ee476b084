"""What became of an attempt: the next one, or the customer's words on the ticket's timeline."""

from datetime import datetime

import asyncpg

from app.domain.complaint.rules import Cause
from app.domain.contact_hours import ContactHours
from app.domain.follow_up.calls import next_call, within_hours
from app.domain.follow_up.rules import CallOutcome, rulebook
from app.errors import InvalidInput
from app.models.aftercare import FollowUpState
from app.schemas.follow_ups import CallIn, FollowUpOut
from app.services.complaints.open import complain
from app.services.follow_ups.plan import wish_of
from app.services.follow_ups.refusals import refuse_calls
from app.services.follow_ups.take import lock_follow_up
from app.services.follow_ups.worklist import read_follow_up
from app.services.idempotency import Once
from app.services.tickets.fact import add_fact
from app.services.tickets.record import Entry

_CALL = """
INSERT INTO follow_up_calls (follow_up_id, attempt, agent_id, outcome, solved, score, note, at)
VALUES ($1, $2, $3::uuid, $4, $5, $6, $7, $8)
"""
_SETTLE = """
UPDATE follow_ups SET attempts = $2, state = $3, next_at = coalesce($4, next_at), closed_at = $5, taken_by = NULL,
                      taken_until = NULL
 WHERE id = $1
"""
_ENDS = {CallOutcome.REACHED: FollowUpState.REACHED, CallOutcome.REFUSED: FollowUpState.REFUSED}


async def record_call(
    connection: asyncpg.Connection, follow_up_id: int, body: CallIn, *, once: Once, now: datetime
) -> FollowUpOut:
    """Errors: not_found, follow_up_closed, follow_up_taken by a colleague, invalid_input."""
    if earlier := await once.earlier(connection, now):
        return FollowUpOut.model_validate(earlier)
    actor = once.actor
    s, row = await lock_follow_up(connection, follow_up_id, actor, now)
    attempt = row["attempts"] + 1
    values = (body.outcome.value, body.solved, body.score, body.note, now)
    await connection.execute(_CALL, follow_up_id, attempt, actor.id, *values)
    again = _again(body, attempt, await wish_of(connection, s.customer_id), now)
    state = _ENDS.get(body.outcome) or (FollowUpState.OPEN if again else FollowUpState.EXHAUSTED)
    closed_at = None if state is FollowUpState.OPEN else now
    await connection.execute(_SETTLE, follow_up_id, attempt, state.value, again, closed_at)
    if body.outcome is CallOutcome.REFUSED:
        await refuse_calls(connection, s.customer_id, by=actor.id, now=now)
    if body.outcome is CallOutcome.REACHED:
        after = await add_fact(connection, s, _entry(body), actor=actor, now=now)
        if not body.solved:
            await complain(connection, after, Cause.UNSOLVED_CALL, body.note, actor=actor, now=now)
    answer = await read_follow_up(connection, follow_up_id, now)
    await once.keep(connection, answer.model_dump(mode="json"))
    return answer


def _again(body: CallIn, attempt: int, wish: ContactHours, now: datetime) -> datetime | None:
    """When the customer asked to be called, if he did, and else after the delay of this outcome."""
    calls = rulebook().calls
    again = next_call(body.outcome, now, attempt, calls, wish)
    if again is None or body.call_again_at is None:
        return again
    if body.call_again_at <= now:
        raise InvalidInput.at("body.call_again_at", "再次回访的时间要晚于现在。", "in_the_past")
    return within_hours(body.call_again_at, calls)


def _entry(body: CallIn) -> Entry:
    word = "问题已解决" if body.solved else f"问题没有解决：{body.note}"
    score = f"，评 {body.score} 分" if body.score else ""
    return Entry(
        "called_back", f"客服已电话回访，您说{word}{score}", {"solved": body.solved, "score": body.score}
    )
