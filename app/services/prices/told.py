"""What coming will cost, for somebody who has not reported anything yet."""

from datetime import datetime

import asyncpg

from app.domain.call_out import in_words, told_before
from app.domain.situation import ServiceType, Warranty
from app.domain.triage import Category, on_site
from app.schemas.tickets import CallOutOut
from app.services.prices.current import call_out_price


async def tell_call_out(
    connection: asyncpg.Connection, service: ServiceType, *, category: str, city: str, now: datetime
) -> CallOutOut | None:
    """None for what needs no visit. Whether the appliance is in warranty is decided later, and can only lower it."""
    kind = category if category in set(Category) else Category.OTHER
    if not on_site(service.value, kind):
        return None
    published = await call_out_price(connection, category=category, city=city, now=now)
    told = told_before(service, Warranty.UNKNOWN, published)
    return CallOutOut.model_validate(
        {"fee_fen": told.fee_fen, "waived_when": told.waived, "text": in_words(told, covered=False)}
    )
