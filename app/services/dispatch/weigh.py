"""Who could take a job and at what cost, term by term, and who cannot and what he lacks: before anybody decides."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.dispatch.insertion import rank
from app.domain.lifecycle import Event, State, step
from app.domain.situation import Situation
from app.schemas.dispatch import CandidateOut
from app.services.dispatch.candidates import candidates, demand
from app.services.dispatch.excluded import excluded
from app.services.dispatch.lately import fairly
from app.services.tickets.load import load

_SHOWN = 8
# Only a person may give him more: he comes last.
_FULL = "手上待接单或待预约的工单已满"


@dataclass(frozen=True)
class Choice:
    """``start`` to ``end`` is when the work would be done; ``reasons`` are the terms of its cost in minutes."""

    engineer_id: str
    name: str
    cost_minutes: float
    start: datetime
    end: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Weighed:
    """``may_assign``: the caller may give it to one of the ``choices`` now."""

    ticket: Situation
    choices: tuple[Choice, ...]
    others: tuple[CandidateOut, ...]
    may_assign: bool


async def weigh(connection: asyncpg.Connection, number: str, *, actor: Actor, now: datetime) -> Weighed:
    """Of a job that somebody has, who else could have it. Errors: not_found."""
    s = await load(connection, number, actor)
    # A window that the customer was promised stays his wish, whoever comes.
    wanted = await demand(connection, s._replace(preferred=(s.window,)) if s.window else s, now)
    if wanted is None:
        return Weighed(s, (), (), may_assign=False)
    theirs = actor.contractor_id
    found = await candidates(connection, wanted, of_contractor=theirs, free_of_limits=True)
    people = await fairly(connection, [each for each in found if each.engineer_id != s.engineer_id], now)
    names = {each.engineer_id: each.name for each in people}
    free = {each.engineer_id for each in await candidates(connection, wanted, of_contractor=theirs)}
    ranking = rank(wanted.job, people, k=4 * _SHOWN)
    ranked = [each for each in (ranking.winner, *ranking.runners_up) if each is not None]
    choices: dict[str, Choice] = {}
    for each in sorted(ranked, key=lambda found: found.engineer_id not in free):
        if each.engineer_id not in choices and len(choices) < _SHOWN:
            full = () if each.engineer_id in free else (_FULL,)
            choices[each.engineer_id] = Choice(
                each.engineer_id,
                names[each.engineer_id],
                round(each.total, 1),
                each.planned.start_at,
                each.planned.end_at,
                (*full, *each.terms.explain()),
            )
    unable = [
        CandidateOut(
            engineer_id=each.engineer_id,
            name=names[each.engineer_id],
            cost_minutes=None,
            reasons=list(each.reasons),
        )
        for each in ranking.refused
        if each.engineer_id not in choices
    ]
    lacking = await excluded(connection, wanted, of_contractor=theirs)
    others = {each.engineer_id: each for each in (*unable, *lacking) if each.engineer_id not in choices}
    return Weighed(s, tuple(choices.values()), tuple(others.values())[:_SHOWN], _may_assign(s, actor))


def _may_assign(s: Situation, actor: Actor) -> bool:
    offer = step(State.DISPATCHING, Event.OFFER)
    if offer is None or actor.role not in offer.roles:
        return False
    passed_on = step(s.state, Event.REASSIGN)
    return s.state is State.DISPATCHING or (passed_on is not None and actor.role in passed_on.roles)
