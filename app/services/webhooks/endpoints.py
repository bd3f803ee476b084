"""The endpoints: who is told what. Their secrets are shown once and lie sealed."""

import secrets
import uuid
from datetime import datetime, timedelta

import asyncpg

from app.domain.actor import Actor
from app.domain.lifecycle import Event
from app.domain.webhooks.address import fault_of
from app.domain.webhooks.body import ALL
from app.errors import Conflict, InvalidInput, NotFound
from app.schemas.webhooks import EndpointIn, EndpointList, EndpointOut, EndpointPatch, EndpointWithKey
from app.services.credentials.keyring import KeyRing
from app.services.customers.merge import AUDIT
from app.services.tickets.timeline import FACTS

# How long both secrets sign after a change, so that the receiver need not change over at the same moment.
OVERLAP = timedelta(hours=24)
# Each has lines of its own; more than this is no way to connect systems.
MOST = 50
KNOWN_EVENTS = frozenset({ALL, *FACTS, *(event.value for event in Event)})

_READ = """
SELECT p.id, p.url, p.description, p.events, p.state, p.failing_since, p.previous_until, p.created_at,
       (SELECT count(*) FROM webhook_deliveries d WHERE d.endpoint_id = p.id AND d.settled_at IS NULL) AS waiting,
       (SELECT count(*) FROM webhook_deliveries d WHERE d.endpoint_id = p.id AND d.state = 'dead') AS dead
  FROM webhook_endpoints p WHERE $1::uuid IS NULL OR p.id = $1 ORDER BY p.created_at, p.id
"""
_ADD = """
INSERT INTO webhook_endpoints (id, url, description, events, secret, created_by, created_at)
SELECT $1, $2, $3, $4, $5, $6::uuid, $7 WHERE (SELECT count(*) FROM webhook_endpoints) < $8 RETURNING id
"""
_CHANGE = """
UPDATE webhook_endpoints
   SET url = coalesce($2, url), description = coalesce($3, description), events = coalesce($4, events),
       state = coalesce($5, state),
       -- What was put right is tried at once, and has its days again.
       failures = CASE WHEN $2::text IS NULL AND $5::text IS NULL THEN failures ELSE 0 END,
       failing_since = CASE WHEN $2::text IS NULL AND $5::text IS NULL THEN failing_since END,
       rest_until = CASE WHEN $2::text IS NULL AND $5::text IS NULL THEN rest_until END
 WHERE id = $1 RETURNING id
"""
_ROTATE = """
UPDATE webhook_endpoints SET previous_secret = secret, previous_until = $3, secret = $2 WHERE id = $1 RETURNING id
"""
_REMOVE = "DELETE FROM webhook_endpoints WHERE id = $1 RETURNING url"


class TooManyEndpoints(Conflict):
    code, msg = "too_many_endpoints", "Webhook 地址已达上限，请先删除不再使用的。"


async def list_endpoints(connection: asyncpg.Connection) -> EndpointList:
    return EndpointList(items=[_out(row) for row in await connection.fetch(_READ, None)])


async def read_endpoint(connection: asyncpg.Connection, endpoint_id: uuid.UUID) -> EndpointOut:
    row = await connection.fetchrow(_READ, endpoint_id)
    if row is None:
        raise NotFound("没有找到这个 Webhook 地址。")
    return _out(row)


async def add_endpoint(
    connection: asyncpg.Connection,
    body: EndpointIn,
    *,
    ring: KeyRing,
    at_home: bool,
    actor: Actor,
    now: datetime,
) -> EndpointWithKey:
    """Errors: invalid_input (address or event), too_many_endpoints."""
    _check(body.url, body.events, at_home=at_home)
    endpoint_id, secret = uuid.uuid4(), _new_secret()
    made = await connection.fetchval(
        _ADD, endpoint_id, body.url, body.description, body.events, ring.seal(secret), actor.id, now, MOST
    )
    if made is None:
        raise TooManyEndpoints
    await _log(connection, actor, "add_webhook", endpoint_id, now)
    return await _with_secret(connection, endpoint_id, secret)


async def change_endpoint(
    connection: asyncpg.Connection,
    endpoint_id: uuid.UUID,
    body: EndpointPatch,
    *,
    at_home: bool,
    actor: Actor,
    now: datetime,
) -> EndpointOut:
    _check(body.url, body.events, at_home=at_home)
    await connection.fetchval(_CHANGE, endpoint_id, body.url, body.description, body.events, body.state)
    changed = await read_endpoint(connection, endpoint_id)
    await _log(connection, actor, "change_webhook", endpoint_id, now)
    return changed


async def rotate_key(
    connection: asyncpg.Connection, endpoint_id: uuid.UUID, *, ring: KeyRing, actor: Actor, now: datetime
) -> EndpointWithKey:
    """The old secret signs beside the new one until the overlap is over; rotating again ends the older at once."""
    secret = _new_secret()
    await connection.fetchval(_ROTATE, endpoint_id, ring.seal(secret), now + OVERLAP)
    shown = await _with_secret(connection, endpoint_id, secret)
    await _log(connection, actor, "rotate_webhook_secret", endpoint_id, now)
    return shown


async def remove_endpoint(
    connection: asyncpg.Connection, endpoint_id: uuid.UUID, *, actor: Actor, now: datetime
) -> None:
    """With everything that waited for it."""
    if await connection.fetchval(_REMOVE, endpoint_id) is None:
        raise NotFound("没有找到这个 Webhook 地址。")
    await _log(connection, actor, "remove_webhook", endpoint_id, now)


def _check(url: str | None, events: list[str] | None, *, at_home: bool) -> None:
    if url is not None and (fault := fault_of(url, at_home=at_home)):
        raise InvalidInput.at("body.url", fault, "address")
    unknown = [name for name in events or () if name not in KNOWN_EVENTS]
    if unknown:
        raise InvalidInput.at("body.events", f"没有这种事件：{'、'.join(unknown)}。", "unknown_event")


def _new_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


async def _with_secret(
    connection: asyncpg.Connection, endpoint_id: uuid.UUID, secret: str
) -> EndpointWithKey:
    endpoint = await read_endpoint(connection, endpoint_id)
    return EndpointWithKey(**endpoint.model_dump(), signing_key=secret)


async def _log(
    connection: asyncpg.Connection, actor: Actor, action: str, endpoint_id: uuid.UUID, now: datetime
) -> None:
    await connection.execute(AUDIT, now, actor.role.value, actor.id, action, str(endpoint_id), "")


def _out(row: asyncpg.Record) -> EndpointOut:
    known = dict(row)
    return EndpointOut(id=str(known.pop("id")), previous_key_until=known.pop("previous_until"), **known)
