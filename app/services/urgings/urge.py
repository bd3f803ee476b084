"""The customer asks where things are: he gets the reason why it waits and a time, the job gets attention, and somebody
of ours owes him an answer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.domain.lifecycle import ENDS, State
from app.domain.notices import Notice, staff_notice
from app.domain.situation import Situation
from app.domain.urging import answer_due, lifted, told_of, told_words
from app.domain.waiting import why_it_waits
from app.errors import Conflict, TooManyRequests
from app.schemas.tickets import UrgingIn, UrgingOut
from app.services.idempotency import Once
from app.services.promises.book import book
from app.services.promises.promised import promised
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load
from app.services.tickets.record import Entry
from app.services.urgings.audience import audience

_BEFORE = (
    "SELECT max(at) AS last, coalesce(bool_or(raised), FALSE) AS raised FROM urgings WHERE ticket_id = $1"
)
_INSERT = """
INSERT INTO urgings (ticket_id, customer_id, at, reason, promised_at, promise, n, raised, owner_id, due_at)
VALUES ($1, $2::uuid, $3, $4, $5, $6, $7, $8, $9::uuid, $10)
"""
SETTLED = ENDS | {State.COMPLETED, State.CONFIRMED}


class NothingToUrge(Conflict):
    code, msg = "nothing_to_urge", "这张工单已经处理完毕，如有问题请申请返修或联系客服。"


@dataclass(frozen=True)
class _Duty:
    """``raised``: by this urging; ``words`` tell the customer who knows of it now."""

    raised: bool
    due: datetime
    words: str
    notices: list[Notice]


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
    before = await connection.fetchrow(_BEFORE, s.id)
    _cool_down(before["last"], now, cooldown)
    after = promised(s._replace(urged=s.urged + 1, priority=lifted(s, s.urged + 1)), now, before=s)
    reason, duty = why_it_waits(s, now), await _duty(connection, s, after, raised=before["raised"], now=now)
    values = (
        now,
        reason,
        after.promised_at,
        after.promise,
        after.urged,
        duty.raised,
        s.engineer_id,
        duty.due,
    )
    await connection.execute(_INSERT, s.id, actor.id, *values)
    text = f"客户催单：{body.message}" if body.message else "客户催单"
    data = {"count": after.urged, "answer_due": duty.due}
    entry = Entry("urged", f"{text}。{reason}{after.promise}。{duty.words}", data)
    await add_fact(connection, after, entry, actor=actor, now=now, notices=duty.notices)
    answer = UrgingOut(
        reason=reason,
        promised_at=after.promised_at,
        promise=after.promise,
        next_allowed_at=now + cooldown,
        count=after.urged,
        told=duty.words,
        answer_due_at=duty.due,
    )
    await once.keep(connection, answer.model_dump())
    return answer


def _cool_down(last: datetime | None, now: datetime, cooldown: timedelta) -> None:
    if last is not None and now < last + cooldown:
        wait = int((last + cooldown - now).total_seconds()) + 1
        minutes = -(-wait // 60)
        raise TooManyRequests(f"已收到您的催促，正在加急处理，{minutes} 分钟后可再次催单。", retry_after=wait)


async def _duty(
    connection: asyncpg.Connection, s: Situation, after: Situation, *, raised: bool, now: datetime
) -> _Duty:
    raises = after.priority is not s.priority
    told, people = await audience(connection, after, told_of(after, after.urged))
    due = answer_due(book().grounds(after), now, loud=raised or raises)
    hint = f"客户第{after.urged}次催单，请尽快答复"
    notices = [
        staff_notice(after, each, matter=after.service, level="催单", hint=hint, at=now) for each in people
    ]
    return _Duty(raises, due, told_words(told, due, now), notices)
