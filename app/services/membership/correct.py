"""Somebody who leads sets points right, with a reason that the customer reads."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.domain.actor import Actor
from app.errors import Conflict, InvalidInput, NotFound
from app.schemas.membership import CorrectionIn, CorrectionOut, MembershipOut
from app.services.audit.note import Action, note
from app.services.membership.look import ENTRY, entry_out, level_out, membership_of, standing_by
from app.services.membership.rules import rules_in_force

_KNOWN = "SELECT TRUE FROM customers WHERE id = $1 AND merged_into IS NULL AND erased_at IS NULL"
_LOCK = f"{_KNOWN} FOR NO KEY UPDATE"
_SINCE = "SELECT earned_at FROM member_points WHERE id = $1 AND customer_id = $2"
_CORRECT = """
INSERT INTO member_points (customer_id, change, reason, note, made_by, at, earned_at)
VALUES ($1, $2, 'correction', $3, $4::uuid, $5, $6) RETURNING id
"""
_ONE = f"{ENTRY} WHERE p.id = $1"


class NoMembership(Conflict):
    code, msg = "no_membership", "还没有发布会员规则，不能调整积分。"


class BelowZero(Conflict):
    code = "points_below_zero"


class NoSuchCustomer(NotFound):
    msg = "没有找到这位客户。"


async def membership_at_desk(
    connection: asyncpg.Connection,
    customer_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    cursor: str | None = None,
) -> MembershipOut:
    """Errors: not_found."""
    if await connection.fetchval(_KNOWN, customer_id) is None:
        raise NoSuchCustomer
    return await membership_of(connection, str(customer_id), now=now, points=actor.points, cursor=cursor)


async def correct(
    connection: asyncpg.Connection, customer_id: UUID, body: CorrectionIn, *, actor: Actor, now: datetime
) -> CorrectionOut:
    """Errors: not_found, no_membership, points_below_zero, invalid_input for a row that is not his."""
    if await connection.fetchval(_LOCK, customer_id) is None:
        raise NoSuchCustomer
    rules = await rules_in_force(connection, now)
    if rules is None:
        raise NoMembership
    has = await standing_by(connection, str(customer_id), rules, now)
    if has.points + body.change < 0:
        raise BelowZero(f"调整后积分会小于 0：现在有效的积分是 {has.points}，最多扣减 {has.points}。")
    since = now
    if body.entry_id is not None:
        since = await connection.fetchval(_SINCE, body.entry_id, customer_id)
        if since is None:
            raise InvalidInput.at("body.entry_id", "没有找到这条积分记录。", "not_found")
    made = await connection.fetchval(_CORRECT, customer_id, body.change, body.reason, actor.id, now, since)
    await note(connection, actor, Action.POINTS, str(customer_id), reason=body.reason, now=now)
    row = await connection.fetchrow(_ONE, made, actor.points)
    after = await standing_by(connection, str(customer_id), rules, now)
    return CorrectionOut(
        customer_id=str(customer_id),
        entry=entry_out(row, rules.window),
        points=after.points,
        level=level_out(after.level),
    )
