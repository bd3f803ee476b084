"""Codes to be printed: on an appliance, at the door of a service point, on an engineer's badge."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import driver
from app.errors import InvalidInput, NotFound
from app.models.wechat import ScenePurpose
from app.schemas.doors import SceneIn, SceneOut
from app.services.doors.busy import wechat_failed
from app.services.doors.ports import Doors
from app.services.idempotency import Once
from app.wechat.errors import WeChatError

# Without vowels and look-alikes: nobody reads a word in it, and it can be typed from a label.
_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"
_LENGTH = 16

_POINT = "SELECT 1 FROM service_points WHERE id = $1"
_ENGINEER = "SELECT 1 FROM engineers WHERE id = $1"
_INSERT = """
INSERT INTO qr_scenes (scene, appid, purpose, subject, ticket, url, expires_at, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_FIND = """
SELECT scene, purpose, subject, ticket, url, expires_at FROM qr_scenes
 WHERE scene = $1 AND (expires_at IS NULL OR expires_at > $2)
"""


@dataclass(frozen=True)
class Scene:
    scene: str
    purpose: ScenePurpose
    subject: dict[str, Any]
    ticket: str

    @property
    def label(self) -> "Label":
        """Of an appliance."""
        return Label.of(self.subject)

    @property
    def subject_id(self) -> UUID:
        """Of a service point or an engineer."""
        return UUID(self.subject["id"])


@dataclass(frozen=True)
class Label:
    """What is printed on an appliance, or rather: what its code stands for."""

    category: str
    brand: str
    model: str
    serial_number: str
    warranty_start: date | None
    warranty_months: int | None

    @classmethod
    def of(cls, subject: dict[str, Any]) -> "Label":
        start = subject["warranty_start"]
        return cls(
            category=subject["category"],
            brand=subject["brand"],
            model=subject["model"],
            serial_number=subject["serial_number"],
            warranty_start=date.fromisoformat(start) if start else None,
            warranty_months=subject["warranty_months"],
        )


async def create_scene(
    sessions: async_sessionmaker[AsyncSession],
    doors: Doors,
    body: SceneIn,
    *,
    once: Once,
    image_url: str,
    now: datetime,
) -> SceneOut:
    """WeChat is asked between two transactions. A repeated request gets the first one's code.

    Errors: invalid_input (no such service point or engineer), unavailable (WeChat did not make the code).
    """
    async with sessions.begin() as session:
        connection = await driver(session)
        if earlier := await _earlier(connection, once):
            return earlier
        await _require_subject(connection, body)
    scene = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    lifetime = timedelta(days=body.expires_in_days) if body.expires_in_days else None
    try:
        code = await doors.qr_code(scene, int(lifetime.total_seconds()) if lifetime else None)
    except WeChatError as error:
        raise wechat_failed(error) from error
    made = SceneOut(
        scene=scene,
        purpose=body.purpose,
        image_url=f"{image_url}/{scene}",
        url=code.url,
        expires_at=now + lifetime if lifetime else None,
    )
    async with sessions.begin() as session:
        connection = await driver(session)
        if found := await once.earlier(connection, now):
            return SceneOut.model_validate(found)
        await connection.execute(
            _INSERT,
            scene,
            doors.official_appid,
            body.purpose.value,
            orjson.dumps(body.subject()).decode(),
            code.ticket,
            code.url,
            made.expires_at,
            UUID(once.actor.id),
            now,
        )
        await once.keep(connection, made.model_dump())
    return made


async def find_scene(connection: asyncpg.Connection, scene: str, now: datetime) -> Scene:
    """Raises NotFound for a code that is not ours or has ended."""
    row = await connection.fetchrow(_FIND, scene, now)
    if row is None:
        raise NotFound
    return Scene(row["scene"], ScenePurpose(row["purpose"]), row["subject"], row["ticket"])


async def find_label(connection: asyncpg.Connection, scene: str, now: datetime) -> Label:
    """Raises NotFound for a code that is not on an appliance."""
    found = await find_scene(connection, scene, now)
    if found.purpose is not ScenePurpose.APPLIANCE_LABEL:
        raise NotFound
    return found.label


async def _earlier(connection: asyncpg.Connection, once: Once) -> SceneOut | None:
    """Looks only: the key is taken together with the row."""
    if once.key is None:
        return None
    known = "SELECT 1 FROM idempotency_keys WHERE scope = $1 AND key = $2"
    if await connection.fetchval(known, once.scope, once.key) is None:
        return None
    return SceneOut.model_validate(await once.replay(connection))


async def _require_subject(connection: asyncpg.Connection, body: SceneIn) -> None:
    if body.service_point_id and await connection.fetchval(_POINT, body.service_point_id) is None:
        raise InvalidInput.at("body.service_point_id", "没有这个网点。", "not_found")
    if body.engineer_id and await connection.fetchval(_ENGINEER, body.engineer_id) is None:
        raise InvalidInput.at("body.engineer_id", "没有这位工程师。", "not_found")
