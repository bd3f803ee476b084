"""The customer asks where things are: he gets the reason why it waits and a time, and the job gets attention."""

from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg

from app.domain.lifecycle import ENDS, State
from app.domain.notices import Notice, staff_notice
from app.domain.situation import Priority, Situation
from app.domain.waiting import why_it_waits
from app.errors import Conflict, TooManyRequests
from app.schemas.tickets import UrgingIn, UrgingOut
from app.services.idempotency import Once
from app.services.promises.promised import promised
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load
from app.services.tickets.managers import managers_of
from app.services.tickets.record import Entry

_LAST = "SELECT max(at) FROM urgings WHERE ticket_id = $1"
_INSERT = """
INSERT INTO urgings (ticket_id, customer_id, at, reason, promised_at, promise) VALUES ($1, $2::uuid, $3, $4, $5, $6)
"""
# From the third urging on, managers hear of it too.
LOUD = 3
SETTLED = ENDS | {State.COMPLETED, State.CONFIRMED}


class NothingToUrge(Conflict):
    code, msg = "nothing_to_urge", "这张工单已经处理完毕，如有问题请申请返修或联系客服。"


async def urge(
    connection: asyncpg.Connection,
    number: str,
    body: UrgingIn,
    *,
    once: Once,
    now: datetime,
    cooldown: timedelta,
) -> UrgingOut:
    """Errors: too_many_requests with Retry-After inside the cool-down, nothing_to_urge when it is over."""
    actor = once.actor
    s = await load(connection, number, actor, lock=True)
    if earlier := await once.earlier(connection, now):
        return UrgingOut.model_validate(earlier)
    if s.state in SETTLED:
        raise NothingToUrge
    await _cool_down(connection, s, now, cooldown)
    after = promised(replace(s, urged=s.urged + 1, priority=_raised(s)), now)
    reason = why_it_waits(s, now)
    await connection.execute(_INSERT, s.id, actor.id, now, reason, after.promised_at, after.promise)
    text = f"客户催单：{body.message}" if body.message else "客户催单"
    entry = Entry("urged", f"{text}。{reason}{after.promise}", {"count": after.urged})
    notices = await _notices(connection, after, now)
    await add_fact(connection, after, entry, actor=actor, now=now, notices=notices)
    answer = UrgingOut(
        reason=reason,
        promised_at=after.promised_at,
        promise=after.promise,
        next_allowed_at=now + cooldown,
    )
    await once.keep(connection, answer.model_dump())
    return answer


async def _cool_down(
    connection: asyncpg.Connection, s: Situation, now: datetime, cooldown: timedelta
) -> None:
    last: datetime | None = await connection.fetchval(_LAST, s.id)
    if last is not None and now < last + cooldown:
        wait = int((last + cooldown - now).total_seconds()) + 1
        minutes = -(-wait // 60)
        raise TooManyRequests(f"已收到您的催促，正在加急处理，{minutes} 分钟后可再次催单。", retry_after=wait)


def _raised(s: Situation) -> Priority:
    """Urging moves an ordinary ticket up one level, never past those where something is in danger."""
    return Priority.URGENT if s.priority is Priority.NORMAL and s.urged + 1 >= 2 else s.priority


async def _notices(connection: asyncpg.Connection, s: Situation, now: datetime) -> list[Notice]:
    owners = [s.engineer.id] if s.engineer else []
    if not owners or s.urged >= LOUD:
        owners += await managers_of(connection, s)
    hint = f"客户第{s.urged}次催单，请尽快处理"
    return [staff_notice(s, owner, matter=s.service, level="催单", hint=hint, at=now) for owner in owners]
