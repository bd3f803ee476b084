"""Where a ticket stands for an engineer whose act came too late: whose it is, and what happened last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import State
from app.domain.wording import moment_words
from app.domain.zone import ZONE
from app.errors import NotFound
from app.services.tickets.load import load
from app.services.tickets.present import label
from app.services.tickets.timeline import timeline
from app.services.tickets.visible import in_hands_of
from app.services.visits.gone import gone_since

# A phone may have been off for some days.
_REMEMBERED = timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """``words`` say it on the page; ``version`` is None for a ticket that is not his any more."""

    yours: bool
    version: int | None
    state: State | None
    words: str


async def standing_of(connection: asyncpg.Connection, number: str, actor: Actor, now: datetime) -> Standing:
    try:
        s = await load(connection, number, actor)
    except NotFound:
        return await _taken_away(connection, number, actor, now)
    if not in_hands_of(s, actor):
        return await _taken_away(connection, number, actor, now)
    last = (await timeline(connection, number, actor))[-1]
    happened = f"{last['at'].astimezone(ZONE):%H:%M} {last['label']}"
    state = label(s.state, staff=True, with_us=s.quote_with_us)
    return Standing(True, s.version, s.state, f"现在的状态是“{state}”，最近一次变动：{happened}。")


async def was_his(connection: asyncpg.Connection, number: str, actor: Actor, now: datetime) -> str:
    """Why a ticket that he does not see any more is not his; empty for one that was not his lately."""
    gone = await gone_since(connection, actor.id, now - _REMEMBERED, number=number)
    return f"{moment_words(gone[0].at, now)} {gone[0].why}" if gone else ""


async def _taken_away(connection: asyncpg.Connection, number: str, actor: Actor, now: datetime) -> Standing:
    """Of a ticket that he does not see any more he hears why it is not his, and nothing else."""
    why = await was_his(connection, number, actor, now) or "可能已改派、取消或合并"
    words = f"这张工单已经不在您名下（{why}）。不用再去，有疑问请联系调度。"
    return Standing(False, None, None, words)
