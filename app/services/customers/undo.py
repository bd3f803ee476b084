"""Take back a merge: exactly what moved goes back, unless something happened since that cannot be parted."""

import uuid
from datetime import datetime

import asyncpg

from app.domain.actor import Actor
from app.errors import Conflict, NotFound
from app.models.people import MergeCause
from app.services.customers.merge import AUDIT, LOCK, Merge
from app.services.customers.owned import OWNED, Moved, Owned
from app.services.households.part import part_households

_MERGE = """
SELECT id, customer_id, into_id, cause, reason, moved, merged_at, undone_at
  FROM customer_merges WHERE id = $1 FOR NO KEY UPDATE
"""
# A ticket on either side that was merged with one on the other side.
_TICKETS_JOINED = """
SELECT EXISTS (SELECT FROM tickets t JOIN tickets u ON u.id = t.merged_into
                WHERE t.customer_id = $2 AND (t.id = ANY ($1::bigint[])) <> (u.id = ANY ($1::bigint[])))
"""
_ASSET_USED = """
SELECT EXISTS (SELECT FROM tickets t WHERE t.asset_id = ANY ($2::uuid[]) AND t.customer_id = $3
                  AND NOT t.id = ANY ($1::bigint[]))
"""
_IDENTITY_CHANGED = """
SELECT EXISTS (SELECT FROM wechat_identities WHERE id = ANY ($1::bigint[]) AND customer_id IS DISTINCT FROM $2)
"""
_LOCK_TICKETS = "SELECT id FROM tickets WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE"
_UNFOLD = """
UPDATE tickets t SET asset_id = f.gone
  FROM unnest($1::bigint[], $2::uuid[], $3::uuid[]) AS f (ticket, gone, kept)
 WHERE t.id = f.ticket AND t.asset_id = f.kept
"""
_GIVE_BACK = {
    "phone": """
        UPDATE customers kept SET phone = '', phone_source = NULL, phone_verified_at = NULL
          FROM customers gone WHERE kept.id = $2 AND gone.id = $1 AND kept.phone = gone.phone
    """,
    "nickname": """
        UPDATE customers kept SET nickname = '', nickname_chosen_at = NULL
          FROM customers gone WHERE kept.id = $2 AND gone.id = $1 AND kept.nickname = gone.nickname
    """,
    "preferences": """
        UPDATE customers kept SET preferences = NULL
          FROM customers gone WHERE kept.id = $2 AND gone.id = $1 AND kept.preferences = gone.preferences
    """,
}
_BACK = "UPDATE customers SET merged_into = NULL WHERE id = $1"
# Nobody can tell which of the two signed in since; both sign in anew, which WeChat does without asking them.
_SIGN_OUT = """
UPDATE sessions SET revoked_at = $3 WHERE customer_id = $1 AND created_at > $2 AND revoked_at IS NULL
"""
_UNDONE = """
UPDATE customer_merges SET undone_at = $2, undone_by = $3, undone_reason = $4 WHERE id = $1
"""


class NoSuchMerge(NotFound):
    msg = "没有找到这次合并。"


class AlreadyUndone(Conflict):
    code, msg = "already_undone", "这次合并已经撤销过了。"


class MergedSince(Conflict):
    code, msg = "merged_since", "合并后的客户又并入了另一位客户，请先撤销后来的那次合并。"


class TicketsJoined(Conflict):
    code, msg = "tickets_merged_since", "合并后双方的工单已被并为一张，无法拆回两位客户，请人工处理。"


class AssetUsed(Conflict):
    code, msg = "asset_used_since", "合并后又用对方的设备报了修，拆开后工单会找不到设备，请人工处理。"


class AccountErased(Conflict):
    code, msg = "account_erased", "客户已注销账号，资料已删除，合并无法撤销。"


class IdentityChanged(Conflict):
    code, msg = "identity_changed_since", "合并后其中一个微信已改绑他人或员工，无法撤销。"


