"""How many engineers come: settled by the desk or by the engineer whose job it is, until he sets out."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Event, Role, State
from app.domain.notices import Notice, progress
from app.domain.situation import Situation
from app.errors import Conflict, Forbidden, InvalidInput
from app.schemas.visits import CrewIn
from app.services.tickets.change import Change
from app.services.tickets.fact import add_fact
from app.services.tickets.load import load
from app.services.tickets.record import Entry
from app.services.visits.companion import join, lock_both, part, told

_CREW = "UPDATE tickets SET crew = $2 WHERE id = $1"
_BEFORE_DEPARTURE = frozenset(
    {State.SUBMITTED, State.PENDING_INFO, State.DISPATCHING, State.OFFERED, State.ACCEPTED, State.SCHEDULED}
)
_DESK = frozenset({Role.AGENT, Role.MANAGER, Role.ADMIN})


class CrewSettled(Conflict):
    code, msg = "crew_settled", "只能在工程师出发前调整上门人数。"


async def set_crew(
    connection: asyncpg.Connection, number: str, body: CrewIn, *, actor: Actor, now: datetime
) -> Situation:
    """A fact beside the state. Of a visit that is booked, the second engineer is found now or not at all.

    Errors: crew_settled, slot_taken when nobody can come along, forbidden.
    """
    before = await load(connection, number, actor, lock=True)
    if actor.role not in _DESK and before.engineer_id != actor.id:
        raise Forbidden
    if not before.on_site or before.state not in _BEFORE_DEPARTURE:
        raise CrewSettled
    if body.engineer_id is not None and (body.people == 1 or before.state is not State.SCHEDULED):
        raise InvalidInput.at("body.engineer_id", "约好上门时间后才能指定同行工程师。", "not_booked")
    if body.people == before.crew and body.engineer_id is None:
        return before
    change = Change(connection, before, Event.BOOK, actor, now)
    await connection.execute(_CREW, before.id, body.people)
    after, notices = await _settled(change, before._replace(crew=body.people), body)
    entry = Entry("crew", _text(after), {"people": body.people, "engineer_id": _id(after)})
    return await add_fact(connection, after, entry, actor=actor, now=now, notices=notices)


async def _settled(change: Change, s: Situation, body: CrewIn) -> tuple[Situation, list[Notice]]:
    visit = s.visit
    if visit is None or s.state is not State.SCHEDULED:
        return s, []
    if body.people == 1:
        await lock_both(change, visit.window)
        gone = await part(change, visit)
        return s._replace(companion=None), [told(s, gone, change, comes=False)] if gone else []
    companion, gone = await join(change, visit, only=body.engineer_id)
    s = s._replace(companion=companion)
    notices = [progress(s, hint="届时两位工程师一同上门"), told(s, companion.id, change, comes=True)]
    return s, notices + ([told(s, gone, change, comes=False)] if gone else [])


def _text(s: Situation) -> str:
    if s.crew == 1:
        return "改为一位工程师上门"
    return f"由{s.companion.name}一同上门" if s.companion else "这次需要两位工程师上门"


def _id(s: Situation) -> str | None:
    return s.companion.id if s.companion else None
