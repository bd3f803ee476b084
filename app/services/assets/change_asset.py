"""What becomes known of an appliance: its name and its place, its model and number, the day of its purchase and the
proof of that."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.domain.situation import Purpose
from app.domain.zone import ZONE
from app.errors import Conflict, Forbidden, InvalidInput
from app.schemas.assets import ArchiveOut, AssetChange, ProofIn, VerificationIn
from app.services.assets.add_asset import AssetKnown
from app.services.assets.archive import archive_of
from app.services.assets.place import address_kept
from app.services.assets.visible import changeable_asset
from app.services.attachments.upload import uploader_of
from app.services.attachments.urls import SignUrl
from app.services.doors.place import WORDS
from app.services.warranties.periods import establish

_TWICE = """
SELECT EXISTS (SELECT FROM assets o WHERE o.customer_id = $2 AND o.serial_number = $3 AND o.id <> $1)
"""
# A verified day is no longer anybody's word; another day is, until somebody has looked at the proof again.
_CHANGE = """
UPDATE assets SET brand = $2, model = $3, serial_number = $4, plate_number = $5, manufactured_on = $6,
       purchased_on = $7, name = $8, room = $9, address = $10, version = version + 1,
       purchase_verified_at = CASE WHEN purchased_on IS NOT DISTINCT FROM $7 THEN purchase_verified_at END,
       purchase_verified_by = CASE WHEN purchased_on IS NOT DISTINCT FROM $7 THEN purchase_verified_by END
 WHERE id = $1
"""
_PROVE = """
UPDATE attachments SET asset_id = $2, purpose = $3
 WHERE id = $1 AND ticket_id IS NULL AND (asset_id IS NULL OR asset_id = $2) AND (customer_id = $4 OR staff_id = $5)
RETURNING id
"""
_VERIFY = """
UPDATE assets SET purchased_on = $2, purchase_verified_at = $3, purchase_verified_by = $4::uuid,
       version = version + 1
 WHERE id = $1
"""
_PROVED = "SELECT EXISTS (SELECT FROM attachments WHERE asset_id = $1 AND purpose = 'purchase_proof')"
_AUDIT = """
INSERT INTO audit_log (at, actor_role, actor_id, action, subject, reason)
VALUES ($1, $2, $3, 'verify_purchase', $4, $5)
"""


class AssetChanged(Conflict):
    code, msg = "asset_changed", "这台设备的资料刚刚被改过。请对照现在的内容，再保存一次。"


class Verified(Conflict):
    code, msg = "purchase_verified", "购买日期已核实，如有出入请联系客服更正。"


class NoProof(Conflict):
    code, msg = "proof_missing", "这台设备还没有购买凭证，请先让客户上传。"


async def change_asset(
    connection: asyncpg.Connection,
    asset_id: UUID,
    body: AssetChange,
    *,
    actor: Actor,
    now: datetime,
    sign_url: SignUrl,
) -> ArchiveOut:
    """Errors: not_found, asset_changed, asset_known, purchase_verified (the customer on a day that staff have
    verified)."""
    row = await changeable_asset(connection, asset_id, actor)
    if body.version not in (None, row["version"]):
        raise AssetChanged
    after = dict(row) | body.model_dump(exclude_unset=True, exclude={"version"})
    if "address" in body.model_fields_set:
        after["address"] = _standing(row["address"], address_kept(body.address))
    _past(after["purchased_on"], "purchased_on", now)
    _past(after["manufactured_on"], "manufactured_on", now)
    _not_verified(row, after["purchased_on"], actor)
    serial = after["serial_number"]
    if serial and await connection.fetchval(_TWICE, asset_id, row["customer_id"], serial):
        raise AssetKnown
    await connection.execute(
        _CHANGE,
        asset_id,
        after["brand"],
        after["model"],
        serial,
        after["plate_number"],
        after["manufactured_on"],
        after["purchased_on"],
        after["name"],
        after["room"],
        orjson.dumps(after["address"]).decode() if after["address"] else None,
    )
    await establish(connection, asset_id, now)
    return await archive_of(connection, asset_id, actor=actor, now=now, sign_url=sign_url)


async def prove_purchase(
    connection: asyncpg.Connection,
    asset_id: UUID,
    body: ProofIn,
    *,
    actor: Actor,
    now: datetime,
    sign_url: SignUrl,
) -> ArchiveOut:
    """Keep the photo of a proof, and the day that its owner read on it: his word until somebody has looked."""
    row = await changeable_asset(connection, asset_id, actor)
    _past(body.purchased_on, "purchased_on", now)
    _not_verified(row, body.purchased_on, actor)
    uploader = uploader_of(actor)
    bound = await connection.fetchval(
        _PROVE,
        body.attachment_id,
        asset_id,
        Purpose.PURCHASE_PROOF.value,
        uploader.customer_id,
        uploader.staff_id,
    )
    if bound is None:
        raise InvalidInput.at(
            "body.attachment_id", "这张照片不存在或已被使用，请重新上传。", "unknown_attachment"
        )
    change = AssetChange(purchased_on=body.purchased_on)
    return await change_asset(connection, asset_id, change, actor=actor, now=now, sign_url=sign_url)


async def verify_purchase(
    connection: asyncpg.Connection,
    asset_id: UUID,
    body: VerificationIn,
    *,
    actor: Actor,
    now: datetime,
    sign_url: SignUrl,
) -> ArchiveOut:
    """A member of staff has looked at the proof and says which day it shows. Errors: proof_missing."""
    await changeable_asset(connection, asset_id, actor)
    if not actor.oversees:
        raise Forbidden
    if not await connection.fetchval(_PROVED, asset_id):
        raise NoProof
    _past(body.purchased_on, "purchased_on", now)
    await connection.execute(_VERIFY, asset_id, body.purchased_on, now, actor.id)
    await connection.execute(_AUDIT, now, actor.role.value, actor.id, str(asset_id), body.reason)
    await establish(connection, asset_id, now)
    return await archive_of(connection, asset_id, actor=actor, now=now, sign_url=sign_url)


def _not_verified(row: asyncpg.Record, purchased_on: date | None, actor: Actor) -> None:
    if actor.role is Role.CUSTOMER and row["purchase_verified_at"] and purchased_on != row["purchased_on"]:
        raise Verified


def _standing(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any] | None:
    """An address that is said again without its coordinates keeps those that it had."""
    if before and after and after["latitude"] is None and all(after[word] == before[word] for word in WORDS):
        return before
    return after


def _past(day: date | None, field: str, now: datetime) -> None:
    if day and day > now.astimezone(ZONE).date():
        raise InvalidInput.at(f"body.{field}", "日期不能晚于今天。", "in_the_future")
