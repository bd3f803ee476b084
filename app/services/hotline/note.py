"""What was said on the telephone when a report was taken, and that the caller heard what his data is for."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load
from app.services.tickets.record import Entry

_NOTED = """
SELECT EXISTS (SELECT FROM ticket_events WHERE ticket_id = $1 AND event = 'called_in' AND actor_id = $2)
"""


async def note_call(
    connection: asyncpg.Connection, number: str, *, note: str, agreed: bool, actor: Actor, now: datetime
) -> None:
    """Once for each ticket and member of staff: a second tap on the form notes nothing twice. Among staff."""
    s = await load(connection, number, actor, lock=True)
    if await connection.fetchval(_NOTED, s.id, actor.id):
        return
    heard = "已告知电话和地址的用途，客户同意" if agreed else "未记录客户是否同意使用电话和地址"
    text = f"{note}（{heard}）" if note else heard
    entry = Entry("called_in", text, {"agreed": agreed})
    await add_fact(connection, s, entry, actor=actor, now=now)
