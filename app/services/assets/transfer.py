"""An appliance or a vehicle goes to another customer: offered by a code, accepted by whoever got it.

Its history and its warranty go along; the archive keeps from the new owner what the former one said (``archive``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import OPEN, SETTLED
from app.errors import Conflict, NotFound, TooManyRequests
from app.schemas.households import InvitationOut
from app.services.assets.add_asset import AssetKnown
from app.services.assets.visible import owned_asset
from app.services.codes import digest, new_code

LIFETIME = timedelta(days=7)
MOST_A_DAY = 5
_AT_WORK = sorted(OPEN - SETTLED)

_WITHDRAW = """
UPDATE asset_transfers SET withdrawn_at = $2 WHERE asset_id = $1 AND accepted_at IS NULL AND withdrawn_at IS NULL
"""
_LATELY = "SELECT count(*) FROM asset_transfers WHERE asset_id = $1 AND created_at > $2"
_OFFER = """
INSERT INTO asset_transfers (id, code_hash, asset_id, from_customer_id, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_AT_WORK_ON = "SELECT EXISTS (SELECT FROM tickets WHERE asset_id = $1 AND state = ANY ($2::text[]))"
# An offer ends with the ownership of whoever made it.
_FIND = """
SELECT x.id, x.asset_id, x.to_customer_id, a.customer_id, a.kind, a.category, a.brand, a.model, a.serial_number,
       (SELECT count(*) FROM tickets t WHERE t.asset_id = a.id AND t.state <> 'merged') AS jobs
  FROM asset_transfers x JOIN assets a ON a.id = x.asset_id
 WHERE x.code_hash = $1
   AND CASE WHEN x.accepted_at IS NULL THEN x.withdrawn_at IS NULL AND x.expires_at > $2
                                            AND a.customer_id = x.from_customer_id
            ELSE x.to_customer_id = $3::uuid AND a.customer_id = $3::uuid END
"""
# Alone, so that what is looked at next is what those have done who were waited for.
_LOCK = """
SELECT FROM asset_transfers x JOIN assets a ON a.id = x.asset_id WHERE x.code_hash = $1 FOR NO KEY UPDATE OF x, a
"""
_KNOWN = "SELECT EXISTS (SELECT FROM assets WHERE customer_id = $1::uuid AND serial_number = $2 AND $2 <> '')"
# A number plate stays with whoever drove it, and where it stood with whoever lives there.
_GIVE = """
UPDATE assets SET customer_id = $2::uuid, household_id = NULL, plate_number = '', name = '', room = '', address = NULL,
       acquired_at = $3, version = version + 1
 WHERE id = $1
"""
_ACCEPTED = "UPDATE asset_transfers SET to_customer_id = $2::uuid, accepted_at = $3 WHERE id = $1"
_AUDIT = """
INSERT INTO audit_log (at, actor_role, actor_id, action, subject, reason) VALUES ($1, $2, $3, $4, $5, '')
"""


class AtWork(Conflict):
    code, msg = "asset_at_work", "这台设备还有未完成的服务，完成后才能转让或移除。"


class OwnAsset(Conflict):
    code, msg = "own_asset", "这台设备就是您的，请把链接发给接收的人。"


class NoSuchTransfer(NotFound):
    msg = "转让不存在、已撤回或已过期，请让对方重新发起。"


@dataclass(frozen=True)
class Transfer:
    """What somebody is shown before he accepts: which appliance, and nothing of whose it was."""

    asset_id: UUID
    kind: str
    category: str
    brand: str
    model: str
    jobs: int
    accepted: bool


async def offer_asset(
    connection: asyncpg.Connection, asset_id: UUID, *, actor: Actor, now: datetime, public_base_url: str
) -> InvitationOut:
    """The code is told once; a new one ends the one before. Errors: not_found, forbidden, asset_at_work,
    too_many_requests."""
    asset = await owned_asset(connection, asset_id, actor)
    await not_at_work(connection, asset_id)
    if await connection.fetchval(_LATELY, asset_id, now - timedelta(days=1)) >= MOST_A_DAY:
        raise TooManyRequests("今天发起转让太多次了，请明天再试。", retry_after=3600)
    await connection.execute(_WITHDRAW, asset_id, now)
    code, expires_at = new_code(), now + LIFETIME
    await connection.execute(_OFFER, uuid4(), digest(code), asset_id, asset["customer_id"], now, expires_at)
    await _log(connection, "offer_asset", asset_id, actor, now)
    url = f"{public_base_url.rstrip('/')}/h5/transfers/{code}"
    return InvitationOut(code=code, url=url, expires_at=expires_at)


async def withdraw_offer(
    connection: asyncpg.Connection, asset_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """Of no effect when nothing is offered; what was accepted cannot be taken back."""
    await owned_asset(connection, asset_id, actor)
    await connection.execute(_WITHDRAW, asset_id, now)
    await _log(connection, "withdraw_asset", asset_id, actor, now)


async def not_at_work(connection: asyncpg.Connection, asset_id: UUID) -> None:
    """Raises AtWork: no engineer may stand before a door that is no longer the right one."""
    if await connection.fetchval(_AT_WORK_ON, asset_id, _AT_WORK):
        raise AtWork


async def find_transfer(
    connection: asyncpg.Connection, code: str, *, actor: Actor, now: datetime
) -> Transfer:
    """NotFound alike for what never was, is over, or went to somebody else."""
    row = await _find(connection, code, actor, now)
    return Transfer(
        row["asset_id"],
        row["kind"],
        row["category"],
        row["brand"],
        row["model"],
        row["jobs"],
        row["to_customer_id"] is not None,
    )


async def accept_asset(connection: asyncpg.Connection, code: str, *, actor: Actor, now: datetime) -> UUID:
    """Whose it is from now on, once however often he asks. Errors: not_found, own_asset, asset_known, asset_at_work."""
    await connection.execute(_LOCK, digest(code))
    row = await _find(connection, code, actor, now)
    asset_id: UUID = row["asset_id"]
    if row["to_customer_id"] is not None:
        return asset_id
    if str(row["customer_id"]) == actor.id:
        raise OwnAsset
    if await connection.fetchval(_KNOWN, actor.id, row["serial_number"]):
        raise AssetKnown
    await not_at_work(connection, asset_id)
    await connection.execute(_GIVE, asset_id, actor.id, now)
    await connection.execute(_ACCEPTED, row["id"], actor.id, now)
    await _log(connection, "accept_asset", asset_id, actor, now)
    return asset_id


async def _find(connection: asyncpg.Connection, code: str, actor: Actor, now: datetime) -> asyncpg.Record:
    row = await connection.fetchrow(_FIND, digest(code), now, actor.id)
    if row is None:
        raise NoSuchTransfer
    return row


async def _log(
    connection: asyncpg.Connection, action: str, asset_id: UUID, actor: Actor, now: datetime
) -> None:
    await connection.execute(_AUDIT, now, actor.role.value, actor.id, action, str(asset_id))
