"""Take the steps that are due because nothing happened: time-outs, reminders, escalations, dispatch itself.

One ticket at a time, each in its own transaction; several workers may sweep at once.
"""

import logging
from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import SYSTEM
from app.domain.call_out import reminded
from app.domain.lifecycle import State
from app.domain.notices import Notice, progress, staff_notice
from app.domain.situation import Situation
from app.domain.timeouts import Escalate, Fire, Remind, timeout_at, wake_at
from app.errors import Problem
from app.schemas.transitions import Step
from app.services.promises.promised import promised
from app.services.service_levels.look import watch
from app.services.tickets.change import Change
from app.services.tickets.load import load_by_id
from app.services.tickets.managers import managers_of
from app.services.tickets.record import Entry, record
from app.services.tickets.transition import carry_out, possible

FAILED_AGAIN_AFTER = timedelta(minutes=5)

log = logging.getLogger(__name__)

_DUE = """
SELECT id, wake_step FROM tickets WHERE wake_at <= $1
 ORDER BY wake_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
_LATER = "UPDATE tickets SET wake_at = $2, wake_step = $3 WHERE id = $1"


async def sweep_one(connection: asyncpg.Connection, now: datetime) -> bool:
    """Take one due step; False when none is due. The caller gives a transaction and commits it."""
    due = await connection.fetchrow(_DUE, now)
    if due is None:
        return False
    s = await load_by_id(connection, due["id"])
    index: int = due["wake_step"]
    step = connection.transaction()
    await step.start()
    try:
        await _take(connection, s, index, now)
    except Problem:
        # A capability may find that it cannot: nobody fits, the address has no position.
        await step.rollback()
        await _pass_over(connection, s, index, now)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, asyncpg.DataError):
        # One ticket that cannot be swept must not keep the others from it.
        await step.rollback()
        log.exception("sweep.failed", extra={"ticket": s.number, "step": index})
        await connection.execute(_LATER, s.id, now + FAILED_AGAIN_AFTER, index)
    else:
        await step.commit()
    return True


async def _take(connection: asyncpg.Connection, s: Situation, index: int, now: datetime) -> None:
    timeout = timeout_at(s, index)
    match timeout and timeout.only(s) and timeout.action:
        case Fire(event) if possible(s, event, SYSTEM, now):
            await carry_out(Change(connection, s, event, SYSTEM, now), Step(version=s.version))
        case Remind(who, text):
            await _remind(connection, s, who, text, index, now)
        case Escalate(text):
            await _escalate(connection, s, text, index, now)
        case _:
            # Not possible in this situation, or no step left: the next one has its own time.
            await _pass_over(connection, s, index, now)


async def _pass_over(connection: asyncpg.Connection, s: Situation, index: int, now: datetime) -> None:
    await connection.execute(_LATER, s.id, *_next(s, index))
    if s.state is State.SUBMITTED:
        # It waits for a person; nothing else happens that would start the look at its deadlines.
        await watch(connection, s.id, now)


async def _remind(
    connection: asyncpg.Connection, s: Situation, who: str, text: str, index: int, now: datetime
) -> None:
    after = promised(s, now)
    if who == "customer":
        hint = reminded(s.call_out, text) if s.state is State.SCHEDULED else text
        notices = [progress(after, hint=hint)]
    elif s.engineer is not None:
        notices = [_to_staff(s, s.engineer.id, text, "提醒", now)]
    else:
        notices = []
    await _note(connection, s, after, Entry("reminded", text, {"who": who}), notices, index, now)


async def _escalate(
    connection: asyncpg.Connection, s: Situation, text: str, index: int, now: datetime
) -> None:
    managers = await managers_of(connection, s)
    notices = [_to_staff(s, manager, text, "预警", now) for manager in managers]
    await _note(connection, s, s, Entry("escalated", text), notices, index, now)


def _to_staff(s: Situation, staff_id: str, text: str, level: str, now: datetime) -> Notice:
    return staff_notice(s, staff_id, matter=s.service, level=level, hint=text, at=now)


async def _note(
    connection: asyncpg.Connection,
    before: Situation,
    after: Situation,
    entry: Entry,
    notices: list[Notice],
    index: int,
    now: datetime,
) -> None:
    after = after._replace(seq=before.seq + 1)
    wake = _next(before, index)
    await record(connection, before, after, entry, actor=SYSTEM, now=now, notices=notices, wake=wake)


def _next(s: Situation, index: int) -> tuple[datetime | None, int]:
    return wake_at(s, index + 1), index + 1
