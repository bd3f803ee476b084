"""Households, with their members."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer, Household, HouseholdMember
from tests.make.rows import add


async def make_household(session: AsyncSession, *people: Customer, name: str = "我家") -> Household:
    """Of the first of them."""
    household = await add(session, Household(name=name, owner_id=people[0].id))
    for person in people:
        await add(
            session,
            HouseholdMember(household_id=household.id, customer_id=person.id, joined_at=datetime.now(UTC)),
        )
    return household
