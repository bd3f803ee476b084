"""What coming will cost, for somebody who has not reported anything yet."""

from datetime import datetime

import asyncpg

from app.domain.call_out import told_before
from app.domain.situation import ServiceType, Warranty
from app.domain.triage import Category, on_site
from app.schemas.tickets import CallOutOut
from app.services.prices.current import call_out_prices
from app.services.tickets.present import call_out


async def tell_call_out(
    connection: asyncpg.Connection, service: ServiceType, *, category: str, city: str, now: datetime
) -> CallOutOut | None:
    """None for what needs no visit. Whether the appliance is in warranty is decided later, and can only lower it."""
    kind = category if category in set(Category) else Category.OTHER
    if not on_site(service.value, kind):
        return None
    prices = await call_out_prices(connection, category=category, city=city, now=now)
    told = told_before(service, Warranty.UNKNOWN, *prices)
    return CallOutOut.model_validate(call_out(told, covered=False))
