"""What may be done to a ticket next, as its pages for staff show it, and doing it by a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg
from fastapi import Request

from app.domain.actor import Actor
from app.domain.guards import allowed_events
from app.domain.lifecycle import Event
from app.domain.situation import Situation
from app.errors import Conflict, InvalidInput, Problem
from app.routers.event_forms import Field, FormInvalid, body_of, fields
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


@dataclass(frozen=True)
class Refused:
    """A form that did not go through: what was typed is still there, and what to do stands beside it."""

    event: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def lost(self, steps: Sequence[Step]) -> list[str]:
        """What was typed into a form that is not there any more, since somebody else was faster."""
        if self.event in {step.event for step in steps}:
            return []
        return [value for name, value in self.typed.items() if name != "version" and value]


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


async def typed_in(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


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
) -> Refused | None:
    """None when it is done. The connection is outside a transaction."""
    try:
        await transition(connection, number, body_of(event, version, typed, photos), actor=actor, now=now)
    except FormInvalid as invalid:
        return Refused(event, typed, invalid.errors)
    except (Conflict, InvalidInput) as problem:
        return Refused(event, typed, {"event": why(problem)})
    return None


def why(problem: Problem) -> str:
    return "；".join(each.msg for each in problem.errors) or problem.msg


async def windows_of(
    connection: asyncpg.Connection, s: Situation, steps: Sequence[Step], now: datetime
) -> list[SlotOut]:
    """To choose from; looked for only when one may be booked."""
    if not any(step.event in _WITH_WINDOW for step in steps):
        return []
    return await slots_for(connection, s, now=now, k=_WINDOWS, named=True)
