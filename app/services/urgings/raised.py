"""What is urgent because somebody urged, and for no other reason: it comes after what is in danger."""

import asyncpg

from app.domain.situation import Priority, Situation

# Of a ticket t.
RAISED = "EXISTS (SELECT FROM urgings u WHERE u.ticket_id = t.id AND u.raised)"
_RAISED = "SELECT EXISTS (SELECT FROM urgings WHERE ticket_id = $1 AND raised)"


async def pressing(connection: asyncpg.Connection, s: Situation) -> bool:
    """Whether lateness weighs more, where its visit is planned among others."""
    if s.priority is not Priority.URGENT or not s.urged:
        return s.priority is not Priority.NORMAL
    return not await connection.fetchval(_RAISED, s.id)
