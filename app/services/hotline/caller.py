"""Who is calling: by the number on the display, masked in the answer, and written down each time."""

from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import SETTLED, VIEWS, State
from app.schemas.hotline import CallerOut, CallersAsset, CallersOut, CallersTicket
from app.services.customers.find import card_of
from app.services.customers.merge import AUDIT
from app.services.tickets.visible import of_points

_SETTLED = ", ".join(f"'{state}'" for state in sorted(SETTLED))
# Who was merged is shown as whom he is now. Whoever proved the number comes first.
_WHO = """
SELECT id FROM customers
 WHERE id IN (SELECT coalesce(k.merged_into, k.id) FROM customers k WHERE k.phone = $1)
 ORDER BY phone_verified_at IS NULL, created_at LIMIT 10
"""
_TICKETS = f"""
SELECT t.number, t.state, t.category, t.fault, t.promise, t.created_at FROM tickets t
 WHERE t.customer_id = $1 AND {of_points("$2")}"""
_OPEN = f"{_TICKETS} AND t.state NOT IN ({_SETTLED}) ORDER BY t.id DESC LIMIT 20"
_PAST = f"{_TICKETS} AND t.state IN ({_SETTLED}) ORDER BY t.id DESC LIMIT 10"
_ASSETS = """
SELECT id::text, category, brand, model, serial_number FROM assets
 WHERE customer_id = $1 AND removed_at IS NULL
 ORDER BY created_at DESC, id LIMIT 20
"""


async def look_up_caller(
    connection: asyncpg.Connection, phone: str, *, actor: Actor, now: datetime
) -> CallersOut:
    trail = f"phone=…{phone[-2:]}"
    await connection.execute(AUDIT, now, actor.role.value, actor.id, "look_up_caller", trail, "")
    rows = await connection.fetch(_WHO, phone)
    found = [await _caller(connection, row, actor) for row in rows]
    return CallersOut(items=[each for each in found if each is not None])


async def _caller(connection: asyncpg.Connection, row: asyncpg.Record, actor: Actor) -> CallerOut | None:
    customer = await card_of(connection, row["id"])
    if customer is None:
        return None
    of = row["id"], actor.points
    return CallerOut(
        customer=customer,
        open_tickets=[_ticket(each) for each in await connection.fetch(_OPEN, *of)],
        history=[_ticket(each) for each in await connection.fetch(_PAST, *of)],
        assets=[CallersAsset(**each) for each in await connection.fetch(_ASSETS, row["id"])],
    )


def _ticket(row: asyncpg.Record) -> CallersTicket:
    return CallersTicket(**row, label=VIEWS[State(row["state"])].name)
