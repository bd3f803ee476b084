"""Somebody else comes along in place of a second engineer who cannot, before the managers have to look for one."""

from dataclasses import replace
from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.lifecycle import Event
from app.domain.notices import Notice, progress
from app.domain.situation import Situation
from app.models.visits import LIVE_VISITS
from app.services.plans.territory import Seen
from app.services.tickets.change import Change
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.record import Entry
from app.services.visits.companion import join, told

_GIVE_WAY = "SET LOCAL lock_timeout = '300ms'"
_LOCK = "SELECT FROM tickets WHERE id = $1 FOR NO KEY UPDATE"
_STILL = f"""
SELECT TRUE FROM visits WHERE id = $1 AND engineer_id = $2::uuid AND accompanies IS NOT NULL AND departed_at IS NULL
   AND {LIVE_VISITS}
"""


async def stand_in(connection: asyncpg.Connection, seen: Seen, *, now: datetime) -> bool:
    """False where he does not accompany anybody, or not any more. One transaction.

    Errors: slot_taken when nobody can; then nothing of it may be kept.
    """
    await connection.execute(_GIVE_WAY)
    await connection.execute(_LOCK, seen.ticket_id)
    if not await connection.fetchval(_STILL, seen.id, seen.engineer_id):
        return False
    before = await load_by_id(connection, seen.ticket_id)
    if before.visit is None or before.companion is None:
        return False
    change = Change(connection, before, Event.BOOK, SYSTEM, now)
    companion, _ = await join(change, before.visit)
    after = replace(before, companion=companion)
    text = f"同行工程师由{before.companion.name}调整为{companion.name}，时段不变"
    data = {"from": seen.engineer_id, "to": companion.id, "visit_id": seen.id}
    notices = _notices(change, after, seen, companion.name)
    await add_fact(connection, after, Entry("replanned", text, data), actor=SYSTEM, now=now, notices=notices)
    return True


def _notices(change: Change, after: Situation, seen: Seen, name: str) -> list[Notice]:
    """Both of them; the customer only if he had been told who comes."""
    assert after.companion is not None, "somebody has joined"  # noqa: S101
    notices = [
        told(after, seen.engineer_id, change, comes=False),
        told(after, after.companion.id, change, comes=True),
    ]
    if after.visit and after.visit.announced_at:
        notices.append(progress(after, hint=f"同行工程师改为{name}，时间不变"))
    return notices
