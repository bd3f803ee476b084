"""Endpoints as an admin sees them; who else may not, says tests/authorisation."""

from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import AuditEntry, WebhookEndpoint
from app.services.credentials.keyring import key_ring
from app.settings import Settings
from tests.harness.callers import Caller

URL = "/api/v1/webhooks"


async def add(admin: Caller, **over: Any) -> Response:
    body = {"url": "https://hooks.example.com/in", "description": "ERP", "events": ["submit", "finish"]}
    return await admin.post(URL, json=body | over)


async def test_its_secret_is_shown_once_and_lies_sealed(
    as_admin: Caller, session: AsyncSession, settings: Settings
) -> None:
    made = (await add(as_admin)).json()
    assert made["signing_key"].startswith("whsec_")
    one = (await as_admin.get(f"{URL}/{made['id']}")).json()
    (listed,) = (await as_admin.get(URL)).json()["items"]
    assert one == listed == {key: value for key, value in made.items() if key != "signing_key"}
    row = await session.get_one(WebhookEndpoint, UUID(made["id"]))
    assert made["signing_key"].encode() not in row.secret
    assert key_ring(settings).open(row.secret) == made["signing_key"]
    assert "add_webhook" in list(await session.scalars(select(AuditEntry.action)))


async def test_after_a_rotation_both_sign_for_a_day(as_admin: Caller, session: AsyncSession) -> None:
    made = (await add(as_admin)).json()
    rotated = (await as_admin.post(f"{URL}/{made['id']}/signing-key")).json()
    assert rotated["signing_key"] != made["signing_key"]
    assert rotated["previous_key_until"] == "2026-06-16T02:00:00Z"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"url": "http://hooks.example.com/"}, "body.url"),
        ({"url": "https://10.0.0.1/"}, "body.url"),
        ({"events": ["no_such_event"]}, "body.events"),
        ({"events": []}, "body.events"),
    ],
)
async def test_what_cannot_be_registered(as_admin: Caller, over: dict[str, Any], field: str) -> None:
    answer = await add(as_admin, **over)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_it_can_be_changed_tried_and_removed(as_admin: Caller) -> None:
    made = (await add(as_admin)).json()
    one = f"{URL}/{made['id']}"
    changed = await as_admin.patch(one, json={"events": ["*", "finish"], "state": "paused"})
    assert (changed.json()["events"], changed.json()["state"]) == (["*"], "paused")
    tried = await as_admin.post(f"{one}/ping")
    assert (tried.status_code, tried.json()["event"]) == (202, "ping")
    (listed,) = (await as_admin.get(f"{one}/deliveries", params={"state": "waiting"})).json()["items"]
    assert listed == tried.json()
    assert (await as_admin.post(f"{one}/replays", json={"delivery_id": listed["id"]})).json() == {"queued": 0}
    assert (await as_admin.post(f"{one}/replays", json={"delivery_id": 4711})).status_code == 404
    assert (await as_admin.post(f"{one}/replays", json={})).status_code == 422
    assert (await as_admin.delete(one)).status_code == 204
    assert (await as_admin.get(one)).status_code == 404
