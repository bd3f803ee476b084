"""Somebody took back what he had allowed in WeChat: what came from there goes, wherever it lies.

What a ticket needs to be carried out (whom to call, where to go) was given for that ticket and stays with it.
"""

import uuid
from collections.abc import Set as AbstractSet
from datetime import datetime

import asyncpg

# Of the platform's list: 6 nickname and avatar, 19 nickname, 20 avatar (mini-program), 205 both (web page).
_NAMES = frozenset({"6", "19", "20", "205"})
_PHONES = frozenset({"8"})
# Permissions under which nothing is kept here: plate, address, invoice, bluetooth, microphone, camera, steps,
# place, chosen pictures and files, mail; the same of web pages.
_NOTHING_KEPT = frozenset({"1", "2", "3", "4", "5", "7", "12", "13", "14", "15", "16", "18"}) | frozenset(
    {"201", "202", "203", "204", "206", "207"}
)

_WHOSE = "SELECT customer_id FROM wechat_identities WHERE appid = $1 AND openid = $2"
# Those who were merged into him kept their own copies.
_FORGET_NAME = """
WITH forgotten AS (
    UPDATE customers SET nickname = '', nickname_chosen_at = NULL
     WHERE (id = $1 OR merged_into = $1) AND nickname_chosen_at IS NOT NULL RETURNING id::text
)
DELETE FROM content_checks
 WHERE subject_kind = 'nickname' AND subject_id IN (SELECT id FROM forgotten)
"""
_FORGET_PHONE = """
UPDATE customers SET phone = '', phone_source = NULL, phone_verified_at = NULL
 WHERE (id = $1 OR merged_into = $1) AND phone_source = 'wechat'
"""
_LEFT_WECHAT = """
UPDATE wechat_identities SET follows = FALSE, unreachable_reason = 'account_cancelled', unionid = NULL
 WHERE appid = $1 AND openid = $2
"""
# Through which of his accounts he wrote is nobody's business any more; what he wrote belongs to the ticket.
_FORGET_ORIGIN = tuple(
    f"""
    UPDATE {table} m SET appid = NULL, openid = NULL
      FROM tickets t WHERE t.customer_id = $3 AND m.ticket_id = t.id AND m.appid = $1 AND m.openid = $2
    """
    for table in ("ticket_messages", "conversations")
)
_AUDIT = """
INSERT INTO audit_log (at, actor_role, actor_id, action, subject, reason)
VALUES ($1, 'system', 'wechat', 'erase_revoked', $2, $3)
"""


async def revoked(
    connection: asyncpg.Connection, appid: str, openid: str, scopes: AbstractSet[str], now: datetime
) -> bool:
    """Erases what was given under these permissions; a permission that we do not know means all of it."""
    everything = not scopes <= (_NAMES | _PHONES | _NOTHING_KEPT) or not scopes
    customer_id = await _customer(connection, appid, openid)
    if customer_id is None or not (everything or scopes & (_NAMES | _PHONES)):
        return False
    if everything or scopes & _NAMES:
        await connection.execute(_FORGET_NAME, customer_id)
    if everything or scopes & _PHONES:
        await connection.execute(_FORGET_PHONE, customer_id)
    why = f"用户在微信撤回授权 {','.join(sorted(scopes)) or '全部'}"
    await connection.execute(_AUDIT, now, str(customer_id), why)
    return True


async def modified(connection: asyncpg.Connection, appid: str, openid: str, now: datetime) -> bool:
    """WeChat cleaned up a risky profile: the name that was taken from it is no longer good."""
    return await revoked(connection, appid, openid, {"6"}, now)


async def cancelled(connection: asyncpg.Connection, appid: str, openid: str, now: datetime) -> bool:
    """The WeChat user is no more: nothing reaches him, and nothing of his profile stays."""
    erased = await revoked(connection, appid, openid, frozenset(), now)
    customer_id = await _customer(connection, appid, openid)
    for statement in _FORGET_ORIGIN:
        await connection.execute(statement, appid, openid, customer_id)
    await connection.execute(_LEFT_WECHAT, appid, openid)
    return erased


async def _customer(connection: asyncpg.Connection, appid: str, openid: str) -> uuid.UUID | None:
    found: uuid.UUID | None = await connection.fetchval(_WHOSE, appid, openid)
    return found
