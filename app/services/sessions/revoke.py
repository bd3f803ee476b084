import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Session, SignInGuard

# Long enough to answer "who was signed in then?", short enough not to keep what nobody asks for.
KEPT = timedelta(days=30)


async def revoke(session: AsyncSession, session_id: str, *, now: datetime) -> None:
    """Ends a session at once. Ending it twice keeps the first moment."""
    await session.execute(
        update(Session)
        .where(Session.id == uuid.UUID(session_id), Session.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """For the daily sweep: sessions long over, and counters that count nothing any more."""
    await session.execute(delete(Session).where(Session.expires_at < now - KEPT))
    await session.execute(delete(SignInGuard).where(SignInGuard.since < now - timedelta(days=1)))
