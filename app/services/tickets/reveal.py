"""Show a masked phone number to somebody who needs it, and write down who looked and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import WITH_ENGINEER, Role
from app.domain.situation import Situation
from app.errors import Forbidden, TooManyRequests
from app.schemas.preferences import PreferencesOut
from app.services.customers.preferences import preferences_of
from app.services.tickets.load import load
from app.services.tickets.visible import in_hands_of

# After the job an engineer may still have to call back, for a while.
AFTERWARDS = timedelta(days=7)
# More than anybody calls; whoever looks at more is writing a list.
MOST_AN_HOUR = 40

_LATELY = """
SELECT count(*) FROM audit_log WHERE at > $2 AND action = 'reveal_contact' AND actor_id = $1
"""
_LOG = """
INSERT INTO audit_log (at, actor_role, actor_id, action, subject, reason, network)
VALUES ($1, $2, $3, 'reveal_contact', $4, $5, $6)
"""


class ContactHidden(Forbidden):
    code, msg = "contact_hidden", "接单后到关单 7 天内才能查看客户电话。"


class TooManyLooks(TooManyRequests):
    msg = "一小时内查看的电话太多了，请稍后再试；确有需要请联系主管。"


@dataclass(frozen=True)
class Contact:
    """Whom to call, and what he wishes whoever calls and comes to know."""

    name: str
    phone: str
    preferences: PreferencesOut


async def reveal_contact(
    connection: asyncpg.Connection, number: str, *, reason: str, actor: Actor, network: str, now: datetime
) -> Contact:
    """Errors: not_found, contact_hidden, too_many_requests."""
    s = await load(connection, number, actor)
    if actor.role in (Role.ENGINEER, Role.CONTRACTOR) and not _at_the_job(s, actor, now):
        raise ContactHidden
    if await connection.fetchval(_LATELY, actor.id, now - timedelta(hours=1)) >= MOST_AN_HOUR:
        raise TooManyLooks(retry_after=600)
    await connection.execute(_LOG, now, actor.role.value, actor.id, s.number, reason, network)
    wishes = await preferences_of(connection, s.customer_id)
    return Contact(s.contact_name, s.contact_phone, wishes)


def _at_the_job(s: Situation, actor: Actor, now: datetime) -> bool:
    if not in_hands_of(s, actor):
        return False
    return s.state in WITH_ENGINEER or (s.closed_at is not None and now - s.closed_at < AFTERWARDS)
