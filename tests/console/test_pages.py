"""Every page of the console: it opens, says nothing in the browser's console, and shuts nobody out."""

import re

from fastapi import FastAPI
from playwright.async_api import Browser, expect

from app.domain.lifecycle import Role
from app.routers.console.shell import MENU
from app.routers.dependencies import STAFF_COOKIE
from tests.authorisation.operations import operations
from tests.browser.axe import barriers
from tests.browser.pages import PHONE, open_page
from tests.harness.desk import sign_in
from tests.tickets import bodies
from tests.tickets.story import Story


async def test_every_page_fits_a_phone_and_shuts_nobody_out_there(
    story: Story, base: str, browser: Browser
) -> None:
    """On a large screen tests/everywhere looks at them, together with all others."""
    await story.completed()
    unhappy = {"attitude": 1, "expertise": 2, "timeliness": 1, "conduct": 2, "comment": "太差了"}
    assert (
        await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=unhappy)
    ).status_code < 300
    await story.sweep()
    story_of = story.number
    await story.submit(fault="热水器漏水，请快点")
    await story.customer.post(f"/api/v1/tickets/{story.number}/messages", json={"text": "在吗"})
    force = await story.manager.post(
        "/api/v1/incidents", json={"ticket": story.number, "broadcast": "正在抢修"}
    )
    paths = [f"/console/{key}" for key, *_, roles in MENU if Role.MANAGER in roles]
    paths.append(f"/console/incidents/{force.json()['number']}")
    paths += [f"/console/tickets/{number}" for number in (story_of, story.number)]
    paths += ["/console/tickets?view=all", "/console/complaints?view=open", "/console/kpi?view=agents"]
    async with open_page(browser, size=PHONE, scheme="dark") as page:
        await sign_in(page, base, story.manager)
        for path in paths:
            answer = await page.goto(f"{base}{path}")
            assert answer is not None
            assert answer.status == 200, path
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            assert await barriers(page) == [], path
            # It shows all of itself without moving sideways; what is wide moves by itself.
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_every_list_is_in_the_menu(application: FastAPI) -> None:
    lists = {
        operation.removeprefix("GET /console/")
        for operation in operations(application)
        if re.fullmatch(r"GET /console/[a-z-]+", operation)
    }
    assert lists - {"sign-in", "account"} == {key for key, *_ in MENU}


async def test_the_keyboard_goes_everywhere(story: Story, base: str, browser: Browser) -> None:
    await story.submit()
    async with open_page(browser) as page:
        await sign_in(page, base, story.agent)
        await page.goto(f"{base}/console/levels")
        for key, _, letter, roles in MENU:
            if Role.AGENT not in roles:
                continue
            # The keys are there once the page is.
            await page.wait_for_load_state("load")
            await page.keyboard.press("g")
            await page.keyboard.press(letter)
            await expect(page).to_have_url(re.compile(f"/console/{key}"))
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()
        # A tile of the first page is a row as well.
        await page.keyboard.press("g")
        await page.keyboard.press("o")
        await expect(page).to_have_url(re.compile("/console/home"))
        await page.wait_for_load_state("load")
        await page.keyboard.press("j")
        await expect(page.locator("a.tile.at")).to_be_focused()
        leads = await page.locator("a.tile.at").get_attribute("href")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{base}{leads}")
        await page.wait_for_load_state("load")
        # Past the menu in two strokes, and nothing jumps the order of the page.
        await page.keyboard.press("Tab")
        await expect(page.locator("a.skip")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await expect(page.locator("#content :focus")).to_have_count(1)
        await expect(page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])")).to_have_count(0)
        # Out of a field the keys are keys again.
        await page.keyboard.press("/")
        await page.keyboard.type("g")
        await page.keyboard.press("Escape")
        await expect(page.locator("#find")).not_to_be_focused()
        await page.keyboard.press("/")
        await page.locator("#find").press("ControlOrMeta+a")
        await page.keyboard.type(story.number)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("link", name=story.number)).to_be_visible()


async def test_staff_sign_in_by_the_form_and_out(story: Story, base: str, browser: Browser) -> None:
    async with open_page(browser) as page:
        await page.goto(f"{base}/console/kpi")
        await page.get_by_label("用户名").fill("nobody")
        await page.get_by_label("密码").fill("wrong password")
        assert await barriers(page) == []
    answer = await story.manager.post("/console/sign-out")
    assert answer.status_code == 303
    assert (await story.manager.get("/console/tickets")).status_code == 302


async def test_a_form_of_another_site_is_refused(story: Story) -> None:
    await story.submit()
    token = story.agent.headers.pop("authorization").removeprefix("Bearer ")
    story.agent.cookies.set(STAFF_COOKIE, token)
    url = f"/console/tickets/{story.number}/messages"
    foreign = await story.agent.post(url, data={"text": "好"}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    ours = await story.agent.post(url, data={"text": "您好"}, headers={"Origin": "http://test"})
    assert ours.status_code == 303
    # The customer's cookie opens nothing here.
    assert (await story.agent.get("/h5/")).status_code == 302


async def test_the_rules_of_an_event_are_told_at_its_form(story: Story) -> None:
    seen = await story.offered()
    url = f"/console/tickets/{story.number}/events"
    wrong = await story.agent.post(
        f"{url}/cancel", data={"version": str(seen["version"]), "reason_code": "", "note": "客户要求"}
    )
    assert "请从这些值中选择" in wrong.text or "请填写此项" in wrong.text
    assert "客户要求" in wrong.text
    right = await story.agent.post(
        f"{url}/cancel", data={"version": str(seen["version"]), "reason_code": "changed_mind"}
    )
    assert right.status_code == 303
    assert (await story.see())["state"] == "cancelled"


async def test_a_window_is_chosen_among_those_that_are_free(story: Story) -> None:
    seen = await story.accepted()
    window = bodies.window(story.clock.now)
    said = {"version": str(seen["version"]), "window": f"{window['start']}/{window['end']}"}
    assert (
        await story.agent.post(f"/console/tickets/{story.number}/events/book", data=said)
    ).status_code == 303
    assert (await story.see())["state"] == "scheduled"
