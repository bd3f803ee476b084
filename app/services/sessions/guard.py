"""Counting wrong passwords, in rows: five for one account, or five accounts from one network, lock.

An attempt is counted before the password is looked at, and taken back when it was right. So guesses that
come at the same moment cannot slip through between looking and counting.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import TooManyRequests
from app.models import SignInGuard

FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)

# Answers no row when the subject is locked; starts anew when its window or its lock is over.
_COUNT = text(
    """
    INSERT INTO sign_in_guards AS g (subject, failures, since) VALUES (:subject, 1, :now)
    ON CONFLICT (subject) DO UPDATE SET
        failures = CASE WHEN g.since <= :window OR g.locked_until IS NOT NULL THEN 1 ELSE g.failures + 1 END,
        since = CASE WHEN g.since <= :window OR g.locked_until IS NOT NULL THEN :now ELSE g.since END,
        locked_until = CASE WHEN g.since > :window AND g.locked_until IS NULL AND g.failures + 1 >= :allowed
                            THEN CAST(:until AS timestamptz) END
    WHERE g.locked_until IS NULL OR g.locked_until <= :now
    RETURNING failures
    """
)
_TAKE_BACK = text(
    """
    UPDATE sign_in_guards SET failures = greatest(failures - 1, 0), locked_until = NULL
     WHERE subject = :subject
    """
)


@dataclass(frozen=True)
class Attempt:
    account: str
    network: str
    first_of_account: bool


async def count_attempt(session: AsyncSession, *, username: str, network: str, now: datetime) -> Attempt:
    """Raises TooManyRequests, for names that exist and names that do not alike."""
    # A digest: people type passwords into the wrong field.
    account = "account:" + hashlib.sha256(username.lower().encode()).hexdigest()
    origin = f"network:{network}"
    await _refuse_locked(session, account, origin, now=now)
    failures = await _count(session, account, now=now)
    # One account that is tried again and again locks itself; a network is locked for trying many.
    if failures == 1:
        await _count(session, origin, now=now)
    return Attempt(account, origin, first_of_account=failures == 1)


async def take_back(session: AsyncSession, attempt: Attempt) -> None:
    """The password was right."""
    await session.execute(delete(SignInGuard).where(SignInGuard.subject == attempt.account))
    if attempt.first_of_account:
        await session.execute(_TAKE_BACK, {"subject": attempt.network})


async def uncount(session: AsyncSession, attempt: Attempt) -> None:
    """The password was right and a code is still to come: this attempt is none, those before it stay counted. Else
    whoever knows the password could guess codes for ever, by typing it between them."""
    await session.execute(_TAKE_BACK, {"subject": attempt.account})
    if attempt.first_of_account:
        await session.execute(_TAKE_BACK, {"subject": attempt.network})


async def _refuse_locked(session: AsyncSession, *subjects: str, now: datetime) -> None:
    until = await session.scalar(
        select(SignInGuard.locked_until)
        .where(SignInGuard.subject.in_(subjects), SignInGuard.locked_until > now)
        .order_by(SignInGuard.locked_until.desc())
        .limit(1)
    )
    if until is not None:
        raise locked(until - now)


async def _count(session: AsyncSession, subject: str, *, now: datetime) -> int:
    values = {
        "subject": subject,
        "now": now,
        "window": now - LOCKED_FOR,
        "until": now + LOCKED_FOR,
        "allowed": FAILURES,
    }
    failures: int | None = await session.scalar(_COUNT, values)
    if failures is None:
        raise locked(LOCKED_FOR)
    return failures


def locked(remaining: timedelta) -> TooManyRequests:
    minutes = int(remaining.total_seconds() // 60) + 1
    return TooManyRequests(
        f"登录失败次数过多，请 {minutes} 分钟后再试。", retry_after=int(remaining.total_seconds()) + 1
    )
