"""An appliance changes hands: what goes with it, and what never does."""

from typing import Any

import asyncpg
import pytest
from httpx import Response

from app.services.assets.transfer import LIFETIME, MOST_A_DAY
from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.households.conftest import Family
from tests.tickets.photos import photo
from tests.tickets.story import SCORES, Story

WORDS = "客厅空调不制冷，请打 13912345678 找王女士"


async def offer(family: Family, who: Caller | None = None) -> Response:
    return await (who or family.wang).post(f"/api/v1/assets/{family.asset.id}/transfer")


async def offered(family: Family) -> str:
    answer = await offer(family)
    assert answer.status_code == 201, answer.text
    code: str = answer.json()["code"]
    return code


async def accept(who: Caller, code: str) -> Response:
    return await who.post("/api/v1/asset-transfers", json={"code": code})


async def prove(family: Family) -> None:
    uploaded = await family.wang.post(
        "/api/v1/attachments",
        files={"file": ("a.jpg", photo(), "image/jpeg")},
        data={"purpose": "purchase_proof"},
    )
    body = {"attachment_id": uploaded.json()["id"], "purchased_on": "2026-01-05"}
    answer = await family.wang.put(f"/api/v1/assets/{family.asset.id}/purchase-proof", json=body)
    assert len(answer.json()["documents"]) == 1


@pytest.fixture
async def served(family: Family, story: Story) -> Family:
    """Repaired and rated, with a proof of its purchase and a warranty of the repair."""
    await prove(family)
    await story.completed(asset_id=str(family.asset.id), fault=WORDS)
    await story.step(story.customer, "confirm")
    await story.step(story.customer, "rate_or_expire", **SCORES)
    return family


async def test_history_and_warranty_go_along_and_the_former_owner_does_not(
    served: Family, stranger: Caller, story: Story
) -> None:
    before = await served.archive(served.wang)
    made = await accept(stranger, await offered(served))
    assert made.status_code == 201, made.text
    after = made.json()
    assert (after["mine"], after["household_id"], after["purchased_on"]) == (True, None, "2026-01-05")
    assert after["periods"] == before["periods"]
    assert after["periods"]
    (job,) = after["jobs"]
    assert (job["number"], job["solutions"]) == (story.number, ["补充冷媒，制冷恢复"])
    assert (job["rating"], after["documents"]) == (None, [])
    assert not [word for word in ("13912345678", "王女士", "客厅") if word in made.text]
    listed = (await stranger.get("/api/v1/assets")).text
    assert "13912345678" not in listed
    assert (await stranger.get(f"/api/v1/tickets/{story.number}")).status_code == 404
    assert WORDS in (await story.agent.get(f"/api/v1/assets/{served.asset.id}/archive")).text


async def test_the_former_owner_and_her_household_see_it_no_more(
    served: Family, stranger: Caller, story: Story, rows: asyncpg.Connection
) -> None:
    await accept(stranger, await offered(served))
    assert [await served.sees(who) for who in (served.wang, served.li, stranger)] == [404, 404, 200]
    assert (await served.wang.get("/api/v1/assets")).json() == {"items": []}
    assert (await served.wang.get(f"/api/v1/tickets/{story.number}")).status_code == 200
    assert await examine(rows) == []


async def test_what_the_new_owner_says_is_his_own(served: Family, stranger: Caller, clock: Clock) -> None:
    await accept(stranger, await offered(served))
    clock.advance(days=1)
    body: dict[str, Any] = {"service_type": "consultation", "category": "空调", "fault": "遥控器怎么用"}
    contact = {"name": "张", "phone": "13700137001"}
    asked = await stranger.post(
        "/api/v1/tickets", json=body | {"contact": contact, "asset_id": str(served.asset.id)}
    )
    assert asked.status_code == 201, asked.text
    (newest, _) = (await served.archive(stranger))["jobs"]
    assert newest["fault"] == "遥控器怎么用"


async def test_it_is_undone_until_it_is_accepted(family: Family, stranger: Caller, clock: Clock) -> None:
    url = f"/api/v1/assets/{family.asset.id}/transfer"
    first = await offered(family)
    assert (await family.archive(family.wang))["offered_until"] is not None
    assert (await family.archive(family.li))["offered_until"] is None
    assert (await family.wang.delete(url)).status_code == 204
    assert (await family.archive(family.wang))["offered_until"] is None
    replaced = await offered(family)
    good = await offered(family)
    for code in (first, replaced, "B" * 16):
        assert (await accept(stranger, code)).status_code == 404
    assert (await accept(family.wang, good)).json()["code"] == "own_asset"
    assert (await accept(stranger, good)).status_code == 201
    assert (await accept(stranger, good)).status_code == 201
    assert (await accept(family.li, good)).status_code == 404
    assert (await family.wang.delete(url)).status_code == 404


async def test_an_old_offer_is_none(family: Family, stranger: Caller, clock: Clock) -> None:
    code = await offered(family)
    clock.advance(days=LIFETIME.days)
    assert (await accept(stranger, code)).status_code == 404


async def test_only_its_owner_offers_it_and_not_all_the_time(family: Family, stranger: Caller) -> None:
    assert (await offer(family, family.li)).status_code == 403
    assert (await offer(family, stranger)).status_code == 404
    for _ in range(MOST_A_DAY):
        await offered(family)
    assert (await offer(family)).status_code == 429


async def test_nothing_changes_hands_while_it_is_worked_on_or_known_twice(
    family: Family, stranger: Caller, story: Story
) -> None:
    await stranger.post("/api/v1/assets", json={"category": "空调", "serial_number": "SN-1"})
    code = await offered(family)
    assert (await accept(stranger, code)).json()["code"] == "asset_known"
    await story.submit(asset_id=str(family.asset.id))
    assert (await accept(family.li, code)).json()["code"] == "asset_at_work"
    assert (await offer(family)).json()["code"] == "asset_at_work"


async def test_it_is_accepted_on_a_page(family: Family, stranger: Caller) -> None:
    url = f"/h5/transfers/{await offered(family)}"
    shown = (await stranger.get(url)).text
    assert "回声 KFR-35GW" in shown
    assert "接收这台设备" in shown
    assert (await stranger.post(url)).status_code == 303
    assert "已是您的设备" in (await stranger.get(url)).text
    assert await family.sees(stranger) == 200


async def test_giver_and_taker_may_turn_out_to_be_one(
    family: Family, stranger: Caller, story: Story, rows: asyncpg.Connection
) -> None:
    await accept(stranger, await offered(family))
    wish = {"customer_id": str(family.wang.person.id), "into": str(stranger.person.id), "reason": "同一人"}
    merged = await story.agent.post("/api/v1/customer-merges", json=wish)
    assert merged.status_code == 201, merged.text
    undo = f"/api/v1/customer-merges/{merged.json()['id']}/undo"
    assert (await story.agent.post(undo, json={"reason": "认错人了"})).status_code == 200
    assert await family.sees(stranger) == 200
    assert await examine(rows) == []
