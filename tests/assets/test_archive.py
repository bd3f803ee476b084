"""The archive of an appliance: its whole life for those whom it concerns, and nothing for anybody else."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from httpx import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database
from app.integrations.storage import open_store
from app.models import Asset, Customer, Product
from app.services.attachments.sweep import sweep
from tests.harness.callers import Caller
from tests.make import make_asset
from tests.make.rows import add
from tests.tickets.photos import photo
from tests.tickets.story import SCORES, Story


@pytest.fixture
async def asset(session: AsyncSession, customer: Customer) -> Asset:
    await add(
        session, Product(category="空调", brand="回声", model="KFR-35GW", name="空调", warranty_months=12)
    )
    return await make_asset(session, customer, category="空调", serial_number="SN-1")


async def archive(who: Caller, asset: Asset) -> Response:
    return await who.get(f"/api/v1/assets/{asset.id}/archive")


async def seen(who: Caller, asset: Asset) -> dict[str, Any]:
    answer = await archive(who, asset)
    assert answer.status_code == 200, answer.text
    return Story.as_dict(answer)


async def uploaded(who: Caller, purpose: str = "purchase_proof") -> str:
    answer = await who.post(
        "/api/v1/attachments",
        files={"file": ("a.jpg", photo(), "image/jpeg")},
        data={"purpose": purpose},
    )
    made: str = answer.json()["id"]
    return made


async def prove(who: Caller, asset: Asset, day: str = "2026-01-05", **over: str) -> Response:
    body = {"attachment_id": over.get("attachment_id") or await uploaded(who), "purchased_on": day}
    return await who.put(f"/api/v1/assets/{asset.id}/purchase-proof", json=body)


async def verify(who: Caller, asset: Asset, day: str = "2026-01-05") -> Response:
    body = {"purchased_on": day, "reason": "发票与序列号一致"}
    return await who.put(f"/api/v1/assets/{asset.id}/purchase-verification", json=body)


async def test_it_tells_all_that_was_done(story: Story, asset: Asset) -> None:
    await story.completed(asset_id=str(asset.id))
    await story.step(story.customer, "confirm")
    await story.step(story.customer, "rate_or_expire", **SCORES)
    told = await seen(story.customer, asset)
    (job,) = told["jobs"]
    assert (job["number"], job["state"]) == (story.number, "closed")
    assert [visit["engineer"] for visit in job["visits"]] == ["陈师傅"]
    assert job["solutions"] == ["补充冷媒，制冷恢复"]
    assert (job["quoted_fen"], job["charged_fen"]) == (16000, 16000)
    assert job["rating"] == SCORES
    assert {picture["purpose"] for picture in job["photos"]} == {"before", "after"}
    assert [period["kind"] for period in told["periods"]] == ["repair"]
    assert "王女士" not in str(told)
    assert "世纪大道" not in str(told)


async def test_who_sees_it(
    story: Story, asset: Asset, stranger: Caller, colleague: Caller, as_admin: Caller
) -> None:
    await story.accepted(asset_id=str(asset.id))
    people = (story.customer, story.engineer, story.agent, story.manager, as_admin, stranger, colleague)
    assert [(await archive(who, asset)).status_code for who in people] == [200, 200, 200, 200, 200, 404, 404]
    await story.step(story.customer, "cancel", reason_code="changed_mind")
    assert (await archive(story.engineer, asset)).status_code == 404


async def test_a_claimed_day_becomes_a_verified_one(
    story: Story, asset: Asset, rows: asyncpg.Connection
) -> None:
    assert (await seen(story.customer, asset))["purchase"] == "unknown"
    early = await verify(story.agent, asset)
    assert (early.status_code, early.json()["code"]) == (409, "proof_missing")
    claimed = (await prove(story.customer, asset)).json()
    assert (claimed["purchase"], claimed["purchased_on"]) == ("claimed", "2026-01-05")
    assert [(p["source"], p["ends_on"]) for p in claimed["periods"]] == [("claimed", "2027-01-05")]
    assert [document["purpose"] for document in claimed["documents"]] == ["purchase_proof"]
    verified = (await verify(story.agent, asset, "2026-01-04")).json()
    assert (verified["purchase"], verified["periods"][0]["source"]) == ("verified", "proof")
    assert await rows.fetchval("SELECT count(*) FROM audit_log WHERE action = 'verify_purchase'") == 1
    url = f"/api/v1/assets/{asset.id}"
    other = await story.customer.patch(url, json={"purchased_on": "2026-06-01"})
    assert (other.status_code, other.json()["code"]) == (409, "purchase_verified")
    same = (await story.customer.patch(url, json={"model": "KFR-50GW"})).json()
    assert (same["purchase"], same["model"]) == ("verified", "KFR-50GW")
    corrected = (await story.agent.patch(url, json={"purchased_on": "2026-01-03"})).json()
    assert corrected["purchase"] == "claimed"


async def test_a_proof_is_ones_own_photo_and_stays(
    story: Story, asset: Asset, stranger: Caller, database: Database, session: AsyncSession
) -> None:
    foreign = await prove(story.customer, asset, attachment_id=await uploaded(stranger))
    assert (foreign.status_code, foreign.json()["errors"][0]["code"]) == (422, "unknown_attachment")
    late = await prove(story.customer, asset, "2026-06-16")
    assert late.json()["errors"][0]["field"] == "body.purchased_on"
    assert (await prove(story.customer, asset)).status_code == 200
    store = open_store("memory://")
    await sweep(database.sessions, store, now=datetime(2027, 1, 1, tzinfo=UTC))
    (kept,) = (await seen(story.customer, asset))["documents"]
    taken = await story.customer.post(
        "/api/v1/tickets",
        json={
            "service_type": "consultation",
            "contact": {"name": "王", "phone": "13800138000"},
            "attachment_ids": [kept["id"]],
        },
    )
    assert taken.json()["errors"][0]["code"] == "unknown_attachment"


async def test_the_day_of_manufacture_will_do_where_there_is_no_other(story: Story, asset: Asset) -> None:
    url = f"/api/v1/assets/{asset.id}"
    told = (await story.customer.patch(url, json={"manufactured_on": "2025-11-30"})).json()
    assert [(p["source"], p["begins_on"], p["ends_on"]) for p in told["periods"]] == [
        ("manufacture", "2026-02-28", "2027-02-28")
    ]


async def test_a_serial_number_is_one_appliance(
    story: Story, asset: Asset, session: AsyncSession, customer: Customer
) -> None:
    other = await make_asset(session, customer, category="空调", serial_number="SN-2")
    taken = await story.customer.patch(f"/api/v1/assets/{other.id}", json={"serial_number": "SN-1"})
    assert (taken.status_code, taken.json()["code"]) == (409, "asset_known")


async def test_a_label_is_completed_from_the_catalogue(story: Story, asset: Asset) -> None:
    answer = await story.customer.post("/api/v1/labels", json={"text": "型号：KFR-35GW\n机号：A12345678"})
    assert answer.json() == {
        "brand": "回声",
        "model": "KFR-35GW",
        "serial_number": "A12345678",
        "category": "空调",
        "manufactured_on": None,
        "confidence": 0.9,
        "seen": ["model", "serial_number"],
        "asset_id": None,
    }
