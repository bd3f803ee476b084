"""Ask that one's account be deleted, think again, and read later what became of it."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import uuid4

import asyncpg

from app.domain.actor import Actor
from app.errors import Conflict, NotFound
from app.models.privacy import DeletionState
from app.schemas.privacy import DeletionOut, DeletionProof, DeletionRequested, PointOut
from app.services.idempotency import Once
from app.services.privacy.standing import Point, blockers, rows_of, warnings

# To think again; with the worker's part it stays well below the fifteen days that people are told.
REFLECTION = timedelta(days=7)

# The same row as a merge locks: what is asked for belongs to one person.
_LOCK = "SELECT FROM customers WHERE id = $1::uuid FOR NO KEY UPDATE"
_ASK = """
INSERT INTO account_deletions (id, customer_id, state, code_hash, requested_at, due_at)
VALUES ($1, $2::uuid, 'requested', $3, $4, $5) ON CONFLICT DO NOTHING RETURNING 1
"""
_PENDING = """
SELECT due_at FROM account_deletions WHERE customer_id = $1::uuid AND state IN ('requested', 'erasing')
"""
_CANCEL = """
UPDATE account_deletions SET state = 'cancelled', cancelled_at = $2
 WHERE customer_id = ANY ($1::uuid[]) AND state = 'requested'
"""
_PROOF = """
SELECT state, requested_at, due_at, cancelled_at, finished_at, counts FROM account_deletions WHERE code_hash = $1
"""
_LOG = """
INSERT INTO audit_log (at, actor_role, actor_id, action, subject, reason) VALUES ($1, $2, $3, $4, $3, '')
"""


class DeletionBlocked(Conflict):
    code = "deletion_blocked"


class DeletionPending(Conflict):
    code, msg = "deletion_pending", "您已申请注销，反悔期内可以取消。"


async def read_deletion(connection: asyncpg.Connection, *, actor: Actor, now: datetime) -> DeletionOut:
    whose = await rows_of(connection, actor.id)
    due_at = await connection.fetchval(_PENDING, actor.id)
    return DeletionOut(
        pending=due_at is not None,
        due_at=due_at,
        blockers=told(await blockers(connection, whose)),
        warnings=told(await warnings(connection, whose, now)),
    )


async def ask_deletion(connection: asyncpg.Connection, *, once: Once, now: datetime) -> DeletionRequested:
    """Errors: deletion_blocked with what to do about it, deletion_pending."""
    if earlier := await once.earlier(connection, now):
        return DeletionRequested.model_validate(earlier)
    actor = once.actor
    await connection.execute(_LOCK, actor.id)
    whose = await rows_of(connection, actor.id)
    if found := await blockers(connection, whose):
        raise DeletionBlocked(found[0].text, extra={"blockers": [vars(each) for each in found]})
    code, due_at = token_urlsafe(18), now + REFLECTION
    if not await connection.fetchval(_ASK, uuid4(), actor.id, hashed(code), now, due_at):
        raise DeletionPending
    await connection.execute(_LOG, now, actor.role.value, actor.id, "request_deletion")
    answer = DeletionRequested(
        due_at=due_at, code=code, warnings=told(await warnings(connection, whose, now))
    )
    await once.keep(connection, answer.model_dump(mode="json"))
    return answer


async def cancel_deletion(connection: asyncpg.Connection, *, actor: Actor, now: datetime) -> None:
    """Said again, it changes nothing."""
    await connection.execute(_LOCK, actor.id)
    done: str = await connection.execute(_CANCEL, [actor.id], now)
    if not done.endswith(" 0"):
        await connection.execute(_LOG, now, actor.role.value, actor.id, "cancel_deletion")


async def drop_wishes(connection: asyncpg.Connection, customer_ids: list[object], now: datetime) -> None:
    """Two customers turn out to be one: what the one asked for, the other has not."""
    await connection.execute(_CANCEL, customer_ids, now)


async def read_proof(connection: asyncpg.Connection, code: str) -> DeletionProof:
    """The code is the permission. Errors: not_found."""
    row = await connection.fetchrow(_PROOF, hashed(code))
    if row is None:
        raise NotFound
    return DeletionProof(**dict(row) | {"state": DeletionState(row["state"])})


def hashed(code: str) -> bytes:
    return sha256(code.encode()).digest()


def told(points: list[Point]) -> list[PointOut]:
    return [PointOut(**vars(point)) for point in points]
