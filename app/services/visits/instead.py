"""Three other windows for whoever comes too late."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.services.dispatch.slots import slots_for
from app.services.tickets.change import Change
from app.services.visits.hold import SlotTaken


@asynccontextmanager
async def offers_if_taken(change: Change) -> AsyncIterator[None]:
    """Looked for after the day has been let go, which the savepoint does: others who lost wait for it."""
    try:
        async with change.connection.transaction():
            yield
    except SlotTaken as taken:
        slots = await slots_for(change.connection, change.before, now=change.now, named=True)
        taken.extra["slots"] = [slot.model_dump() for slot in slots]
        raise
