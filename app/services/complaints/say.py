"""The customer, or an agent for him, says in so many words that it is a complaint."""

from datetime import datetime

import asyncpg

from app.domain.complaint.rules import Cause, heard
from app.schemas.complaints import ComplaintIn, ComplaintOut
from app.services.complaints.open import complain
from app.services.complaints.read import brief
from app.services.idempotency import Once
from app.services.tickets.load import load


async def say_complaint(
    connection: asyncpg.Connection, number: str, body: ComplaintIn, *, once: Once, now: datetime
) -> ComplaintOut:
    """In words that are a threat, it is due as one."""
    actor = once.actor
    s = await load(connection, number, actor, lock=True)
    if earlier := await once.earlier(connection, now):
        return ComplaintOut.model_validate(earlier)
    cause = heard(body.text) or Cause.SAID
    after = await complain(connection, s, cause, body.text, actor=actor, now=now)
    answer = await brief(connection, after, actor)
    await once.keep(connection, answer.model_dump(mode="json"))
    return answer
