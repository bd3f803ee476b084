"""The browser in a phone: signed in as its owner, apart from all others, and with the `wx` of WeChat."""

import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import FrameLocator, Page, expect

from sandbox import defaults
from sandbox.passing import links_at_home
from tests.faces.platform import Wire, menu, open_phones, phone
from tests.faces.product import SUBSCRIPTIONS, Product
from tests.harness.sandbox import Sandbox


async def _open(page: Page, nickname: str, entry: str = "工单进度") -> FrameLocator:
    holder = phone(page, nickname)
    await holder.locator(".row", has_text="回响服务").click()
    await holder.get_by_role("button", name="我的服务").click()
    await holder.get_by_role("button", name=entry).click()
    return holder.frame_locator("iframe")


async def test_each_phone_is_signed_in_as_its_owner(
    page: Page, sandbox: Sandbox, wire: Wire, product: Product
) -> None:
    await wire.post("/cgi-bin/menu/create", menu(product.base))
    await open_phones(page, sandbox, "u-lin", "u-zhao")
    codes = []
    for nickname in ("林晓雨", "赵建国"):
        frame = await _open(page, nickname)
        await expect(frame.get_by_role("heading", name="我的服务")).to_be_visible()
        await expect(phone(page, nickname).locator(".window h2")).to_have_text("我的服务")
        codes.append(await frame.locator("p").inner_text())
    openids = [await _exchanged(sandbox, code) for code in codes]
    assert len(set(openids)) == 2
    # A second visit is still signed in: the cookie of the first lies in this phone.
    lin = phone(page, "林晓雨")
    await lin.locator(".window").get_by_role("button", name="更多").click()
    await lin.get_by_role("button", name="刷新").click()
    await expect(lin.frame_locator("iframe").locator("p")).to_have_text(codes[0])
    assert await page.context.cookies(product.base + "/h5/") == [
        cookie for cookie in await page.context.cookies() if cookie["name"] != "visitor"
    ]


def test_photos_and_links_of_a_page_come_through_the_phone() -> None:
    """Their whole addresses would be refused by the page's own policy; what is text stays as it is."""
    page = b'<img src="http://shop:8000/p/1"><a href="http://shop:8000/p/2">http://shop:8000/p/2</a>'
    elsewhere = b'<img src="http://shop:80001/p/1"><img src="https://cdn.example/1">'
    at_home = b'<img src="/p/1"><a href="/p/2">http://shop:8000/p/2</a>'
    assert links_at_home(page + elsewhere, "http://shop:8000") == at_home + elsewhere


async def test_the_owner_is_asked_before_a_profile_is_given(
    page: Page, sandbox: Sandbox, wire: Wire, product: Product
) -> None:
    product.scope = "snsapi_userinfo"
    await wire.post("/cgi-bin/menu/create", menu(product.base))
    await open_phones(page, sandbox, "u-lin")
    frame = await _open(page, "林晓雨")
    await expect(frame.get_by_role("heading")).to_have_text("回响服务 申请获取你的昵称、头像")
    await frame.get_by_role("link", name="拒绝").click()
    await expect(frame.get_by_role("heading")).to_have_text("您没有授权")
    await phone(page, "林晓雨").get_by_role("button", name="关闭网页").click()
    await _open_again(page)
    await frame.get_by_role("link", name="允许").click()
    await expect(frame.get_by_role("heading")).to_have_text("我的服务")


async def _open_again(page: Page) -> None:
    lin = phone(page, "林晓雨")
    await lin.get_by_role("button", name="我的服务").click()
    await lin.get_by_role("button", name="工单进度").click()


@pytest.fixture
async def asking(page: Page, sandbox: Sandbox, wire: Wire, product: Product) -> FrameLocator:
    """A page of the product in Lin's phone that asks WeChat for things."""
    await wire.card(url=f"{product.base}/h5/asking")
    await open_phones(page, sandbox, "u-lin")
    lin = phone(page, "林晓雨")
    await lin.locator(".row", has_text="回响服务").click()
    await lin.get_by_role("button", name="查看详情").click()
    return lin.frame_locator("iframe")


async def test_consent_by_tick_boxes_is_written_into_the_ledger(
    page: Page, sandbox: Sandbox, wire: Wire, asking: FrameLocator
) -> None:
    sheet = phone(page, "林晓雨").get_by_role("dialog")
    await asking.get_by_role("button", name="订阅").click()
    await sheet.get_by_label(defaults.SUBSCRIPTIONS[1].title).uncheck()
    await sheet.get_by_label("总是保持以上选择").check()
    await sheet.get_by_role("button", name="允许").click()
    answer = await _answer(asking)
    assert [answer[template] for template in SUBSCRIPTIONS] == ["accept", "reject"]
    ledger = {row["template_id"]: row for row in (await sandbox.control("GET", "consents"))["items"]}
    assert [ledger[template]["count"] for template in SUBSCRIPTIONS] == [1, 0]
    assert [ledger[template]["always"] for template in SUBSCRIPTIONS] == ["accept", "reject"]
    # What is always kept is not asked again.
    await asking.get_by_role("button", name="登录").click()
    await asking.get_by_role("button", name="订阅").click()
    await expect(asking.locator("output")).to_contain_text("accept")
    await expect(sheet).to_have_count(0)
    assert len(await wire.pushed("subscribe_msg_popup_event")) >= 1


