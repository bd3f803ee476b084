"""What arrives on a phone, and what its owner does with it, in a real browser."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from sandbox import defaults
from sandbox.people import openid_of
from tests.browser.pages import PHONE, open_page
from tests.faces.platform import DATA, Wire, menu, open_phones, phone
from tests.faces.product import SUBSCRIPTIONS
from tests.harness.sandbox import Sandbox


async def test_a_card_comes_with_banner_red_dot_and_latency(page: Page, sandbox: Sandbox, wire: Wire) -> None:
    await open_phones(page, sandbox, "u-lin", "u-zhao")
    await wire.card()
    lin, other = phone(page, "林晓雨"), phone(page, "赵建国")
    await expect(lin.locator(".banner")).to_contain_text("服务进度通知：已派单")
    await expect(lin.get_by_label("1 条未读")).to_be_visible()
    await expect(lin.locator(".strip")).to_contain_text(re.compile(r"\d+ ms 后到达手机"))
    await lin.locator(".banner").click()
    rows = lin.locator(".card dd")
    await expect(rows).to_have_text([slot["value"] for slot in DATA.values()])
    await expect(lin.locator(".card .foot-link")).to_have_count(0)
    await expect(other.locator(".banner")).to_have_count(0)


async def test_a_banner_leaves_by_itself_after_three_seconds(
    page: Page, sandbox: Sandbox, wire: Wire
) -> None:
    await page.clock.install()
    await open_phones(page, sandbox, "u-lin")
    await wire.card()
    banner = phone(page, "林晓雨").locator(".banner")
    await expect(banner).to_be_visible()
    await page.clock.run_for(2900)
    await expect(banner).to_be_visible()
    await page.clock.run_for(500)
    await expect(banner).to_have_count(0)


async def test_who_unfollows_and_follows_again_is_told_to_the_service(
    page: Page, sandbox: Sandbox, wire: Wire
) -> None:
    await open_phones(page, sandbox, "u-lin")
    lin = phone(page, "林晓雨")
    await lin.get_by_role("button", name="取关").click()
    await lin.get_by_role("button", name="关注", exact=True).click()
    await expect(lin.get_by_role("button", name="取关")).to_be_visible()
    assert len(await wire.pushed("unsubscribe")) == 1
    assert len(await wire.pushed("subscribe")) == 1


async def test_a_menu_with_its_second_level(page: Page, sandbox: Sandbox, wire: Wire) -> None:
    await wire.post("/cgi-bin/menu/create", menu("http://service.test"))
    await open_phones(page, sandbox, "u-lin")
    lin = phone(page, "林晓雨")
    await lin.locator(".row", has_text="回响服务").click()
    await lin.get_by_role("button", name="我要报修").click()
    entry = lin.get_by_role("button", name="常见问题")
    await expect(entry).to_be_hidden()
    await lin.get_by_role("button", name="我的服务").click()
    await entry.click()
    await expect(entry).to_be_hidden()
    assert await _keys(wire) == ["FAQ", "REPORT"]


async def test_a_conversation_and_an_answer_by_one_tap(page: Page, sandbox: Sandbox, wire: Wire) -> None:
    await open_phones(page, sandbox, "u-lin")
    lin = phone(page, "林晓雨")
    await lin.locator(".row", has_text="回响服务").click()
    await lin.get_by_label("发消息").fill("<b>空调不制冷</b>")
    await lin.get_by_label("发消息").press("Enter")
    await expect(lin.locator(".turn.mine .bubble")).to_have_text("<b>空调不制冷</b>")
    choices = [{"id": "5", "content": "很满意"}, {"id": "1", "content": "不满意"}]
    await wire.say("msgmenu", {"head_content": "这次服务怎么样？", "list": choices, "tail_content": "谢谢"})
    await lin.get_by_role("button", name="很满意").click()
    await expect(lin.locator(".turn.mine .bubble").last).to_have_text("很满意")
    texts = [push["body"] for push in await wire.pushed("text")]
    assert ["bizmsgmenuid" in body for body in texts] == [False, True]


async def test_a_subscribe_message_lies_among_the_notices_and_can_be_refused(
    page: Page, sandbox: Sandbox, wire: Wire
) -> None:
    template = SUBSCRIPTIONS[0]
    await sandbox.act("u-lin", "consent", templates=[template], decision="accept")
    await open_phones(page, sandbox, "u-lin")
    await wire.post(
        "/cgi-bin/message/subscribe/send",
        {"touser": openid_of(defaults.MINI_APPID, "u-lin"), "template_id": template, "data": _data(template)},
        appid=defaults.MINI_APPID,
    )
    lin = phone(page, "林晓雨")
    await lin.locator(".row", has_text="服务通知").click()
    await expect(lin.locator(".card h3")).to_have_text(defaults.SUBSCRIPTIONS[0].title)
    await lin.locator(".card").get_by_role("button", name="更多").click()
    await lin.get_by_role("button", name="拒收此类通知").click()
    await expect(lin.get_by_text("已拒收此类通知", exact=True)).to_be_visible()
    await lin.locator(".card").get_by_role("button", name="更多").click()
    await expect(lin.get_by_role("button", name="恢复接收此类通知")).to_be_visible()
    assert len(await wire.pushed("subscribe_msg_change_event")) == 1


async def test_the_camera_sees_every_code_of_the_platform(page: Page, sandbox: Sandbox, wire: Wire) -> None:
    body = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "asset-7K2M"}}}
    await wire.post("/cgi-bin/qrcode/create", {"expire_seconds": 600, **body})
    await open_phones(page, sandbox, "u-sun")
    sun = phone(page, "孙倩")
    await sun.get_by_role("button", name="扫一扫").first.click()
    await sun.get_by_role("dialog").get_by_role("button", name="asset-7K2M").click()
    await expect(sun.locator(".note")).to_have_text("你已关注回响服务")
    (pushed,) = await wire.pushed("subscribe")
    assert "qrscene_asset-7K2M" in pushed["body"]


async def test_who_is_not_on_the_table_is_announced(page: Page, sandbox: Sandbox, wire: Wire) -> None:
    await open_phones(page, sandbox, "u-zhao")
    await wire.card()
    await page.get_by_role("button", name="林晓雨收到「服务进度通知」").click()
    await expect(phone(page, "林晓雨")).to_be_visible()


async def test_a_sheet_keeps_the_focus_and_escape_means_no(page: Page, sandbox: Sandbox, wire: Wire) -> None:
    await open_phones(page, sandbox, "u-lin")
    lin = phone(page, "林晓雨")
    await lin.locator(".row", has_text="回响服务").click()
    more = lin.locator(".top").get_by_role("button", name="更多")
    await more.focus()
    await page.keyboard.press("Enter")
    for _ in range(6):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.closest('[role=dialog]') !== null")
    await page.keyboard.press("Escape")
    await expect(lin.get_by_role("dialog")).to_have_count(0)
    await expect(more).to_be_focused()
    assert await wire.pushed("unsubscribe") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_one_phone_fills_a_small_window(browser: Browser, sandbox: Sandbox, scheme: str) -> None:
    async with open_page(browser, size=PHONE, scheme="dark" if scheme == "dark" else "light") as page:
        await open_phones(page, sandbox)
        await expect(page.locator(".seat")).to_have_count(1)
        await expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        box = await page.locator(".frame").bounding_box()
        assert box is not None
        assert box["width"] == 390
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def _keys(wire: Wire) -> list[str]:
    bodies = [push["body"] for push in await wire.pushed("CLICK")]
    return sorted(key for key in ("REPORT", "FAQ") for body in bodies if key in body)


def _data(template: str) -> dict[str, dict[str, str]]:
    samples = {"character_string": "HX1", "thing": "空调维修", "phrase": "已派单", "time": "14:00"}
    (found,) = (t for t in defaults.SUBSCRIPTIONS if t.id == template)
    return {field.name: {"value": samples[re.sub(r"\d+$", "", field.name)]} for field in found.fields}
