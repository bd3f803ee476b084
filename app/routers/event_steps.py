"""What may be done to a ticket next, as its pages for staff show it, and doing it by a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.guards import allowed_events
from app.domain.lifecycle import Event
from app.domain.situation import Situation
from app.routers.event_forms import Field, FormInvalid, body_of, fields
from app.routers.refused import MENDABLE, NOTHING, Refused, refusal
from app.schemas.dispatch import SlotOut
from app.services.dispatch.slots import slots_for
from app.services.tickets.transition import transition

_WITH_WINDOW = frozenset({Event.BOOK, Event.REBOOK})
_WINDOWS = 6


@dataclass(frozen=True)
class Step:
    """What may be done next; ``fields`` is None for what has no form here."""

    event: Event
    label: str
    next_steps: tuple[str, ...]
    fields: tuple[Field, ...] | None


def lost(refused: Refused, steps: Sequence[Step]) -> list[str]:
    """What was typed into the form of an event that is not there any more, since somebody else was faster."""
    if refused.form not in set(Event) or refused.form in {step.event for step in steps}:
        return []
    return [value for name, value in refused.typed.items() if name != "version" and value]


def steps_of(s: Situation, actor: Actor, now: datetime, *, with_photos: bool = False) -> list[Step]:
    return [
        Step(
            each.event,
            each.label,
            tuple(b.next_step for b in each.blockers),
            fields(each.event, with_photos=with_photos),
        )
        for each in allowed_events(s, actor, now)
    ]


async def cause(
    connection: asyncpg.Connection,
    number: str,
    event: Event,
    version: int,
    typed: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
    photos: Sequence[str] | None = None,
) -> Refused:
    """Empty when it is done. The connection is outside a transaction."""
    try:
        await transition(connection, number, body_of(event, version, typed, photos), actor=actor, now=now)
    except FormInvalid as invalid:
        return Refused(event, typed, invalid.errors)
    except MENDABLE as problem:
        return refusal(event, typed, problem, ())
    return NOTHING


async def windows_of(
    connection: asyncpg.Connection, s: Situation, steps: Sequence[Step], now: datetime
) -> list[SlotOut]:
    """To choose from; looked for only when one may be booked."""
    if not any(step.event in _WITH_WINDOW for step in steps):
        return []
    return await slots_for(connection, s, now=now, k=_WINDOWS, named=True)
