"""Codes to be printed, and what people find behind them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Asset, QRScene, Ticket
from app.wechat.errors import Refused, Unreachable
from tests.harness.callers import Caller, CallerFor
from tests.harness.clock import Clock
from tests.harness.wechat import JPEG, FakeWeChat
from tests.make import make_customer, make_engineer, make_roster, make_scene, make_service_point
from tests.make.doors import LABEL
from tests.tickets import bodies
from tests.tickets.conftest import engineer, story, stranger
from tests.tickets.story import Story

__all__ = ["engineer", "story", "stranger"]

SCENES = "/api/v1/qr-scenes"
APPLIANCE = {"purpose": "appliance_label", "appliance": LABEL}


async def test_a_label_is_made_once_for_a_key(
    as_agent: Caller, wechat: FakeWeChat, session: AsyncSession
) -> None:
    key = {"Idempotency-Key": "label-1"}
    made = await as_agent.post(SCENES, json=APPLIANCE, headers=key)
    assert made.status_code == 201
    scene = made.json()["scene"]
    assert made.json() == {
        "scene": scene,
        "purpose": "appliance_label",
        "image_url": f"http://test{SCENES}/{scene}",
        "url": f"http://weixin.qq.com/q/{scene}",
        "expires_at": None,
    }
    assert (await as_agent.post(SCENES, json=APPLIANCE, headers=key)).json() == made.json()
    assert wechat.made == [("qr_code", scene, "None")]
    (row,) = await session.scalars(select(QRScene))
    assert row.subject == LABEL
    changed = {"purpose": "appliance_label", "appliance": LABEL | {"model": "another"}}
    other = await as_agent.post(SCENES, json=changed, headers=key)
    assert other.json()["code"] == "idempotency_key_reused"


async def test_a_code_may_end(as_manager: Caller, wechat: FakeWeChat, clock: Clock) -> None:
    made = await as_manager.post(SCENES, json=APPLIANCE | {"expires_in_days": 29})
    scene = made.json()["scene"]
    assert wechat.made == [("qr_code", scene, "2505600")]
    image = await as_manager.get(f"{SCENES}/{scene}")
    assert image.status_code == 302
    assert image.headers["location"] == (
        f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQ%2F{scene}%3D%3D"
    )
    clock.advance(days=29)
    assert (await as_manager.get(f"{SCENES}/{scene}")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"purpose": "service_point"},
        {"purpose": "service_point", "appliance": LABEL},
        APPLIANCE | {"engineer_id": "00000000-0000-0000-0000-000000000001"},
        {"purpose": "engineer_badge", "engineer_id": "00000000-0000-0000-0000-000000000001"},
        {"purpose": "service_point", "service_point_id": "00000000-0000-0000-0000-000000000001"},
        APPLIANCE | {"expires_in_days": 31},
    ],
)
async def test_a_code_for_nothing_is_refused(
    as_agent: Caller, wechat: FakeWeChat, body: dict[str, object]
) -> None:
    answer = await as_agent.post(SCENES, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert wechat.made == []


async def test_when_wechat_fails_there_is_no_code_and_a_second_try_makes_one(
    as_agent: Caller, wechat: FakeWeChat, session: AsyncSession
) -> None:
    key = {"Idempotency-Key": "label-2"}
    wechat.failure = Refused(45029, "qrcode count out of limit")
    failed = await as_agent.post(SCENES, json=APPLIANCE, headers=key)
    assert (failed.status_code, "二维码" in failed.json()["msg"]) == (503, True)
    assert await session.scalar(select(func.count()).select_from(QRScene)) == 0
    wechat.failure = None
    assert (await as_agent.post(SCENES, json=APPLIANCE, headers=key)).status_code == 201


async def test_the_same_scene_as_a_mini_code(
    as_agent: Caller, wechat: FakeWeChat, session: AsyncSession
) -> None:
    await make_scene(session, "LABEL0001", "appliance_label", LABEL)
    image = await as_agent.get(f"{SCENES}/LABEL0001/mini-code")
    assert (image.content, image.headers["content-type"]) == (JPEG, "image/jpeg")
    assert wechat.made == [("mini_code", "LABEL0001", "pages/report/report")]
    wechat.failure = Unreachable("no network")
    assert (await as_agent.get(f"{SCENES}/LABEL0001/mini-code")).status_code == 503
    assert (await as_agent.get(f"{SCENES}/NOSUCH001/mini-code")).status_code == 404


@pytest.fixture
async def label(session: AsyncSession) -> str:
    await make_scene(session, "LABEL0001", "appliance_label", LABEL)
    await make_scene(session, "OTHER0001", "appliance_label", LABEL | {"serial_number": "", "model": "X-1"})
    return "LABEL0001"


async def test_the_form_knows_what_the_label_knows(
    as_customer: Caller, label: str, session: AsyncSession
) -> None:
    page = await as_customer.get("/h5/report", params={"scene": label})
    assert page.status_code == 200
    for words in ("美的", "KFR-35GW", "SN0001", "保修期内", "2028年1月31日"):
        assert words in page.text
    assert "<script>" not in page.text
    await make_scene(session, "PAST00001", "appliance_label", LABEL | {"warranty_months": 12})
    await make_scene(session, "UNKNOWN01", "appliance_label", LABEL | {"warranty_start": None})
    assert "保修期已过" in (await as_customer.get("/h5/report", params={"scene": "PAST00001"})).text
    assert "由工程师核对" in (await as_customer.get("/h5/report", params={"scene": "UNKNOWN01"})).text


async def test_a_scanned_appliance_becomes_a_ticket_by_a_plain_form(
    as_customer: Caller, label: str, session: AsyncSession
) -> None:
    form = bodies.form(scene=label, category="")
    sent = await as_customer.post("/h5/report", data=form)
    assert sent.status_code == 303
    (ticket,) = await session.scalars(select(Ticket))
    assert sent.headers["location"] == f"/h5/tickets/{ticket.number}/submitted"
    assert (ticket.brand, ticket.model, ticket.serial_number) == ("美的", "KFR-35GW", "SN0001")
    assert (ticket.category, ticket.contact_phone) == ("空调", "13800138000")
    asset = await session.get_one(Asset, ticket.asset_id)
    assert (asset.serial_number, str(asset.purchased_on)) == ("SN0001", "2025-01-31")
    again = await as_customer.post("/h5/report", data=form)
    assert again.headers["location"] == sent.headers["location"]
    assert await session.scalar(select(func.count()).select_from(Ticket)) == 1
    assert await session.scalar(select(func.count()).select_from(Asset)) == 1
    assert (await as_customer.get(sent.headers["location"])).status_code == 200


async def test_what_is_missing_is_said_beside_the_field_and_nothing_typed_is_lost(
    as_customer: Caller, label: str, session: AsyncSession
) -> None:
    form = bodies.form(scene=label, fault="", phone="12<b>", detail="世纪大道 9 号")
    page = await as_customer.post("/h5/report", data=form)
    assert page.status_code == 200
    for words in ("请描述故障", "手机号", "世纪大道 9 号", "12&lt;b&gt;", "SN0001", form["key"]):
        assert words in page.text, words
    assert "<b>" not in page.text
    assert await session.scalar(select(func.count()).select_from(Ticket)) == 0


async def test_a_visit_needs_an_address_and_the_form_says_so(as_customer: Caller) -> None:
    nowhere = dict.fromkeys(("province", "city", "district", "detail"), "")
    page = await as_customer.post("/h5/report", data=bodies.form(**nowhere))
    assert (page.status_code, "上门服务请填写地址" in page.text) == (200, True)
    partly = await as_customer.post("/h5/report", data=bodies.form(city=""))
    assert (partly.status_code, "请填写此项" in partly.text) == (200, True)


async def test_the_form_without_a_label_and_with_one_that_is_not_there(
    as_customer: Caller, session: AsyncSession
) -> None:
    assert (await as_customer.get("/h5/report")).status_code == 200
    assert (await as_customer.get("/h5/report", params={"scene": "NOSUCH001"})).status_code == 404
    point = await make_service_point(session)
    await make_scene(session, "POINT0001", "service_point", {"id": str(point.id)})
    assert (await as_customer.get("/h5/report", params={"scene": "POINT0001"})).status_code == 404
    assert (await as_customer.post("/h5/report", data=bodies.form())).status_code == 303


async def test_a_visitor_comes_back_to_the_scanned_form(client: Caller, label: str) -> None:
    answer = await client.get("/h5/report", params={"scene": label})
    assert answer.headers["location"] == "/oauth/official-account?next=/h5/report%3Fscene%3DLABEL0001"
    assert (await client.get(answer.headers["location"])).status_code == 302


async def test_a_badge_says_whether_he_is_ours_and_mine(
    story: Story,
    client: Caller,
    stranger: Caller,
    caller_for: CallerFor,
    session: AsyncSession,
    now: datetime,
) -> None:
    await story.accepted()
    person = story.engineer.person
    await make_scene(session, "BADGE0001", "engineer_badge", {"id": str(person.id)})

    async def seen(by: Caller) -> str:
        page = await by.get("/h5/badge/BADGE0001")
        assert page.status_code == 200
        return page.text

    anonymous = await seen(client)
    for words in ("是我们的工程师", "陈师傅", "今天当班", "登录后看看"):
        assert words in anonymous
    assert story.number not in anonymous
    assert story.number in await seen(story.customer)
    assert story.number not in await seen(stranger)
    assert "没有需要上门的工单" in await seen(stranger)
    story.clock.advance(hours=14)
    assert "不是他的当班时间" in await seen(client)
    person.active = False  # type: ignore[union-attr]
    await session.flush()
    gone = await seen(story.customer)
    assert "已失效" in gone
    assert story.number not in gone


async def test_another_engineer_at_the_door_is_a_warning(
    story: Story, session: AsyncSession, now: datetime
) -> None:
    await story.accepted()
    other = await _other_engineer(session, now)
    await make_scene(session, "BADGE0002", "engineer_badge", {"id": other})
    page = await story.customer.get("/h5/badge/BADGE0002")
    assert "不是由他负责" in page.text


async def _other_engineer(session: AsyncSession, now: datetime) -> str:
    made = await make_engineer(session)
    await make_roster(session, made, now.date())
    return str(made.id)


async def test_a_service_point_has_a_phone_and_districts(client: Caller, session: AsyncSession) -> None:
    point = await make_service_point(session, name="浦东服务站", districts=["浦东新区", "黄浦区"])
    await make_scene(session, "POINT0001", "service_point", {"id": str(point.id)})
    page = await client.get("/h5/points/POINT0001")
    for words in ("浦东服务站", "021-58881234", "浦东新区、黄浦区"):
        assert words in page.text
    assert (await client.get("/h5/badge/POINT0001")).status_code == 404
    assert (await client.get("/h5/points/NOSUCH001")).status_code == 404


async def test_an_ended_code_leads_nowhere(client: Caller, session: AsyncSession, now: datetime) -> None:
    point = await make_service_point(session)
    over = {"expires_at": now - timedelta(seconds=1)}
    await make_scene(session, "POINT0001", "service_point", {"id": str(point.id)}, **over)
    assert (await client.get("/h5/points/POINT0001")).status_code == 404


async def test_a_customer_may_not_make_codes(caller_for: CallerFor, session: AsyncSession) -> None:
    caller = await caller_for(await make_customer(session))
    assert (await caller.post(SCENES, json=APPLIANCE)).status_code == 403
