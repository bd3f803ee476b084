"""The platform's side of the page: for who holds the secret, and with everything that a demonstration needs."""

import re

from playwright.async_api import Page, expect

from sandbox import defaults
from tests.faces.platform import Wire, open_phones
from tests.harness.sandbox import SECRET, Sandbox

TABS = {
    "请求": "/cgi-bin/message/template/send",
    "回调": "TEMPLATESENDJOBFINISH",
    "额度": "/cgi-bin/message/template/send",
    "令牌": "稳定令牌",
    "模板": "服务进度通知",
    "用户": "林晓雨",
    "故障": "微信繁忙",
    "时钟": "次日零点",
    "群发": "还没有虚拟用户",
}


async def test_every_tab_shows_what_the_platform_knows(page: Page, sandbox: Sandbox, wire: Wire) -> None:
    await wire.card()
    await open_phones(page, sandbox, operator=True)
    assert SECRET not in page.url
    for tab, content in TABS.items():
        await page.get_by_role("tab", name=tab, exact=True).click()
        await expect(page.get_by_role("tabpanel")).to_contain_text(content)
    assert await page.get_by_role("tab").all_inner_texts() == list(TABS)


async def test_tabs_turn_with_the_arrow_keys(page: Page, sandbox: Sandbox) -> None:
    await open_phones(page, sandbox, operator=True)
    await page.get_by_role("tab", name="请求").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(page.get_by_role("tab", name="群发")).to_be_focused()
    await expect(page.get_by_role("tabpanel")).to_contain_text("虚拟用户")


async def test_a_request_tells_what_was_asked_and_answered(page: Page, sandbox: Sandbox, wire: Wire) -> None:
    await open_phones(page, sandbox, operator=True)
    await sandbox.fault({"errcode": 45011}, times=1)
    await sandbox.client.post(
        f"/cgi-bin/message/template/send?access_token={await wire.token()}", json={"touser": "<i>"}
    )
    entry = page.locator(".entry", has_text="45011")
    await entry.click()
    await expect(entry.locator(".fields")).to_contain_text(re.compile(r"rid.*[0-9a-f]{8}-[0-9a-f]{8}"))
    await expect(entry.locator(".fields")).to_contain_text('"touser": "<i>"')
    await page.get_by_label("只看出错的").check()
    await expect(page.locator(".entry")).to_have_count(1)


async def test_without_the_secret_the_console_stays_shut(page: Page, sandbox: Sandbox) -> None:
    await open_phones(page, sandbox)
    await expect(page.get_by_role("tablist")).to_have_count(0)
    browser, state = page.context.request, f"{sandbox.base}/_sandbox/state"
    as_console = {"X-Sandbox-Console": "1"}
    assert (await browser.get(state, headers=as_console)).status == 401
    key = {"X-Phone-Key": await page.locator("meta[name=phone-key]").get_attribute("content") or ""}
    door = f"{sandbox.base}/console/session"
    assert (await browser.post(door, data={"secret": "guess"}, headers=key)).status == 403
    assert (await browser.post(door, data={"secret": SECRET})).status == 403
    await page.get_by_label("控制密钥").fill(SECRET)
    await page.get_by_role("button", name="进入").click()
    await expect(page.get_by_role("tablist")).to_be_visible()
    assert (await browser.get(state, headers=as_console)).status == 200
    # Another page of this browser has the cookie, but it cannot send the header.
    assert (await browser.get(state)).status == 401


async def test_a_token_is_revoked(page: Page, sandbox: Sandbox, wire: Wire) -> None:
    before = await wire.token()
    await open_phones(page, sandbox, operator=True)
    await page.get_by_role("tab", name="令牌").click()
    await page.get_by_role("button", name="吊销", exact=True).click()
    await expect(page.get_by_text("已吊销")).to_be_visible()
    assert await wire.token() != before


async def test_weather_is_chosen_and_a_rule_is_added_and_removed(page: Page, sandbox: Sandbox) -> None:
    await open_phones(page, sandbox, operator=True)
    await page.get_by_role("tab", name="故障").click()
    await page.get_by_role("button", name=re.compile("^令牌风暴")).click()
    await expect(page.get_by_role("button", name=re.compile("^令牌风暴"))).to_have_attribute(
        "aria-pressed", "true"
    )
    assert (await sandbox.control("GET", "faults"))["items"]
    await page.get_by_role("button", name="全部清除").click()
    await expect(page.get_by_text("一切正常，没有故障")).to_be_visible()
    await page.locator("select[name=kind]").select_option(label="返回错误码")
    await page.get_by_label("数值").fill("45009")
    await page.locator("select[name=path]").select_option(label="模板消息")
    await page.get_by_label("次数").fill("3")
    await page.get_by_role("button", name="添加", exact=True).click()
    await expect(page.locator(".rules li")).to_contain_text("code=45009")
    (rule,) = (await sandbox.control("GET", "faults"))["items"]
    assert (rule["kind"], rule["match"]["path"], rule["left"]) == (
        "errcode",
        "/cgi-bin/message/template/send",
        3,
    )
    await page.get_by_role("button", name="移除").click()
    await expect(page.locator(".rules li")).to_have_count(0)


async def test_the_clock_moves_and_the_page_says_so(page: Page, sandbox: Sandbox) -> None:
    await open_phones(page, sandbox, operator=True)
    await page.get_by_role("tab", name="时钟").click()
    await page.get_by_role("button", name="+48 小时").click()
    await expect(page.get_by_role("tabpanel")).to_contain_text("比真实时间快 2 天")
    await page.get_by_role("button", name="次日零点").click()
    await expect(page.locator(".face-of-clock b")).to_have_text(re.compile("^00:00:0"))
    await expect(page.locator("#platform-time")).to_contain_text("平台时间")


async def test_a_crowd_is_drawn_as_heat(page: Page, sandbox: Sandbox, wire: Wire) -> None:
    await open_phones(page, sandbox, operator=True)
    await page.get_by_role("tab", name="群发").click()
    await page.get_by_label("人数").fill("40")
    await page.get_by_role("button", name="创建并关注").click()
    await expect(page.locator(".heat i")).to_have_count(40)
    crowd = (await sandbox.control("GET", "mass"))["items"]
    await wire.card(crowd[7]["openid"])
    await expect(page.locator(".heat i.good")).to_have_count(1)
    await expect(page.locator(".totals")).to_contain_text("送达 1")


async def test_a_template_is_banned(page: Page, sandbox: Sandbox) -> None:
    await open_phones(page, sandbox, operator=True)
    await page.get_by_role("tab", name="模板").click()
    card = page.locator(".template", has_text=defaults.TEMPLATES[0].id)
    await card.get_by_role("button", name="封禁").click()
    await expect(card).to_contain_text("已封禁")
    banned = [t["id"] for t in (await sandbox.control("GET", "templates"))["items"] if t["banned"]]
    assert banned == [defaults.TEMPLATES[0].id]
