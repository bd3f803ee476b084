"""Order what is missing; the customer sees until when."""

from datetime import timedelta

from app.domain.parts import OrderState
from app.domain.situation import AwaitedPart, VisitState
from app.errors import InvalidInput
from app.schemas.transitions import NeedParts
from app.services.parts.names import named
from app.services.tickets.change import Change, Outcome
from app.services.visits.close import close_visit

# 三包: parts that are not there within 90 days are the customer's right to a replacement.
LONGEST = timedelta(days=90)

_INSERT = """
INSERT INTO part_orders (ticket_id, name, quantity, part_code, ordered_by, ordered_at, due_at)
SELECT $1, n.name, n.quantity, nullif(n.code, ''), $5::uuid, $6, $7
  FROM unnest($2::text[], $3::bigint[], $4::text[]) AS n (name, quantity, code)
"""


async def need_parts(change: Change, body: NeedParts) -> Outcome:
    """The visit ends; the next one is booked when the parts are there. What is held for the ticket stays held."""
    if not change.now < body.due_at <= change.now + LONGEST:
        raise InvalidInput.at("body.due_at", "预计到货时间要在今后 90 天之内。", "out_of_range")
    parts = await named(change.connection, body.parts)
    await change.connection.execute(
        _INSERT,
        change.before.id,
        [part.name for part in parts],
        [part.quantity for part in parts],
        [part.code for part in parts],
        change.actor.id,
        change.now,
        body.due_at,
    )
    await close_visit(change, VisitState.DONE)
    awaited = tuple(
        AwaitedPart(part.name, part.quantity, body.due_at, OrderState.ORDERED, "", "") for part in parts
    )
    after = change.before._replace(visit=None, parts_due=body.due_at, awaited=awaited)
    data = {"parts": [part.model_dump() for part in parts], "due_at": body.due_at}
    return Outcome(after, f"需订购配件：{'、'.join(part.name for part in parts)}", data)
