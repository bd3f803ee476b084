"""Which windows to offer a customer: those that cost the field least, each with its reason."""

from datetime import datetime
from itertools import islice

import asyncpg

from app.domain.actor import Actor
from app.domain.dispatch.place import Rules
from app.domain.dispatch.plan import PROMISED
from app.domain.dispatch.slots import SlotOffer, recommend
from app.domain.dispatch.together import Together
from app.domain.lifecycle import OPEN
from app.domain.situation import Situation
from app.errors import Conflict
from app.schemas.dispatch import SlotOut, SlotsOut
from app.schemas.tickets import CallOutOut
from app.services.dispatch.candidates import by_day, candidates, demand
from app.services.quotes.call_out import call_out_of
from app.services.tickets.load import load
from app.services.tickets.present import call_out


class NoVisitNeeded(Conflict):
    code, msg = "no_visit_needed", "这张工单不需要预约上门。"


async def recommend_slots(
    connection: asyncpg.Connection, number: str, *, actor: Actor, now: datetime, k: int = 3
) -> SlotsOut:
    """Before an engineer is found the windows are those of everybody who may come; then they are his."""
    s = await load(connection, number, actor)
    if not s.on_site or s.state not in OPEN:
        raise NoVisitNeeded
    named = actor.is_staff or s.engineer_id is not None
    told = await call_out_of(connection, s, now)
    return SlotsOut(
        items=await slots_for(connection, s, now=now, k=k, named=named, of_contractor=actor.contractor_id),
        call_out=CallOutOut.model_validate(call_out(told, covered=s.covered)),
    )


async def slots_for(
    connection: asyncpg.Connection,
    s: Situation,
    *,
    now: datetime,
    k: int = 3,
    named: bool,
    of_contractor: str | None = None,
) -> list[SlotOut]:
    wanted = await demand(connection, s, now)
    if wanted is None:
        return []
    people = await candidates(
        connection,
        wanted,
        only=[s.engineer_id] if s.engineer_id else None,
        of_contractor=of_contractor,
        free_of_limits=s.engineer_id is not None,
    )
    days = by_day(people, wanted.days)
    rules = Rules(limits=PROMISED)
    # Many a window has one engineer to spare and not two.
    sought = k if s.crew == 1 else k * 4
    found = recommend(wanted.job, days, sought, now=int(now.timestamp()), rules=rules)
    if s.crew > 1:
        others = await candidates(connection, wanted, free_of_limits=True)
        together = Together(wanted.job, people, others, rules)
        found = tuple(islice((slot for slot in found if together.possible(slot.window)), k))
    names = {candidate.engineer_id: candidate.name for candidate in people}
    return [_slot(slot, names if named else {}) for slot in found]


def _slot(slot: SlotOffer, names: dict[str, str]) -> SlotOut:
    return SlotOut(
        start=slot.window.start_at,
        end=slot.window.end_at,
        added_minutes=round(slot.insertion.terms.added_travel, 1),
        reason=slot.reason,
        engineer=names.get(slot.insertion.engineer_id),
    )
