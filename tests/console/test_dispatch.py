"""The dispatcher: who could go and why, somebody chosen by name, and a burst handled by keys alone."""

import re

import asyncpg
from playwright.async_api import Page, expect
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Staff
from tests.harness.desk import Open
from tests.tickets import bodies
from tests.tickets.conftest import make_able_engineer, rows
from tests.tickets.story import Story

__all__ = ["rows"]

BURST = 30


async def _at_the_point(rows: asyncpg.Connection) -> None:
    """Everybody works for the one service point of the story."""
    point = await rows.fetchval("SELECT id FROM service_points LIMIT 1")
    await rows.execute("UPDATE staff SET service_point_id = $1 WHERE role = 'engineer'", point)


async def _version(story: Story) -> str:
    return str((await story.see(story.agent))["version"])


async def test_the_board_says_who_could_go_at_what_cost_and_who_lacks_what(
    story: Story, session: AsyncSession, rows: asyncpg.Connection
) -> None:
    await make_able_engineer(session, story.clock, "赵师傅", latitude=31.26, longitude=121.60)
    await make_able_engineer(session, story.clock, "吴师傅", licences=[])
    await _at_the_point(rows)
    await story.submit()
    await rows.execute(
        "UPDATE tickets SET state = 'dispatching', wake_at = NULL WHERE number = $1", story.number
    )
    page = (await story.agent.get("/console/dispatch", params={"ticket": story.number})).text
    assert "派给陈师傅" in page
    assert "派给赵师傅" in page
    assert "合计：" in page
    assert re.search(r"吴师傅：<span class=\"quiet\">[^<]*证", page)
    # A manager reads the same, and offers nothing by name.
    assert (
        "派给陈师傅"
        not in (await story.manager.get("/console/dispatch", params={"ticket": story.number})).text
    )


async def test_a_job_is_given_to_somebody_by_name_and_taken_from_another(
    story: Story, session: AsyncSession, rows: asyncpg.Connection
) -> None:
    other = await make_able_engineer(session, story.clock, "赵师傅", latitude=31.26, longitude=121.60)
    await story.accepted()
    seen = await story.see(story.agent)
    whom = next(p for p in (other.id, story.engineer.person.id) if str(p) != str(story.engineer.person.id))
    if seen["engineer"]["name"] == "陈师傅":
        whom = other.id
    url = f"/console/dispatch/assign?ticket={story.number}"
    stale = await story.agent.post(url, data={"engineer_id": str(whom), "version": "1", "reason": "更近"})
    assert stale.status_code == 200
    assert "工单刚刚有了新进展" in stale.text
    assert 'value="更近"' in stale.text
    said = {"engineer_id": str(whom), "version": await _version(story), "reason": "更近"}
    assert (await story.agent.post(url, data=said)).status_code == 303
    events = [
        e["event"] for e in (await story.agent.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    ]
    assert events[-2:] == ["reassign", "offer"]
    assert (await story.see(story.agent))["state"] == "offered"


async def test_somebody_who_may_not_go_is_refused_and_nothing_has_changed(
    story: Story, session: AsyncSession, rows: asyncpg.Connection
) -> None:
    unable = await make_able_engineer(session, story.clock, "吴师傅", licences=[])
    await story.accepted()
    said = {"engineer_id": str(unable.id), "version": await _version(story), "reason": "更近"}
    refused = await story.agent.post(f"/console/dispatch/assign?ticket={story.number}", data=said)
    assert "吴师傅不能接这张工单" in refused.text
    assert (await story.see(story.agent))["state"] == "accepted"


async def test_a_burst_is_handled_by_keys_alone(
    story: Story, session: AsyncSession, rows: asyncpg.Connection, browse: Open, page: Page
) -> None:
    """Thirty reports that nobody has; each goes to the best by one key."""
    for name in ("赵师傅", "孙师傅"):
        await make_able_engineer(session, story.clock, name)
    await _at_the_point(rows)
    made = [
        (await story.customer.post("/api/v1/tickets", json=bodies.report(fault=f"不制冷，第 {n} 台"))).json()[
            "number"
        ]
        for n in range(BURST)
    ]
    await rows.execute(
        "UPDATE tickets SET state = 'dispatching', wake_at = NULL WHERE number = ANY ($1)", made
    )
    await browse(story.agent, "/console/dispatch")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    for left in range(BURST, 0, -1):
        await expect(page.locator("[data-row][data-ticket]")).to_have_count(left)
        await page.locator("[data-pick='1']").wait_for()
        await page.keyboard.press("1")
    await expect(page.get_by_role("status")).to_have_text("已派出，等工程师接单。")
    await expect(page.locator("[data-row][data-ticket]")).to_have_count(0)
    states = await rows.fetch("SELECT DISTINCT state FROM tickets WHERE number = ANY ($1)", made)
    assert [row["state"] for row in states] == ["offered"]
    assert await rows.fetchval("SELECT count(DISTINCT engineer_id) FROM offers WHERE state = 'open'") > 1


async def test_a_visit_dropped_on_another_day_asks_first(
    story: Story, session: AsyncSession, rows: asyncpg.Connection, browse: Open, page: Page
) -> None:
    other = await make_able_engineer(session, story.clock, "赵师傅", latitude=31.26, longitude=121.60)
    seen = await story.scheduled()
    await _at_the_point(rows)
    person = await session.get_one(Staff, other.id)
    day = seen["visit"]["start"][:10]
    has = seen["engineer"]["name"]
    target = story.engineer.person.id if has == person.name else other.id
    await browse(story.agent, f"/console/dispatch?day={day}")
    await page.drag_and_drop(f"a[data-ticket='{story.number}']", f"[data-lane='{target}']")
    await expect(page.locator("#choose li.at")).to_contain_text("代价")
    await expect(page.locator(f"button[value='{target}']")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("已派出，等工程师接单。")
    assert (await story.see(story.agent))["state"] == "offered"
