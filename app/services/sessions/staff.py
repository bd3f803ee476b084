"""Signing in with a username and a password."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import asyncpg
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.errors import Problem, Unauthenticated
from app.models import Staff
from app.services.audit.note import Action, note, note_stranger
from app.services.credentials.keyring import KeyRing
from app.services.second_factor.check import Means, check
from app.services.second_factor.enrol import prove
from app.services.second_factor.standing import Standing, standing_of
from app.services.sessions.challenge import challenged, new_challenge
from app.services.sessions.guard import Attempt, count_attempt, take_back, uncount
from app.services.sessions.issue import Issued, issue

# OWASP's argon2id profile with little memory: at 19 MiB each, a burst cannot exhaust the machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class WrongCredentials(Unauthenticated):
    code, title, msg = "wrong_credentials", "Wrong credentials", "用户名或密码不正确"


class WrongSecondFactor(Unauthenticated):
    code, title = "wrong_second_factor", "Wrong code"
    msg = "动态码不对或已经用过，请等手机上显示下一个再试；也可以用恢复码。"


class SecondFactorRequired(Problem):
    """The password was right. ``challenge`` takes it to the second step; ``enrol`` says that there is none to prove
    yet, and that his role demands one."""

    code, status, title = "second_factor_required", 401, "Second factor required"
    msg = "请输入手机验证器上的动态码。"

    def __init__(self, challenge: str, *, enrol: bool) -> None:
        said = "您的岗位要求两步验证，请先用手机验证器设置。" if enrol else None
        super().__init__(said, extra={"challenge": challenge, "enrol": enrol})
        self.challenge, self.enrol = challenge, enrol


@dataclass(frozen=True)
class Terms:
    """For how long a session is, what signs its token, and what opens secrets."""

    lifetime: timedelta
    key: bytes
    ring: KeyRing


@dataclass(frozen=True)
class SignedIn:
    """``recovery_codes`` of somebody who has just set up his second factor; told this once."""

    issued: Issued
    staff: Staff
    recovery_codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Proved:
    means: str
    recovery_codes: tuple[str, ...] = ()


async def sign_in(
    sessions: async_sessionmaker[AsyncSession],
    *,
    username: str,
    password: str,
    code: str = "",
    network: str,
    now: datetime,
    terms: Terms,
) -> SignedIn:
    """Takes the factory, not a session: the count of failures must be kept although the answer is an error,
    and no transaction may stay open while a password is being hashed.

    Errors: wrong_credentials, second_factor_required, wrong_second_factor, too_many_requests."""
    async with sessions.begin() as session:
        attempt = await count_attempt(session, username=username, network=network, now=now)
        staff = await session.scalar(select(Staff).where(Staff.username == username, Staff.active))
    right = await asyncio.to_thread(_is_right, staff, password)
    if staff is None or not right:
        async with sessions.begin() as session:
            known = staff.username if staff else ""
            await note_stranger(await driver(session), Action.SIGN_IN_FAILED, known, network=network, now=now)
        raise WrongCredentials
    return await _second(sessions, staff, attempt, code=code, network=network, now=now, terms=terms)


async def second_step(
    sessions: async_sessionmaker[AsyncSession],
    challenge: str,
    code: str,
    *,
    network: str,
    now: datetime,
    terms: Terms,
) -> SignedIn:
    """``challenge`` says whose password was right a moment ago. Wrong codes count as wrong passwords do.

    Errors: challenge_over, wrong_second_factor, too_many_requests."""
    async with sessions.begin() as session:
        staff = await challenged(session, challenge, now=now, key=terms.key)
        attempt = await count_attempt(session, username=staff.username, network=network, now=now)
    return await _second(
        sessions, staff, attempt, code=code, network=network, now=now, terms=terms, challenged=True
    )


async def _second(
    sessions: async_sessionmaker[AsyncSession],
    staff: Staff,
    attempt: Attempt,
    *,
    code: str,
    network: str,
    now: datetime,
    terms: Terms,
    challenged: bool = False,
) -> SignedIn:
    async with sessions.begin() as session:
        connection = await driver(session)
        standing = await standing_of(connection, staff.id)
        needed = standing.on or standing.demanded
        who = Actor(Role(staff.role), str(staff.id))
        if needed and not (code or challenged):
            await uncount(session, attempt)
            proved = None
        else:
            proved = await _prove(connection, staff, standing, code, now=now, terms=terms)
        if proved is not None:
            await take_back(session, attempt)
            issued = await issue(session, staff, now=now, lifetime=terms.lifetime, key=terms.key)
            said = proved.means
            await note(connection, who, Action.SIGN_IN, staff.username, reason=said, network=network, now=now)
            if proved.recovery_codes:
                await note(connection, who, Action.SECOND_FACTOR_ON, staff.username, network=network, now=now)
            return SignedIn(issued, staff, proved.recovery_codes)
        if code or challenged:
            await note(connection, who, Action.CODE_FAILED, staff.username, network=network, now=now)
    if code or challenged:
        raise WrongSecondFactor
    raise SecondFactorRequired(new_challenge(staff, now=now, key=terms.key), enrol=not standing.on)


async def _prove(
    connection: asyncpg.Connection,
    staff: Staff,
    standing: Standing,
    code: str,
    *,
    now: datetime,
    terms: Terms,
) -> _Proved | None:
    if standing.on:
        means = await check(connection, staff.id, code, ring=terms.ring, now=now)
        return None if means is None else _Proved(means)
    if standing.demanded:
        codes = await prove(connection, staff.id, code, ring=terms.ring, now=now)
        return None if codes is None else _Proved(Means.PHONE, tuple(codes))
    return _Proved("")


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def _is_right(staff: Staff | None, password: str) -> bool:
    """Names that do not exist take as long as those that do."""
    return verify(staff.password_hash if staff else _nobodys_hash(), password)


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody's password")


def verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
