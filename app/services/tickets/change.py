"""What a capability gets to carry out an event, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Event
from app.domain.notices import Notice
from app.domain.situation import Situation


@dataclass(frozen=True)
class Change:
    """One event on its way into the database, after table, role, owner and guards have let it pass.

    The ticket's row is locked, ``connection`` is inside the transaction. ``now`` is when it was done, and ``late``
    how much later we heard of it.
    """

    connection: asyncpg.Connection
    before: Situation
    event: Event
    actor: Actor
    now: datetime
    late: timedelta = timedelta(0)


class Counted(Exception):
    """A refusal that is a fact of its own: what its effect wrote before it is kept, as that somebody guessed wrong."""


@dataclass(frozen=True)
class Outcome:
    """The situation as the capability left it (state, version, promise and clocks are not its business).

    ``text`` replaces the standing sentence of the event in the timeline; ``data`` is kept with the event.
    """

    after: Situation
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    # Tells the customer more than the standing sentence of the event does; short, for a card.
    hint: str = ""
