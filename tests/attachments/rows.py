from dataclasses import asdict
from itertools import count

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.situation import Diagnosis
from app.models import Attachment, Customer, Engineer, Staff, Ticket
from tests.harness.clock import MONDAY_MORNING
from tests.make.rows import add

_numbers = count(1)


async def make_ticket(session: AsyncSession, customer: Customer, **over: object) -> Ticket:
    values = {
        "number": f"T20260615-PHOTO{next(_numbers)}",
        "state": "submitted",
        "service_type": "repair",
        "category": "空调",
        "fault": "不制冷",
        "on_site": True,
        "priority": "normal",
        "customer_id": customer.id,
        "created_by": "customer",
        "contact_name": "王女士",
        "contact_phone": "13800138000",
        "preferred_windows": [],
        "diagnosis": asdict(Diagnosis()),
        "required_skill": "air_conditioner",
        "promised_at": MONDAY_MORNING,
        "promise": "预计今天 18:00 前完成",
        "created_at": MONDAY_MORNING,
        "entered_at": MONDAY_MORNING,
    }
    return await add(session, Ticket(**values | over))


async def make_attachment(
    session: AsyncSession, uploader: Customer | Staff | Engineer, **over: object
) -> Attachment:
    whose = "customer_id" if isinstance(uploader, Customer) else "staff_id"
    values = {
        whose: uploader.id,
        "purpose": "report",
        "sha256": "0" * 64,
        "media_type": "image/jpeg",
        "size": 1,
        "width": 1,
        "height": 1,
        "created_at": MONDAY_MORNING,
    }
    return await add(session, Attachment(**values | over))


def actor_of(person: Customer | Staff | Engineer) -> Actor:
    if isinstance(person, Customer):
        return Actor(Role.CUSTOMER, str(person.id))
    return Actor(Role.ENGINEER if isinstance(person, Engineer) else Role(person.role), str(person.id))
