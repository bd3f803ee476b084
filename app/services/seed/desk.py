"""What waits at the desk when the demo begins: a question of a customer, a call that came in, one that is owed, a burst
for the manager to judge, and a message that WeChat has refused."""

from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.incidents.burst import Burst
from app.domain.lifecycle import Role
from app.schemas.conversations import MessageIn
from app.services.conversations.write import write_message
from app.services.hotline.note import note_call
from app.services.idempotency import Once
from app.services.incidents.find import Found, Key
from app.services.incidents.propose import propose
from app.services.seed.history.stories import Stories
from app.services.seed.history.under_way import FINISHED, QUOTED
from app.services.seed.people import Household, Population

_ASKED, _CALLED_IN = timedelta(minutes=4), timedelta(minutes=21)
_QUESTION = "报价里的配件是原厂的吗？大概要修多久？"
_CALL = "客户来电：热水器插座冒火花，已请客户断电关水，等紧急上门"
_NEWEST = "SELECT number FROM tickets WHERE customer_id = $1 AND state = $2 ORDER BY created_at DESC LIMIT 1"
_URGENT = "SELECT number FROM tickets WHERE state = 'dispatching' AND address->>'district' = $1 LIMIT 1"
_BY_TELEPHONE = "UPDATE tickets SET channel = 'hotline' WHERE number = $1"
_AGENT = "SELECT id::text, name FROM staff WHERE role = 'agent' ORDER BY username LIMIT 1"
# Whoever was to be called tomorrow is called now, where nobody is owed a call today.
_OWED = """
UPDATE follow_ups SET due_at = least(due_at, $1), next_at = $1
 WHERE id = (SELECT id FROM follow_ups WHERE state = 'open' ORDER BY next_at LIMIT 1)
   AND NOT EXISTS (SELECT FROM follow_ups WHERE state = 'open' AND next_at <= $1)
"""
_BURST = """
SELECT array_agg(t.id ORDER BY t.id) AS tickets, min(t.created_at) AS since, t.diagnosis->>'fault' AS fault,
       t.service_point_id, p.name AS area
  FROM tickets t JOIN service_points p ON p.id = t.service_point_id
 WHERE t.category = $1 AND t.fault = ANY ($2) AND t.created_at > $3
 GROUP BY 3, 4, 5 ORDER BY count(*) DESC LIMIT 1
"""
# The newest that he was told of it, so that it may be sent again; with the one try that failed.
_REFUSED = """
WITH dead AS (
    UPDATE outbox SET state = 'dead', reason = 'no_template', settled_at = created_at
     WHERE id = (SELECT o.id FROM outbox o JOIN tickets t ON t.id = o.ticket_id
                  WHERE t.number = $1 AND o.recipient = 'customer' ORDER BY o.id DESC LIMIT 1)
    RETURNING id
)
UPDATE push_attempts a SET outcome = 'dead', errcode = 40037, errmsg = 'invalid template_id' FROM dead
 WHERE a.push_id = dead.id
"""
_DELIVERED = "UPDATE outbox SET state = 'delivered', settled_at = $1 WHERE state = 'queued'"


async def plant_desk(
    connection: asyncpg.Connection, people: Population, stories: Stories, now: datetime
) -> None:
    named = {each.phone_of: each for each in people.households if each.assets}
    row = await connection.fetchrow(_AGENT)
    agent = Actor(Role.AGENT, row["id"], name=row["name"])
    await _ask(connection, named[QUOTED], now - _ASKED)
    urgent = await connection.fetchval(_URGENT, stories.urgent_at[0])
    await note_call(connection, urgent, note=_CALL, agreed=True, actor=agent, now=now - _CALLED_IN)
    await connection.execute(_BY_TELEPHONE, urgent)
    await connection.execute(_OWED, now)
    await _propose(connection, stories, now)
    # Those who had to hear of all this have heard.
    await connection.execute(_DELIVERED, now)
    finished = await connection.fetchval(_NEWEST, named[FINISHED].id, "completed")
    await connection.execute(_REFUSED, finished)


async def _ask(connection: asyncpg.Connection, who: Household, at: datetime) -> None:
    actor = Actor(Role.CUSTOMER, str(who.id), name=who.name)
    number = await connection.fetchval(_NEWEST, who.id, "quote_pending")
    once = Once("messages", actor, None, b"")
    await write_message(connection, number, MessageIn(text=_QUESTION), once=once, sign_url=_unsigned, now=at)


async def _propose(connection: asyncpg.Connection, stories: Stories, now: datetime) -> None:
    reports = [story.report for story in stories.burst]
    row = await connection.fetchrow(_BURST, stories.burst[0].category, reports, now - timedelta(hours=1))
    key = Key(stories.burst[0].category, row["fault"], str(row["service_point_id"]), row["area"])
    burst = Burst(observed=len(row["tickets"]), expected=0.1, dispersion=1.0, chance=0.0002, days=90.0)
    await propose(connection, Found(key, burst, row["since"], row["tickets"]), now)


def _unsigned(_attachment_id: str, _variant: str, _viewer: str) -> str:
    """Nobody reads the answer."""
    return ""
