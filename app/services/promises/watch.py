"""See whether what was promised can be kept, and where it cannot, tell the customer before it is broken: once, with
the reason and another time. One ticket a transaction; a part of the worker of its own.
"""

import logging
from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.lifecycle import State
from app.domain.notices import progress
from app.domain.promise.delay import planned_late, why_later
from app.domain.promise.made import LEAST_MOVE, moved
from app.domain.promise.pledge import Pledge, look_at
from app.domain.promise.steps import Step
from app.domain.situation import Situation
from app.services.promises.promised import facts_of, named, step_in
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load_by_id
from app.services.tickets.record import Entry

FAILED_AGAIN_AFTER = timedelta(minutes=5)

log = logging.getLogger(__name__)

# Whoever has not set out a quarter of an hour before the end of the window, cannot be there in time.
_LAST_LOOK = {State.SCHEDULED: LEAST_MOVE, State.EN_ROUTE: timedelta(minutes=5)}

_DUE = """
SELECT p.ticket_id, p.seq, p.step, p.promised_at,
       NOT EXISTS (SELECT FROM promises n WHERE n.ticket_id = p.ticket_id AND n.seq > p.seq) AS newest,
       (SELECT count(*) FROM promises o WHERE o.ticket_id = p.ticket_id AND o.first_seq = p.first_seq) AS times
  FROM promises p JOIN tickets t ON t.id = p.ticket_id
 WHERE p.look_at <= $1 ORDER BY p.look_at, t.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED
"""
# Those that were followed by another one are past looking at: all that are due at once.
_SETTLE = """
UPDATE promises p SET look_at = NULL
 WHERE p.look_at <= $1 AND EXISTS (SELECT FROM promises n WHERE n.ticket_id = p.ticket_id AND n.seq > p.seq)
"""
_NEXT = "UPDATE promises SET look_at = $3 WHERE ticket_id = $1 AND seq = $2"


async def watch_promise(connection: asyncpg.Connection, now: datetime) -> bool:
    """Look at one promise that is due to be looked at; False when none is. The caller gives a transaction."""
    row = await connection.fetchrow(_DUE, now)
    if row is None:
        return False
    if not row["newest"]:
        await connection.execute(_SETTLE, now)
        return True
    look = connection.transaction()
    await look.start()
    try:
        again = await _look(connection, row, now)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, asyncpg.DataError):
        # One ticket that cannot be looked at must not keep the others from it.
        await look.rollback()
        log.exception("promises.failed", extra={"ticket_id": row["ticket_id"]})
        again = now + FAILED_AGAIN_AFTER
    else:
        await look.commit()
    await connection.execute(_NEXT, row["ticket_id"], row["seq"], again)
    return True


async def _look(connection: asyncpg.Connection, row: asyncpg.Record, now: datetime) -> datetime | None:
    """When to look at the same promise again; None when it is done with."""
    s = await load_by_id(connection, row["ticket_id"])
    step = step_in(s)
    if step is None or step != row["step"] or step is Step.CUSTOMER:
        return None
    waits = _may_be_kept(s, row["promised_at"], now)
    if waits is not None:
        return waits
    await _move(connection, s, step, row["promised_at"], row["times"] - 1, now)
    return None


def _may_be_kept(s: Situation, promised: datetime, now: datetime) -> datetime | None:
    """Until when there is still hope, for what can be foreseen better than by the time that is left."""
    last = _LAST_LOOK.get(s.state)
    if last is None or now >= promised - last or planned_late(s) or _will_be_late(s, promised):
        return None
    # The plan of the day changes, and so does the traffic.
    return min(now + LEAST_MOVE, promised - last)


def _will_be_late(s: Situation, promised: datetime) -> bool:
    """By where he is now."""
    eta = s.visit.eta if s.visit and s.state is State.EN_ROUTE else None
    return eta is not None and eta > promised + LEAST_MOVE


async def _move(
    connection: asyncpg.Connection, s: Situation, step: Step, promised: datetime, times: int, now: datetime
) -> None:
    told = moved(facts_of(s, now), named(s), promised, times)
    why = why_later(s)
    pledge = Pledge(step, told.basis, told.inputs, look_at(step, told.at, now))
    after = s._replace(promised_at=told.at, promise=told.text, pledge=pledge)
    data = {"from": promised, "to": told.at}
    entry = Entry("promise_moved", f"{why}。{told.text}", data)
    await add_fact(connection, after, entry, actor=SYSTEM, now=now, notices=[progress(after, hint=why)])
