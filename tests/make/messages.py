import uuid
from datetime import UTC, datetime
from itertools import count

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer, Push, Ticket, TicketEvent
from tests.make.rows import add

_numbers = count(1)


async def make_ticket(session: AsyncSession, customer: Customer, **over: object) -> Ticket:
    """A report that nobody has looked at; its first event is written, its messages are up to the test."""
    now = datetime.now(UTC)
    values = {
        "number": f"HX260615{next(_numbers):010d}",
        "state": "submitted",
        "service_type": "repair",
        "category": "空调",
        "fault": "不制冷",
        "on_site": True,
        "priority": "normal",
        "customer_id": customer.id,
        "created_by": str(customer.id),
        "contact_name": "王女士",
        "contact_phone": "13800138000",
        "address": None,
        "preferred_windows": [],
        "diagnosis": {},
        "required_skill": "air_conditioner",
        "promised_at": now,
        "promise": "",
        "created_at": now,
        "entered_at": now,
    }
    return await add(session, Ticket(**values | over))


async def make_event(session: AsyncSession, ticket: Ticket, seq: int) -> TicketEvent:
    event = TicketEvent(
        ticket_id=ticket.id,
        seq=seq,
        event="submit" if seq == 1 else "urged",
        from_state=None if seq == 1 else ticket.state,
        state=ticket.state,
        actor_role="system",
        actor_id="system",
        text="",
        data={},
        at=datetime.now(UTC),
    )
    return await add(session, event)


async def make_push(session: AsyncSession, ticket: Ticket, seq: int = 1, **over: object) -> Push:
    """The card that tells the customer where his ticket stands."""
    now = datetime.now(UTC)
    slots = {
        "number": ticket.number,
        "service": "空调维修",
        "state": "已提交",
        "time": "2026年6月15日 14:00",
        "hint": f"第{seq}条",
    }
    values = {
        "ticket_id": ticket.id,
        "seq": seq,
        "kind": "ticket_progress",
        "recipient": "customer",
        "recipient_id": ticket.customer_id,
        "slots": slots,
        "available_at": now,
        "client_msg_id": uuid.uuid4(),
        "created_at": now,
    }
    return await add(session, Push(**values | over))
