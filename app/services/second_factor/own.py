"""What somebody who is signed in does about his own second factor. What he types wrong counts as when signing in."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.domain.actor import Actor
from app.errors import InvalidInput
from app.models import Staff
from app.services.audit.note import Action, note
from app.services.credentials.keyring import KeyRing
from app.services.second_factor import enrol
from app.services.second_factor.check import check
from app.services.second_factor.demand import demanded_roles
from app.services.sessions.guard import count_attempt, take_back
from app.services.sessions.staff import verify
from app.services.staff.password import change_password, check_password

Found = TypeVar("Found")
Work = Callable[[asyncpg.Connection], Awaitable[Found | None]]
_KNOWN = "SELECT username, password_hash FROM staff WHERE id = $1::uuid"
WRONG_CODE = "动态码不对或已经用过，请等手机上显示下一个再试。"


@dataclass(frozen=True)
class Person:
    """Who is at it, and with what his secret is sealed. ``sessions`` is the factory: a count stays although the answer
    is an error."""

    sessions: async_sessionmaker[AsyncSession]
    actor: Actor
    network: str
    now: datetime
    ring: KeyRing

    async def tries(self, work: Work[Found], failure: InvalidInput, done: Action | None) -> Found:
        """``work`` answers None when what he typed is wrong. Raises too_many_requests after five of those."""
        async with self.sessions.begin() as session:
            staff = await session.get_one(Staff, UUID(self.actor.id))
            attempt = await count_attempt(
                session, username=staff.username, network=self.network, now=self.now
            )
        async with self.sessions.begin() as session:
            connection = await driver(session)
            found = await work(connection)
            if found is not None:
                await take_back(session, attempt)
            action = Action.CODE_FAILED if found is None else done
            if action is not None:
                await note(connection, self.actor, action, staff.username, network=self.network, now=self.now)
        if found is None:
            raise failure
        return found


async def begin(person: Person, password: str) -> enrol.Begun:
    """Errors: invalid_input for a wrong password, second_factor_on, too_many_requests."""

    async def work(connection: asyncpg.Connection) -> enrol.Begun | None:
        row = await connection.fetchrow(_KNOWN, person.actor.id)
        if not await asyncio.to_thread(verify, row["password_hash"], password):
            return None
        return await enrol.begin(connection, person.actor.id, ring=person.ring, now=person.now)

    return await person.tries(work, _wrong_password(), None)


async def prove(person: Person, code: str) -> list[str]:
    """His recovery codes. Errors: invalid_input for a wrong code, too_many_requests."""

    async def work(connection: asyncpg.Connection) -> list[str] | None:
        return await enrol.prove(connection, person.actor.id, code, ring=person.ring, now=person.now)

    return await person.tries(work, _wrong_code(), Action.SECOND_FACTOR_ON)


async def renew_codes(person: Person, code: str) -> list[str]:
    """Errors: invalid_input for a wrong code, too_many_requests."""

    async def work(connection: asyncpg.Connection) -> list[str] | None:
        if await check(connection, person.actor.id, code, ring=person.ring, now=person.now) is None:
            return None
        return await enrol.new_recovery_codes(connection, person.actor.id, now=person.now)

    return await person.tries(work, _wrong_code(), Action.RECOVERY_CODES)


async def end(person: Person, code: str) -> bool:
    """Whoever must have one sets up another at his next sign-in. Errors: invalid_input for a wrong code,
    too_many_requests."""

    async def work(connection: asyncpg.Connection) -> bool | None:
        if await check(connection, person.actor.id, code, ring=person.ring, now=person.now) is None:
            return None
        await enrol.put_out(connection, person.actor.id)
        return person.actor.role.value in await demanded_roles(connection)

    return await person.tries(work, _wrong_code(), Action.SECOND_FACTOR_OFF)


async def change_own_password(person: Person, old: str, new: str) -> None:
    """Errors: invalid_input for a wrong or a short one, too_many_requests."""
    check_password(new)

    async def work(connection: asyncpg.Connection) -> str | None:
        row = await connection.fetchrow(_KNOWN, person.actor.id)
        if not await asyncio.to_thread(verify, row["password_hash"], old):
            return None
        await change_password(connection, row["username"], new, now=person.now)
        return new

    await person.tries(work, _wrong_password(), Action.PASSWORD)


def _wrong_password() -> InvalidInput:
    return InvalidInput.at("body.password", "密码不正确。", "wrong_password")


def _wrong_code() -> InvalidInput:
    return InvalidInput.at("body.code", WRONG_CODE, "wrong_second_factor")
