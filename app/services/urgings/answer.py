"""Answer a customer who urged, in words of one's own. A message or the next step of the job answers him as well."""

from datetime import datetime

import asyncpg

from app.domain.notices import reply
from app.errors import Conflict
from app.schemas.urgings import AnswerIn, AnswerOut
from app.services.idempotency import Once
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load
from app.services.tickets.record import Entry

_OPEN = """
SELECT count(*) FROM urgings
 WHERE ticket_id = $1 AND due_at IS NOT NULL AND answered_at IS NULL AND lapsed_at IS NULL
"""


class NobodyWaits(Conflict):
    code, msg = "nobody_waits", "客户没有未答复的催单。"


async def answer_urging(
    connection: asyncpg.Connection, number: str, body: AnswerIn, *, once: Once, now: datetime
) -> AnswerOut:
    """All that is open of the ticket is answered by it. Errors: not_found, nobody_waits."""
    actor = once.actor
    s = await load(connection, number, actor, lock=True)
    if earlier := await once.earlier(connection, now):
        return AnswerOut.model_validate(earlier)
    count = await connection.fetchval(_OPEN, s.id)
    if not count:
        raise NobodyWaits
    entry = Entry("urging_answered", f"答复催单：{body.text}", {"answered": count})
    await add_fact(connection, s, entry, actor=actor, now=now, notices=[reply(s, body.text, now)])
    answer = AnswerOut(number=s.number, answered=count, answered_at=now)
    await once.keep(connection, answer.model_dump(mode="json"))
    return answer
