"""In or out before anybody is sent, and what a person may change about it."""

from datetime import date
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Asset, Customer, Product
from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.make import make_asset
from tests.make.rows import add
from tests.tickets import bodies
from tests.tickets.story import Story

PROOF = "没有购买日期，暂时无法判定是否在保"


async def owned(session: AsyncSession, customer: Customer, bought: date | None, **over: Any) -> Asset:
    await add(
        session, Product(category="空调", brand="回声", model="KFR-35GW", name="空调", warranty_months=12)
    )
    return await make_asset(
        session, customer, category="空调", serial_number="SN-1", purchased_on=bought, **over
    )


async def warranty(story: Story, who: Caller | None = None) -> dict[str, Any]:
    answer = await (who or story.customer).get(f"/api/v1/tickets/{story.number}/warranty")
    assert answer.status_code == 200, answer.text
    return Story.as_dict(answer)


async def put(story: Story, who: Caller, **body: Any) -> Any:
    return await who.put(f"/api/v1/tickets/{story.number}/warranty", json={"reason": "现场查看"} | body)


async def test_it_is_decided_before_dispatch_with_the_reason(
    session: AsyncSession, customer: Customer, story: Story
) -> None:
    asset = await owned(session, customer, date(2025, 9, 18))
    reported = await story.submit(asset_id=str(asset.id))
    assert reported["warranty_decision"] is None
    ticket = await story.step(story.agent, "triage")
    told = ticket["warranty_decision"]
    assert told == {
        "state": "in",
        "reason": "整机保修至 2026-09-18（剩余 95 天），按 基本 版政策",
        "policy_version": "基本",
        "covers": "unit",
        "component": "",
        "ends_on": "2026-09-18",
        "remaining_days": 95,
        "next_step": "购买日期由您填写，请备好购买凭证供工程师核对。",
        "rework_of": None,
    }
    seen = await warranty(story)
    assert seen["decision"] == told
    assert [(p["kind"], p["source"], p["in_force"]) for p in seen["periods"]] == [("unit", "claimed", True)]


async def test_without_a_date_the_customer_hears_what_to_do(story: Story) -> None:
    await story.submit()
    told = (await story.step(story.agent, "triage"))["warranty_decision"]
    assert (told["state"], told["reason"]) == ("unknown", PROOF)
    assert "购买凭证" in told["next_step"]


async def test_a_policy_binds_from_its_day_on_and_never_changes(
    session: AsyncSession, customer: Customer, story: Story, as_admin: Caller, rows: asyncpg.Connection
) -> None:
    rule = {
        "brand": "回声", "category": "空调", "unit_months": 72,
        "components": [{"component": "压缩机/压机", "months": 120}],
    }  # fmt: skip
    body = {"version": "2025", "valid_from": "2025-01-01", "rules": [rule]}
    for status in (201, 409):
        assert (await as_admin.post("/api/v1/warranty-policies", json=body)).status_code == status
    (listed,) = (await story.customer.get("/api/v1/warranty-policies")).json()["items"]
    assert (listed["version"], listed["rules"][0]["unit_months"]) == ("2025", 72)
    short = body | {"version": "2026", "valid_from": "2026-01-01", "repair_days": 29}
    assert (await as_admin.post("/api/v1/warranty-policies", json=short)).status_code == 422
    asset = await owned(session, customer, date(2025, 6, 15))
    await story.submit(asset_id=str(asset.id))
    told = (await story.step(story.agent, "triage"))["warranty_decision"]
    assert (told["policy_version"], told["ends_on"]) == ("2025", "2031-06-15")
    assert [p["component"] for p in (await warranty(story))["periods"]] == ["", "压缩机"]
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with rows.transaction():
            await rows.execute("UPDATE warranty_policies SET valid_from = '2020-01-01'")


async def test_damage_found_on_site_is_out_with_photos_and_reason(
    session: AsyncSession, customer: Customer, story: Story, rows: asyncpg.Connection
) -> None:
    asset = await owned(session, customer, date(2026, 1, 1))
    await story.accepted(asset_id=str(asset.id))
    broken = {"cause": "human_damage", "attachment_ids": [await story.photo(story.engineer, "before")]}
    early = await put(story, story.engineer, **broken)
    assert (early.status_code, early.json()["code"]) == (403, "not_on_site")
    await story.step(story.customer, "book", window=bodies.window(story.clock.now))
    await story.step(story.engineer, "depart")
    assert (await story.step(story.engineer, "arrive", latitude=31.2310, longitude=121.5440))[
        "warranty"
    ] == "in"
    bare = await put(story, story.engineer, cause="human_damage")
    assert bare.status_code == 422
    favour = await put(story, story.engineer, cause="goodwill", state="in")
    assert (favour.status_code, favour.json()["code"]) == (403, "not_by_engineer")
    decided = await put(story, story.engineer, **broken, reason="外壳有撞击痕迹")
    assert decided.status_code == 200, decided.text
    told = decided.json()["decision"]
    assert (told["state"], told["covers"]) == ("out", "override")
    assert told["reason"] == "人为损坏：外壳有撞击痕迹"
    seen = await story.see()
    assert (seen["warranty"], seen["state"]) == ("out", "on_site")
    refused = await story.ask(story.engineer, "start")
    assert refused.json()["errors"][0]["code"] == "quote_needed"
    events = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    assert events[-1]["text"] == "保修判定为保外：人为损坏：外壳有撞击痕迹"
    assert (
        await rows.fetchval(
            "SELECT count(*) FROM outbox o JOIN tickets t ON t.seq = o.seq AND t.id = o.ticket_id"
        )
        == 1
    )
    assert await examine(rows) == []


async def test_the_part_that_was_found_decides(
    session: AsyncSession, customer: Customer, story: Story, as_admin: Caller
) -> None:
    rule = {"brand": "回声", "unit_months": 12, "components": [{"component": "压缩机/压机", "months": 72}]}
    body = {"version": "2020", "valid_from": "2020-01-01", "rules": [rule]}
    assert (await as_admin.post("/api/v1/warranty-policies", json=body)).status_code == 201
    asset = await owned(session, customer, date(2024, 1, 1))
    await story.on_site(asset_id=str(asset.id))
    assert (await story.see())["warranty"] == "out"
    found = await put(story, story.engineer, cause="component_found", component="压机")
    told = found.json()["decision"]
    assert (told["state"], told["covers"], told["component"]) == ("in", "part", "压缩机")


async def test_the_desk_decides_otherwise_with_a_reason_until_the_work_is_done(story: Story) -> None:
    await story.completed()
    late = await put(story, story.manager, cause="goodwill", state="in")
    assert (late.status_code, late.json()["code"]) == (409, "work_done")
    await story.submit()
    stated = await put(story, story.agent, cause="goodwill")
    assert stated.status_code == 422
    good = await put(story, story.agent, cause="goodwill", state="in", reason="老客户")
    assert good.json()["decision"]["reason"] == "特殊照顾：老客户"
    foreign = await put(story, story.customer, cause="goodwill", state="in")
    assert foreign.status_code == 403