async def undo(
    connection: asyncpg.Connection, merge_id: uuid.UUID, *, reason: str, actor: Actor, now: datetime
) -> Merge:
    """Errors: not_found, already_undone, merged_since, tickets_merged_since, asset_used_since,
    identity_changed_since, account_erased. What is refused changes nothing.
    """
    done = await _load(connection, merge_id)
    await _refuse_what_grew_together(connection, done)
    await _move_back(connection, done)
    await part_households(connection, [done.customer_id, done.into_id])
    for name in done.moved.taken:
        await connection.execute(_GIVE_BACK[name], done.customer_id, done.into_id)
    await connection.execute(_BACK, done.customer_id)
    if done.moved.of("identities"):
        await connection.execute(_SIGN_OUT, done.into_id, done.merged_at, now)
    await connection.execute(_UNDONE, done.id, now, actor.id, reason)
    subject = f"{done.customer_id} -> {done.into_id}"
    await connection.execute(AUDIT, now, actor.role.value, actor.id, "undo_merge", subject, reason)
    return Merge(
        done.id,
        done.customer_id,
        done.into_id,
        done.cause,
        done.reason,
        done.moved,
        done.merged_at,
        undone_at=now,
    )


async def _load(connection: asyncpg.Connection, merge_id: uuid.UUID) -> Merge:
    row = await connection.fetchrow(_MERGE, merge_id)
    if row is None:
        raise NoSuchMerge
    if row["undone_at"] is not None:
        raise AlreadyUndone
    return read(row)


def read(row: asyncpg.Record) -> Merge:
    return Merge(
        row["id"],
        row["customer_id"],
        row["into_id"],
        MergeCause(row["cause"]),
        row["reason"],
        Moved.read(row["moved"]),
        row["merged_at"],
        row["undone_at"],
    )


async def _refuse_what_grew_together(connection: asyncpg.Connection, done: Merge) -> None:
    people = {row["id"]: row for row in await connection.fetch(LOCK, [done.customer_id, done.into_id])}
    if people[done.customer_id]["merged_into"] != done.into_id:
        raise MergedSince
    if people[done.into_id]["erased_at"] is not None:
        raise AccountErased
    tickets = _numbers(done.moved.of("tickets"))
    await connection.fetch(_LOCK_TICKETS, tickets)
    if await connection.fetchval(_TICKETS_JOINED, tickets, done.into_id):
        raise TicketsJoined
    assets = [uuid.UUID(key) for key in done.moved.of("assets")]
    if await connection.fetchval(_ASSET_USED, tickets, assets, done.into_id):
        raise AssetUsed
    identities = _numbers(done.moved.of("identities"))
    if await connection.fetchval(_IDENTITY_CHANGED, identities, done.into_id):
        raise IdentityChanged


async def _move_back(connection: asyncpg.Connection, done: Merge) -> None:
    tickets = _numbers(done.moved.of("tickets"))
    assets = [uuid.UUID(key) for key in done.moved.of("assets")]
    for owned in OWNED:
        keys: list[int] | list[uuid.UUID] = (
            _numbers(done.moved.of(owned.name))
            if owned.key_type == "bigint"
            else [uuid.UUID(key) for key in done.moved.of(owned.name)]
        )
        more = ([tickets] if owned.with_ticket else []) + ([assets] if owned.with_asset else [])
        await connection.execute(_statement(owned), done.into_id, done.customer_id, keys, *more)
    await connection.execute(
        _UNFOLD,
        _numbers([each.ticket for each in done.moved.folded]),
        [uuid.UUID(each.gone) for each in done.moved.folded],
        [uuid.UUID(each.kept) for each in done.moved.folded],
    )


def _statement(owned: Owned) -> str:
    """$1 has it now, $2 gets it back."""
    author = ", created_by = CASE WHEN x.created_by = $1::text THEN $2::text ELSE x.created_by END"
    follows = " OR x.ticket_id = ANY ($4::bigint[])" if owned.with_ticket else ""
    follows += " OR x.asset_id = ANY ($5::uuid[])" if owned.with_asset else ""
    return (
        f"UPDATE {owned.table} x SET {owned.column} = $2::uuid{author if owned.name == 'tickets' else ''} "
        f"WHERE x.{owned.column} = $1::uuid AND (x.{owned.key} = ANY ($3::{owned.key_type}[]){follows})"
    )


def _numbers(keys: list[str]) -> list[int]:
    return [int(key) for key in keys]
