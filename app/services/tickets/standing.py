"""Where a ticket stands for an engineer whose act came too late: whose it is, and what happened last."""

from dataclasses import dataclass

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import State
from app.domain.zone import ZONE
from app.errors import NotFound
from app.services.tickets.load import load
from app.services.tickets.present import label
from app.services.tickets.timeline import timeline
from app.services.tickets.visible import in_hands_of


@dataclass(frozen=True)
class Standing:
    """``words`` say it on the page; ``version`` is None for a ticket that is not his any more."""

    yours: bool
    version: int | None
    state: State | None
    words: str


async def standing_of(connection: asyncpg.Connection, number: str, actor: Actor) -> Standing:
    try:
        s = await load(connection, number, actor)
    except NotFound:
        return Standing(
            False, None, None, "这张工单已经不在您名下：可能已改派、取消。不用再去，有疑问请联系调度。"
        )
    last = (await timeline(connection, number, actor))[-1]
    happened = f"{last['at'].astimezone(ZONE):%H:%M} {last['label']}"
    if not in_hands_of(s, actor):
        return Standing(
            False, None, None, f"这张工单已改派给别人（{happened}）。不用再去，有疑问请联系调度。"
        )
    state = label(s.state, staff=True, with_us=s.quote_with_us)
    return Standing(True, s.version, s.state, f"现在的状态是“{state}”，最近一次变动：{happened}。")
