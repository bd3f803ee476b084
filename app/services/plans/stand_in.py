"""Somebody else comes in place of one of two engineers who cannot, before the managers have to look for one.

The two begin together, so a plan that moves visits about leaves them where they are; here the other one stays, and
whoever stands in begins within the same half hour.
"""

from datetime import datetime

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.lifecycle import Event
from app.domain.notices import Notice, progress
from app.domain.situation import Situation, Visit
from app.models.visits import LIVE_VISITS
from app.services.plans.apply import handed_over
from app.services.plans.territory import Seen
from app.services.tickets.change import Change
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.record import Entry
from app.services.visits.companion import join, relieve, told

_GIVE_WAY = "SET LOCAL lock_timeout = '300ms'"
_LOCK = "SELECT FROM tickets WHERE id = $1 FOR NO KEY UPDATE"
_STILL = f"""
SELECT accompanies IS NULL AS leads FROM visits
 WHERE id = $1 AND engineer_id = $2::uuid AND departed_at IS NULL AND {LIVE_VISITS}
"""


async def stand_in(connection: asyncpg.Connection, seen: Seen, *, now: datetime) -> bool:
    """False where he is not one of two, or not any more. One transaction.

    Errors: slot_taken when nobody can; then nothing of it may be kept.
    """
    await connection.execute(_GIVE_WAY)
    await connection.execute(_LOCK, seen.ticket_id)
    still = await connection.fetchrow(_STILL, seen.id, seen.engineer_id)
    before = await load_by_id(connection, seen.ticket_id)
    if still is None or before.visit is None or before.companion is None:
        return False
    change = Change(connection, before, Event.BOOK, SYSTEM, now)
    if still["leads"]:
        await _for_the_first(change, before.visit, seen)
    else:
        await _for_the_second(change, before.visit, seen)
    return True


async def _for_the_first(change: Change, visit: Visit, seen: Seen) -> None:
    was = change.before.engineer.name if change.before.engineer else ""
    lead, visit = await relieve(change, visit)
    after = change.before._replace(engineer=lead, visit=visit)
    text = f"上门工程师由{was}调整为{lead.name}，时段不变"
    notices = handed_over(after, was, seen, change.now)
    if after.companion:
        notices.append(told(after, after.companion.id, change, comes=True))
    await _note(change, after, seen, text, lead.id, notices)


async def _for_the_second(change: Change, visit: Visit, seen: Seen) -> None:
    was = change.before.companion.name if change.before.companion else ""
    companion, _ = await join(change, visit)
    after = change.before._replace(companion=companion)
    text = f"同行工程师由{was}调整为{companion.name}，时段不变"
    # The customer hears it only if he had been told who comes.
    notices = [
        told(after, seen.engineer_id, change, comes=False),
        told(after, companion.id, change, comes=True),
    ]
    if visit.announced_at:
        notices.append(progress(after, hint=f"同行工程师改为{companion.name}，时间不变"))
    await _note(change, after, seen, text, companion.id, notices)


async def _note(
    change: Change, after: Situation, seen: Seen, text: str, to: str, notices: list[Notice]
) -> None:
    entry = Entry("replanned", text, {"from": seen.engineer_id, "to": to, "visit_id": seen.id})
    await add_fact(change.connection, after, entry, actor=SYSTEM, now=change.now, notices=notices)
