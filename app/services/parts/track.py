"""Follow a part that was ordered: where it is, when it comes. The customer hears of every change that concerns him."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg

from app.domain.actor import SYSTEM, Actor
from app.domain.lifecycle import Event, State
from app.domain.notices import clock_text, progress
from app.domain.parts import AWAITED, OrderState
from app.domain.situation import Situation
from app.errors import Conflict, InvalidInput, NotFound
from app.schemas.parts import OrderOut, OrderPatch
from app.schemas.transitions import Step
from app.services.parts.need_parts import LONGEST
from app.services.parts.orders import Order, orders_of
from app.services.promises.promised import promised
from app.services.tickets.change import Change
from app.services.tickets.load import load_by_id
from app.services.tickets.record import Entry, record
from app.services.tickets.transition import carry_out

_FIND = "SELECT ticket_id FROM part_orders WHERE id = $1"
_UPDATE = """
UPDATE part_orders SET state = $2, carrier = $3, tracking_number = $4, due_at = $5,
       arrived_at = CASE WHEN $2 = 'arrived' THEN coalesce(arrived_at, $6) END
 WHERE id = $1
"""


class OrderOver(Conflict):
    code, msg = "order_over", "这张配件订单已到货或已取消，不能再修改。"


async def update_order(
    connection: asyncpg.Connection, order_id: int, body: OrderPatch, *, actor: Actor, now: datetime
) -> OrderOut:
    """When the last part has arrived, the ticket goes on. Errors: not_found, order_over, invalid_input."""
    ticket_id = await connection.fetchval(_FIND, order_id)
    if ticket_id is None:
        raise NotFound("没有找到这张配件订单。")
    s = await load_by_id(connection, ticket_id, lock=True)
    before = {order.id: order for order in await orders_of(connection, ticket_id)}
    after = _patched(before[order_id], body, now)
    if after != before[order_id]:
        await connection.execute(
            _UPDATE, order_id, after.state.value, after.carrier, after.tracking_number, after.due_at, now
        )
        all_after = list((before | {order_id: after}).values())
        if s.state is State.WAITING_PARTS:
            await _tell(connection, s, all_after, _said(before[order_id], after, body.reason), actor, now)
    return OrderOut.model_validate(after, from_attributes=True)


def _patched(order: Order, body: OrderPatch, now: datetime) -> Order:
    if order.state not in AWAITED:
        raise OrderOver
    changes: dict[str, Any] = body.model_dump(exclude_unset=True, exclude_none=True, exclude={"reason"})
    due: datetime | None = changes.get("due_at")
    if due is not None and due != order.due_at:
        if not now < due <= now + LONGEST:
            raise InvalidInput.at("body.due_at", "预计到货时间要在今后 90 天之内。", "out_of_range")
        if not body.reason:
            raise InvalidInput.at("body.reason", "改到货时间请说明原因，会告诉客户。", "missing")
    if body.tracking_number and order.state is OrderState.ORDERED and body.state is None:
        changes["state"] = OrderState.SHIPPED
    if changes.get("state") is OrderState.ARRIVED:
        changes["arrived_at"] = now
    return replace(order, **changes)


def _said(before: Order, after: Order, reason: str) -> str:
    """In the words of the timeline, for the customer."""
    if after.state is OrderState.ARRIVED:
        return f"{after.name}已到货"
    if after.state is OrderState.CANCELLED:
        return f"{after.name}已取消订购"
    parts = []
    if after.tracking_number and after.tracking_number != before.tracking_number:
        parts.append(f"{after.name}已发出，{after.carrier}{after.tracking_number}".strip())
    elif after.state is not before.state:
        parts.append(f"{after.name}{after.label}")
    if after.due_at != before.due_at:
        parts.append(f"{after.name}改为{clock_text(after.due_at)}前到货：{reason}")
    return "；".join(parts) or f"{after.name}{after.label}"


async def _tell(
    connection: asyncpg.Connection,
    s: Situation,
    orders: Sequence[Order],
    text: str,
    actor: Actor,
    now: datetime,
) -> None:
    awaited = [order.due_at for order in orders if order.state in AWAITED]
    if not awaited:
        # Nothing is awaited any more: the job goes on, and that is what the customer hears.
        change = Change(connection, s, Event.PARTS_READY, SYSTEM, now)
        await carry_out(change, Step(version=s.version))
        return
    # Whoever watches the old date watches the new one from now on: the time-outs begin anew.
    after = promised(s._replace(parts_due=max(awaited), seq=s.seq + 1), now, follow=True)
    notices = [progress(after, hint=text)]
    await record(connection, s, after, Entry("parts_updated", text), actor=actor, now=now, notices=notices)
