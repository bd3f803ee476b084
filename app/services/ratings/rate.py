"""Rate a finished job. Rating it before confirming it confirms it as well."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Event, State
from app.domain.situation import Review, Situation
from app.errors import Conflict
from app.schemas.tickets import RatingIn
from app.schemas.transitions import Confirm, RateOrExpire
from app.services.tickets.change import Change
from app.services.tickets.load import load
from app.services.tickets.transition import carry_out

RATEABLE = frozenset({State.COMPLETED, State.CONFIRMED})


class AlreadyRated(Conflict):
    code, msg = "already_rated", "您已经评价过这次服务了，感谢您的反馈。"


class NotRateable(Conflict):
    code, msg = "not_rateable", "服务完成后 7 天内可以评价。"


async def rate_ticket(
    connection: asyncpg.Connection, number: str, scores: RatingIn, *, actor: Actor, now: datetime
) -> Review:
    """One rating per finished ticket, by its owner. Errors: already_rated, not_rateable."""
    s = await load(connection, number, actor, lock=True)
    if s.rating is not None:
        raise AlreadyRated
    if s.state not in RATEABLE:
        raise NotRateable
    if s.state is State.COMPLETED:
        s = await _confirm(connection, s, actor, now)
    body = RateOrExpire(event=Event.RATE_OR_EXPIRE, version=s.version, **scores.model_dump())
    s = await carry_out(Change(connection, s, Event.RATE_OR_EXPIRE, actor, now), body)
    if s.rating is None:
        raise NotRateable
    return s.rating


async def _confirm(connection: asyncpg.Connection, s: Situation, actor: Actor, now: datetime) -> Situation:
    body = Confirm(event=Event.CONFIRM, version=s.version)
    return await carry_out(Change(connection, s, Event.CONFIRM, actor, now), body)