async def test_login_and_phone_number_give_codes_that_the_platform_takes(
    page: Page, sandbox: Sandbox, wire: Wire, asking: FrameLocator
) -> None:
    await asking.get_by_role("button", name="登录").click()
    query = {
        "appid": defaults.MINI_APPID,
        "secret": defaults.MINI_SECRET,
        "js_code": (await _answer(asking))["code"],
        "grant_type": "authorization_code",
    }
    session = (await sandbox.client.get("/sns/jscode2session", params=query)).json()
    assert session["openid"]
    await asking.get_by_role("button", name="手机号").click()
    await phone(page, "林晓雨").get_by_role("button", name="不允许").click()
    await expect(asking.locator("output")).to_have_text("getPhoneNumber:fail cancel")
    await asking.get_by_role("button", name="手机号").click()
    await phone(page, "林晓雨").get_by_role("button", name="允许", exact=True).click()
    await expect(asking.locator("output")).to_contain_text("code")
    body = {"code": (await _answer(asking))["code"]}
    found = await wire.post("/wxa/business/getuserphonenumber", body, defaults.MINI_APPID)
    assert found["phone_info"]["purePhoneNumber"] == "13800000001"


async def test_a_place_is_chosen_and_a_code_is_read(
    page: Page, sandbox: Sandbox, wire: Wire, asking: FrameLocator
) -> None:
    body = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "asset-7K2M"}}}
    await wire.post("/cgi-bin/qrcode/create", {"expire_seconds": 600, **body})
    sheet = phone(page, "林晓雨").get_by_role("dialog")
    await asking.get_by_role("button", name="位置").click()
    await sheet.get_by_role("button", name="翠湖公园").click()
    assert (await _answer(asking))["address"] == "昆明市五华区翠湖南路 67 号"
    await asking.get_by_role("button", name="扫码").click()
    await sheet.get_by_role("button", name="asset-7K2M").click()
    await expect(asking.locator("output")).to_contain_text("QR_CODE")
    assert (await _answer(asking))["result"] == "asset-7K2M"


async def test_the_mini_program_opens_in_its_own_frame(
    page: Page, sandbox: Sandbox, product: Product
) -> None:
    await open_phones(page, sandbox, "u-lin")
    lin = phone(page, "林晓雨")
    await lin.locator(".row", has_text="回响小程序").click()
    await expect(lin.frame_locator("iframe").get_by_role("heading")).to_have_text("我的服务")
    await expect(lin.locator(".window h2")).to_have_text("回响小程序")
    await lin.get_by_role("button", name="更多").last.click()
    await lin.get_by_role("button", name="联系客服").click()
    await lin.get_by_label("发消息").fill("怎么预约？")
    await lin.get_by_label("发消息").press("Enter")
    await expect(lin.locator(".turn.mine .bubble")).to_have_text("怎么预约？")
    await lin.get_by_role("button", name="返回").click()
    await expect(lin.locator(".row", has_text="回响小程序客服")).to_be_visible()


async def test_nobody_else_uses_what_is_signed_in_there(
    page: Page, sandbox: Sandbox, product: Product
) -> None:
    await open_phones(page, sandbox, "u-lin")
    lin = phone(page, "林晓雨")
    await lin.locator(".row", has_text="回响小程序").click()
    await expect(lin.frame_locator("iframe").get_by_role("heading")).to_have_text("我的服务")
    address = await lin.locator("iframe").get_attribute("src")
    assert address is not None
    there = urlsplit(address)
    async with httpx.AsyncClient(base_url=f"http://{there.netloc}", trust_env=False) as stranger:
        assert (await stranger.get("/h5/")).status_code == 403
        assert (await stranger.get("/connect/oauth2/authorize")).status_code == 403
        assert (await stranger.get("/__phone/open", params={"key": "guess", "to": "/"})).status_code == 403
        entered = await stranger.get(f"{there.path}?{there.query}")
        assert entered.status_code == 303
        mine = {
            "cookie": entered.headers["set-cookie"].partition(";")[0],
            "referer": "http://elsewhere.test/",
        }
        seen: dict[str, Any] = (
            await stranger.post("/echo", headers={**mine, "origin": "http://a.test"}, content="hi")
        ).json()
    assert seen["body"] == "hi"
    assert seen["headers"]["origin"] == product.base
    assert seen["headers"]["referer"] is None
    assert "phone_" not in seen["headers"]["cookie"]
    assert "MicroMessenger" in seen["headers"]["user-agent"]


async def _exchanged(sandbox: Sandbox, code: str) -> str:
    query = {
        "appid": defaults.OFFICIAL_APPID,
        "secret": defaults.OFFICIAL_SECRET,
        "code": code,
        "grant_type": "authorization_code",
    }
    answer = (await sandbox.client.get("/sns/oauth2/access_token", params=query)).json()
    assert "openid" in answer, answer
    return str(answer["openid"])


async def _answer(frame: FrameLocator) -> dict[str, Any]:
    output = frame.locator("output")
    await expect(output).to_contain_text(":ok", timeout=15_000)
    answer: dict[str, Any] = json.loads(await output.inner_text())
    return answer
