"""The desk's list and the screen of one ticket, in a real browser and without one."""

import pytest
from playwright.async_api import Page, expect

from tests.harness.callers import Caller
from tests.harness.desk import Open
from tests.tickets.story import Story

XSS = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"


async def test_who_is_not_signed_in_is_led_to_the_form_and_back(
    client: Caller, story: Story, base: str, page: Page
) -> None:
    await story.submit()
    await page.goto(f"{base}/console/tickets/{story.number}")
    await expect(page).to_have_url(f"{base}/console/sign-in?next=/console/tickets/{story.number}")


async def test_customers_and_engineers_have_no_business_here(story: Story) -> None:
    for who in (story.customer, story.engineer):
        answer = await who.get("/console/tickets")
        assert answer.status_code == 403
        assert "text/html" in answer.headers["content-type"]


async def test_the_desk_takes_a_report_from_the_list_to_a_booked_visit_by_keyboard(
    story: Story, browse: Open, page: Page
) -> None:
    await story.accepted(fault=f"不制冷 {XSS}")
    await browse(story.agent, "/console/tickets")
    await expect(page.get_by_role("row").nth(1)).to_contain_text("不制冷 <script>")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(story.number)
    await page.get_by_text("预约上门", exact=True).first.click()
    await page.locator("form[action$='/events/book'] input[type=radio]").first.check()
    await page.get_by_role("button", name="预约上门").click()
    await expect(page.get_by_role("status")).to_have_text("已完成。")
    assert (await story.see())["state"] == "scheduled"
    assert await page.title() != "taken"


async def test_what_cannot_be_done_comes_back_with_what_was_typed(
    story: Story, browse: Open, page: Page
) -> None:
    await story.submit()
    await browse(story.agent, f"/console/tickets/{story.number}")
    seen = await story.see(story.agent)
    # Somebody else was faster.
    await story.step(story.agent, "ask_info", items=["型号照片"])
    await page.get_by_text("不予受理", exact=True).first.click()
    await page.get_by_label("原因").first.select_option("out_of_area")
    await page.get_by_label("备注").first.fill("在昆明以外")
    await page.get_by_role("button", name="不予受理").click()
    assert (await story.see(story.agent))["version"] == seen["version"] + 1
    await expect(page.get_by_role("alert")).to_have_text("工单刚刚有了新进展，请刷新后再操作。")
    await expect(page.locator("#steps")).to_contain_text("在昆明以外")


@pytest.mark.parametrize("words", ["制冷", "冷", "王女士", "8000", "100%", "kfr", "王女士 制冷", "4711"])
async def test_found_by_what_somebody_remembers(story: Story, words: str) -> None:
    await story.submit(fault="不制冷，修好 100%", model="KFR-35GW", serial_number="SN4711001")
    found = await story.agent.get("/console/tickets", params={"view": "all", "q": words})
    nothing = await story.agent.get("/console/tickets", params={"view": "all", "q": f"{words}_"})
    assert story.number in found.text
    assert story.number not in nothing.text


async def test_a_number_is_shown_for_a_reason_which_is_kept(story: Story) -> None:
    await story.submit()
    url = f"/console/tickets/{story.number}"
    assert "13800138000" not in (await story.agent.get(url)).text
    assert (await story.agent.post(f"{url}/contact", data={"reason": " "})).status_code == 422
    assert "13800138000" in (await story.agent.post(f"{url}/contact", data={"reason": "核对地址"})).text


async def test_an_engineer_whom_the_customer_does_not_want_is_kept_away(story: Story) -> None:
    await story.accepted()
    url = f"/console/tickets/{story.number}"
    said = {"engineer_id": str(story.engineer.person.id), "reason": "态度不好"}
    assert "客户不要陈师傅再来" in (await story.agent.get(url)).text
    assert (await story.agent.post(f"{url}/ban", data=said | {"reason": " "})).status_code == 422
    assert (await story.agent.post(f"{url}/ban", data=said)).status_code == 303
    page = (await story.agent.get(url)).text
    assert "不再派陈师傅：态度不好" in page
    assert "客户不要陈师傅再来" not in page
    assert (await story.agent.post(f"{url}/unban", data=said)).status_code == 303
    assert "不再派陈师傅" not in (await story.agent.get(url)).text
    # Why it went to him and what was promised stand on the same screen.
    assert "对客户的承诺" in page
    assert "派工依据" in page
