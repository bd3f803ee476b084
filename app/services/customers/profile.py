"""The name under which others see me, once it has been looked at."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.content import SubjectKind
from app.schemas.customers import ProfileOut
from app.services.content.order import Subject, order

_KEEP = "UPDATE customers SET nickname = $2, nickname_chosen_at = $3 WHERE id = $1"


async def put_profile(
    connection: asyncpg.Connection, nickname: str, *, actor: Actor, now: datetime
) -> ProfileOut:
    """Takes effect for oneself at once, for others when it has passed."""
    await connection.execute(_KEEP, actor.id, nickname, now)
    subject = Subject(SubjectKind.NICKNAME, actor.id, nickname)
    await order(connection, [subject], customer_id=actor.id, now=now)
    return ProfileOut(nickname=nickname, nickname_state=subject.state)
