"""An act that a phone may send again, since it does not know whether we heard it: one effect, one answer."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime

import asyncpg

from app.services.idempotency import Once
from app.services.tickets.change import Counted


@dataclass(frozen=True)
class Done:
    """``version`` is that of the ticket afterwards; None for what leaves it as it is."""

    version: int | None = None


async def do_once(
    connection: asyncpg.Connection, once: Once, now: datetime, act: Callable[[], Awaitable[Done]]
) -> Done:
    """In one transaction. A refusal leaves nothing behind, the key neither, so that it may be sent again."""
    async with connection.transaction():
        if earlier := await once.earlier(connection, now):
            return Done(**earlier)
        try:
            done = await act()
        except Counted as refusal:
            refused = refusal
        else:
            await once.keep(connection, asdict(done))
            return done
    raise refused
