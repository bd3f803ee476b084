import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer, Session, Staff
from app.models.people import Audience
from app.services.sessions.tokens import Claims, encode


@dataclass(frozen=True)
class Issued:
    token: str
    expires_in: int
    session_id: uuid.UUID


async def issue(
    session: AsyncSession, person: Customer | Staff, *, now: datetime, lifetime: timedelta, key: bytes
) -> Issued:
    """Opens a session for a person whose identity has been proved."""
    audience = Audience.CUSTOMER if isinstance(person, Customer) else Audience.STAFF
    row = Session(
        id=uuid.uuid4(),
        audience=audience.value,
        customer_id=person.id if audience is Audience.CUSTOMER else None,
        staff_id=person.id if audience is Audience.STAFF else None,
        expires_at=now + lifetime,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    token = encode(Claims(audience, person.id, row.id, row.expires_at), key=key, now=now)
    return Issued(token, int(lifetime.total_seconds()), row.id)
