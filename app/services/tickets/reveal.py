"""Show a masked phone number to somebody who needs it, and write down who looked and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import WITH_ENGINEER, Role
from app.domain.situation import Situation
from app.errors import Forbidden
from app.schemas.preferences import PreferencesOut
from app.services.customers.preferences import preferences_of
from app.services.tickets.load import load
from app.services.tickets.visible import in_hands_of

# After the job an engineer may still have to call back, for a while.
AFTERWARDS = timedelta(days=7)

_LOG = """
INSERT INTO audit_log (at, actor_role, actor_id, action, subject, reason)
VALUES ($1, $2, $3, 'reveal_contact', $4, $5)
"""


class ContactHidden(Forbidden):
    code, msg = "contact_hidden", "接单后到关单 7 天内才能查看客户电话。"


@dataclass(frozen=True)
class Contact:
    """Whom to call, and what he wishes whoever calls and comes to know."""

    name: str
    phone: str
    preferences: PreferencesOut


async def reveal_contact(
    connection: asyncpg.Connection, number: str, *, reason: str, actor: Actor, now: datetime
) -> Contact:
    s = await load(connection, number, actor)
    if actor.role in (Role.ENGINEER, Role.CONTRACTOR) and not _at_the_job(s, actor, now):
        raise ContactHidden
    await connection.execute(_LOG, now, actor.role.value, actor.id, s.number, reason)
    wishes = await preferences_of(connection, s.customer_id)
    return Contact(s.contact_name, s.contact_phone, wishes)


def _at_the_job(s: Situation, actor: Actor, now: datetime) -> bool:
    if not in_hands_of(s, actor):
        return False
    return s.state in WITH_ENGINEER or (s.closed_at is not None and now - s.closed_at < AFTERWARDS)
