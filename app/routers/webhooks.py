"""Webhooks: other systems that are told what happens to tickets (docs/webhooks.md)."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.routers.dependencies import IdempotencyKey, SettingsDep, require
from app.schemas.webhooks import (
    DeliveryOut,
    DeliveryPage,
    EndpointIn,
    EndpointList,
    EndpointOut,
    EndpointPatch,
    EndpointWithKey,
    ReplayIn,
    ReplayOut,
)
from app.services.credentials.keyring import key_ring
from app.services.idempotency import Once, fingerprint
from app.services.webhooks.deliveries import Which, list_deliveries, ping, replay
from app.services.webhooks.endpoints import (
    add_endpoint,
    change_endpoint,
    list_endpoints,
    read_endpoint,
    remove_endpoint,
    rotate_key,
)

router = Routes(prefix="/api/v1/webhooks", tags=["webhooks"])

AdminDep = Annotated[Actor, Depends(require(Role.ADMIN))]
ADMIN = Depends(require(Role.ADMIN))
EndpointId = Annotated[UUID, Path()]


@router.get("", dependencies=[ADMIN])
async def read_endpoints(connection: ReaderDep) -> EndpointList:
    """All addresses that events are sent to, without their keys."""
    return await list_endpoints(connection)


@router.post("", status_code=201)
async def create_endpoint(
    body: EndpointIn,
    actor: AdminDep,
    connection: WriterDep,
    settings: SettingsDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> EndpointWithKey:
    """The key that signs is in this answer and never again. ``events`` are names of the timeline, or ``*``."""
    ring, at_home = key_ring(settings), settings.webhooks_stay_home
    once = Once("webhooks", actor, idempotency_key, fingerprint(body), ring=ring)
    work = partial(add_endpoint, connection, body, ring=ring, at_home=at_home, actor=actor, now=now)
    return await once.give(connection, now, EndpointWithKey, work)


@router.get("/{endpoint_id}", dependencies=[ADMIN])
async def read_one_endpoint(endpoint_id: EndpointId, connection: ReaderDep) -> EndpointOut:
    """One address with its state and what waits for it."""
    return await read_endpoint(connection, endpoint_id)


@router.patch("/{endpoint_id}")
async def patch_endpoint(
    endpoint_id: EndpointId,
    body: EndpointPatch,
    actor: AdminDep,
    connection: WriterDep,
    settings: SettingsDep,
    now: Now,
) -> EndpointOut:
    """What happens while it is paused waits; to switch on again what failed is ``active`` too."""
    at_home = settings.webhooks_stay_home
    return await change_endpoint(connection, endpoint_id, body, at_home=at_home, actor=actor, now=now)


@router.delete("/{endpoint_id}", status_code=204)
async def delete_endpoint(endpoint_id: EndpointId, actor: AdminDep, connection: WriterDep, now: Now) -> None:
    """With all that waits for it."""
    await remove_endpoint(connection, endpoint_id, actor=actor, now=now)


@router.post("/{endpoint_id}/signing-key", status_code=201)
async def rotate_one_key(
    endpoint_id: EndpointId,
    actor: AdminDep,
    connection: WriterDep,
    settings: SettingsDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> EndpointWithKey:
    """A new key, shown once; for a day the old one signs too."""
    ring = key_ring(settings)
    once = Once("signing-keys", actor, idempotency_key, fingerprint(None, str(endpoint_id)), ring=ring)
    work = partial(rotate_key, connection, endpoint_id, ring=ring, actor=actor, now=now)
    return await once.give(connection, now, EndpointWithKey, work)


@router.post("/{endpoint_id}/ping", status_code=202)
async def ping_endpoint(
    endpoint_id: EndpointId,
    actor: AdminDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> DeliveryOut:
    """Sends something harmless the usual way; how it went stands in the deliveries."""
    once = Once("webhook-pings", actor, idempotency_key, fingerprint(None, str(endpoint_id)))
    return await once.give(connection, now, DeliveryOut, partial(ping, connection, endpoint_id, now))


@router.get("/{endpoint_id}/deliveries", dependencies=[ADMIN])
async def read_deliveries(
    endpoint_id: EndpointId,
    connection: ReaderDep,
    state: Which | None = None,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> DeliveryPage:
    """The newest first, each with all its attempts."""
    return await list_deliveries(connection, endpoint_id, state, cursor=cursor, limit=limit)


@router.post("/{endpoint_id}/replays", status_code=202)
async def replay_deliveries(
    endpoint_id: EndpointId,
    body: ReplayIn,
    actor: AdminDep,
    connection: WriterDep,
    now: Now,
    idempotency_key: IdempotencyKey = None,
) -> ReplayOut:
    """One delivery, or all since a moment, with the ids and bodies that they had."""
    once = Once("webhook-replays", actor, idempotency_key, fingerprint(body, str(endpoint_id)))
    return await once.give(connection, now, ReplayOut, partial(replay, connection, endpoint_id, body, now))
