"""Signing in with a username and a password."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.errors import Unauthenticated
from app.models import Staff
from app.services.audit.note import Action, note, note_stranger
from app.services.sessions.guard import count_attempt, take_back
from app.services.sessions.issue import Issued, issue

# OWASP's argon2id profile with little memory: at 19 MiB each, a burst cannot exhaust the machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Verified for names that do not exist, so that they take as long as those that do.
_NOBODY = _HASHER.hash("nobody's password")


class WrongCredentials(Unauthenticated):
    code, title, msg = "wrong_credentials", "Wrong credentials", "用户名或密码不正确"


@dataclass(frozen=True)
class SignedIn:
    issued: Issued
    staff: Staff


async def sign_in(
    sessions: async_sessionmaker[AsyncSession],
    *,
    username: str,
    password: str,
    network: str,
    now: datetime,
    lifetime: timedelta,
    key: bytes,
) -> SignedIn:
    """Takes the factory, not a session: the count of failures must be kept although the answer is an error,
    and no transaction may stay open while a password is being hashed."""
    async with sessions.begin() as session:
        attempt = await count_attempt(session, username=username, network=network, now=now)
        staff = await session.scalar(select(Staff).where(Staff.username == username, Staff.active))
    right = await asyncio.to_thread(verify, staff.password_hash if staff else _NOBODY, password)
    if staff is None or not right:
        async with sessions.begin() as session:
            known = staff.username if staff else ""
            await note_stranger(await driver(session), Action.SIGN_IN_FAILED, known, network=network, now=now)
        raise WrongCredentials
    async with sessions.begin() as session:
        await take_back(session, attempt)
        issued = await issue(session, staff, now=now, lifetime=lifetime, key=key)
        who = Actor(Role(staff.role), str(staff.id))
        await note(await driver(session), who, Action.SIGN_IN, staff.username, network=network, now=now)
        return SignedIn(issued, staff)


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
