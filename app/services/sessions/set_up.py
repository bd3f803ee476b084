"""Whoever must have a second factor and has none sets it up between the two steps of his sign-in."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.services.second_factor.enrol import Begun, begin
from app.services.sessions.challenge import challenged
from app.services.sessions.staff import Terms


async def begin_challenged(
    sessions: async_sessionmaker[AsyncSession], challenge: str, *, now: datetime, terms: Terms
) -> Begun:
    """Errors: challenge_over, second_factor_on."""
    async with sessions.begin() as session:
        staff = await challenged(session, challenge, now=now, key=terms.key)
        return await begin(await driver(session), staff.id, ring=terms.ring, now=now)
