"""Two customers turn out to be one person: the one's history becomes the other's, and can go back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg
import orjson

from app.domain.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.models.people import MergeCause
from app.services.customers.owned import Moved, move
from app.services.privacy.request import drop_wishes

# In the order of their ids, so that two merges of the same people wait for each other instead of locking up.
# Nobody who only adds a row to a customer has to wait; what is added meanwhile is moved by ``adopt``.
LOCK = """
SELECT id, nickname, nickname_chosen_at, phone, phone_source, phone_verified_at, merged_into, preferences,
       erased_at
  FROM customers WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_TICKETS = "SELECT id FROM tickets WHERE customer_id = $1 ORDER BY id FOR NO KEY UPDATE"
_TAKE_PHONE = "UPDATE customers SET phone = $2, phone_source = $3, phone_verified_at = $4 WHERE id = $1"
_TAKE_NAME = "UPDATE customers SET nickname = $2, nickname_chosen_at = $3 WHERE id = $1"
_TAKE_PREFERENCES = """
UPDATE customers kept SET preferences = gone.preferences FROM customers gone WHERE kept.id = $1 AND gone.id = $2
"""
_GONE = "UPDATE customers SET merged_into = $2 WHERE id = $1"
_RECORD = """
INSERT INTO customer_merges (id, customer_id, into_id, cause, reason, moved, merged_at, merged_by_role, merged_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
AUDIT = """
INSERT INTO audit_log (at, actor_role, actor_id, action, subject, reason) VALUES ($1, $2, $3, $4, $5, $6)
"""


class AlreadyMerged(Conflict):
    code, msg = "already_merged", "其中一位客户已经并入另一位客户，请刷新后再试。"


class SameCustomer(InvalidInput):
    code, msg = "same_customer", "请选择两位不同的客户。"


class NoSuchCustomer(NotFound):
    msg = "没有找到这位客户。"


@dataclass(frozen=True)
class Merge:
    """``customer_id`` is now a part of ``into_id``."""

    id: uuid.UUID
    customer_id: uuid.UUID
    into_id: uuid.UUID
    cause: MergeCause
    reason: str
    moved: Moved
    merged_at: datetime
    undone_at: datetime | None = None


@dataclass(frozen=True)
class Wish:
    customer_id: uuid.UUID
    into_id: uuid.UUID
    cause: MergeCause
    reason: str


async def merge(connection: asyncpg.Connection, wish: Wish, *, actor: Actor, now: datetime) -> Merge:
    """Errors: not_found, same_customer, already_merged. The caller gives the transaction."""
    gone, kept = await both(connection, wish.customer_id, wish.into_id)
    await connection.fetch(_LOCK_TICKETS, wish.customer_id)
    await drop_wishes(connection, [wish.customer_id], now)
    moved = await move(connection, wish.customer_id, wish.into_id)
    moved = replace(moved, taken=await _take_over(connection, gone, kept))
    await connection.execute(_GONE, wish.customer_id, wish.into_id)
    made = Merge(uuid.uuid4(), wish.customer_id, wish.into_id, wish.cause, wish.reason, moved, merged_at=now)
    await connection.execute(
        _RECORD,
        made.id,
        made.customer_id,
        made.into_id,
        made.cause.value,
        made.reason,
        orjson.dumps(moved.document()).decode(),
        now,
        actor.role.value,
        actor.id,
    )
    subject = f"{made.customer_id} -> {made.into_id}"
    await connection.execute(AUDIT, now, actor.role.value, actor.id, "merge_customers", subject, made.reason)
    return made


async def both(
    connection: asyncpg.Connection, customer_id: uuid.UUID, into_id: uuid.UUID
) -> Sequence[asyncpg.Record]:
    """The one that goes and the one that stays, locked until the transaction ends."""
    if customer_id == into_id:
        raise SameCustomer
    rows = {row["id"]: row for row in await connection.fetch(LOCK, [customer_id, into_id])}
    if len(rows) < 2 or any(row["erased_at"] is not None for row in rows.values()):
        raise NoSuchCustomer
    if any(row["merged_into"] is not None for row in rows.values()):
        raise AlreadyMerged
    return rows[customer_id], rows[into_id]


async def _take_over(connection: asyncpg.Connection, gone: asyncpg.Record, kept: asyncpg.Record) -> list[str]:
    """The survivor gets what it lacks; the row that goes keeps its own, for the day of an undo."""
    taken = []
    if gone["phone"] and not kept["phone"]:
        await connection.execute(
            _TAKE_PHONE, kept["id"], gone["phone"], gone["phone_source"], gone["phone_verified_at"]
        )
        taken.append("phone")
    if gone["nickname"] and not kept["nickname"]:
        await connection.execute(_TAKE_NAME, kept["id"], gone["nickname"], gone["nickname_chosen_at"])
        taken.append("nickname")
    if gone["preferences"] is not None and kept["preferences"] is None:
        await connection.execute(_TAKE_PREFERENCES, kept["id"], gone["id"])
        taken.append("preferences")
    return taken
