"""Let somebody into a household by a code that works once and not for long; only its digest is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg

from app.domain.actor import Actor
from app.domain.content import shown_name
from app.errors import Conflict, NotFound, TooManyRequests
from app.schemas.households import HouseholdOut, InvitationOut
from app.services.codes import digest, new_code
from app.services.households.found import JOIN
from app.services.households.manage import log, managed
from app.services.households.read import household_of

LIFETIME = timedelta(days=3)
MOST_A_DAY = 10
MOST_MEMBERS = 12

_INVITE = """
INSERT INTO household_invitations (code_hash, household_id, created_at, expires_at) VALUES ($1, $2, $3, $4)
"""
_LATELY = "SELECT count(*) FROM household_invitations WHERE household_id = $1 AND created_at > $2"
_WITHDRAW = "DELETE FROM household_invitations WHERE household_id = $1 AND used_at IS NULL"
# Alone, so that what is looked at next is what those have done who were waited for.
_LOCK = """
SELECT FROM household_invitations i JOIN households h ON h.id = i.household_id
 WHERE i.code_hash = $1 FOR NO KEY UPDATE OF i, h
"""
_FIND = """
SELECT i.household_id, i.used_at, h.name,
       (SELECT count(*) FROM household_members m WHERE m.household_id = h.id) AS members,
       EXISTS (SELECT FROM household_members m WHERE m.household_id = h.id AND m.customer_id = $3::uuid) AS joined,
       CASE WHEN EXISTS (SELECT FROM content_checks k WHERE k.subject_kind = 'nickname' AND k.state = 'passed'
                            AND k.subject_id = h.owner_id::text)
            THEN (SELECT c.nickname FROM customers c WHERE c.id = h.owner_id) ELSE '' END AS owner
  FROM household_invitations i JOIN households h ON h.id = i.household_id
 WHERE i.code_hash = $1 AND i.expires_at > $2
"""
_USE = "UPDATE household_invitations SET used_at = $2 WHERE code_hash = $1"


class NoSuchInvitation(NotFound):
    msg = "邀请不存在或已失效，请让家人重新发一个。"


class HouseholdFull(Conflict):
    code, msg = "household_full", f"一个家庭最多 {MOST_MEMBERS} 位成员。"


@dataclass(frozen=True)
class Invitation:
    household_id: UUID
    name: str
    owner_masked: str
    members: int
    # The caller is a member already, by this code or otherwise.
    joined: bool


async def invite(
    connection: asyncpg.Connection, household_id: UUID, *, actor: Actor, now: datetime, public_base_url: str
) -> InvitationOut:
    """Errors: not_found, forbidden, household_full, too_many_requests. Repeating it makes another code."""
    await managed(connection, household_id, actor)
    if await connection.fetchval(_LATELY, household_id, now - timedelta(days=1)) >= MOST_A_DAY:
        raise TooManyRequests("今天的邀请太多了，请明天再试。", retry_after=3600)
    code, expires_at = new_code(), now + LIFETIME
    await connection.execute(_INVITE, digest(code), household_id, now, expires_at)
    await log(connection, "invite_to_household", household_id, "", actor=actor, now=now)
    url = f"{public_base_url.rstrip('/')}/h5/invitations/{code}"
    return InvitationOut(code=code, url=url, expires_at=expires_at)


async def withdraw_invitations(connection: asyncpg.Connection, household_id: UUID, *, actor: Actor) -> None:
    """All that nobody has used yet."""
    await managed(connection, household_id, actor)
    await connection.execute(_WITHDRAW, household_id)


async def find_invitation(
    connection: asyncpg.Connection, code: str, *, actor: Actor, now: datetime
) -> Invitation:
    """NotFound alike for a code that never was, is over, or was used by somebody else."""
    row = await connection.fetchrow(_FIND, digest(code), now, actor.id)
    if row is None or (row["used_at"] is not None and not row["joined"]):
        raise NoSuchInvitation
    return Invitation(
        row["household_id"], row["name"], shown_name(row["owner"]), row["members"], row["joined"]
    )


async def join(connection: asyncpg.Connection, code: str, *, actor: Actor, now: datetime) -> HouseholdOut:
    """Whoever is a member already uses nothing up. Errors: not_found, household_full."""
    await connection.execute(_LOCK, digest(code))
    invitation = await find_invitation(connection, code, actor=actor, now=now)
    if not invitation.joined:
        if invitation.members >= MOST_MEMBERS:
            raise HouseholdFull
        await connection.execute(JOIN, uuid4(), invitation.household_id, actor.id, now)
        await connection.execute(_USE, digest(code), now)
        await log(connection, "join_household", invitation.household_id, actor.id, actor=actor, now=now)
    return await household_of(connection, invitation.household_id, actor=actor)
