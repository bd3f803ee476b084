"""What a ticket has on order."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from app.domain.parts import ORDER_LABELS, OrderState

_ORDERS = """
SELECT id, part_code, name, quantity, due_at, state, carrier, tracking_number, arrived_at FROM part_orders
 WHERE ticket_id = $1 ORDER BY id
"""


@dataclass(frozen=True)
class Order:
    id: int
    part_code: str | None
    name: str
    quantity: int
    due_at: datetime
    state: OrderState
    carrier: str
    tracking_number: str
    arrived_at: datetime | None

    @property
    def label(self) -> str:
        return ORDER_LABELS[self.state]


async def orders_of(connection: asyncpg.Connection, ticket_id: int) -> list[Order]:
    return [
        Order(**{**row, "state": OrderState(row["state"])})
        for row in await connection.fetch(_ORDERS, ticket_id)
    ]
