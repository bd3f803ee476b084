"""A task force in the console: its people, its tickets, its review and what is done about it by when."""

from datetime import timedelta

import asyncpg

from app.domain.zone import ZONE
from app.workers.incidents import IncidentWatch
from tests.harness.callers import Caller
from tests.incidents.test_detection import run
from tests.tickets import bodies
from tests.tickets.conftest import rows
from tests.tickets.story import Story

__all__ = ["rows"]


async def _open(story: Story) -> str:
    await story.submit()
    made = await story.manager.post(
        "/console/incidents", data={"ticket": story.number, "text": "正在抢修", "minutes": "90"}
    )
    assert made.status_code == 303, made.text
    return str(made.headers["location"]).partition("?")[0]


async def _do(who: Caller, url: str, deed: str, **said: str) -> str:
    """The page after it."""
    answer = await who.post(f"{url}/{deed}", data=said)
    if answer.status_code == 303:
        answer = await who.get(answer.headers["location"])
    return answer.text


async def test_people_and_tickets_come_and_go(story: Story, as_admin: Caller) -> None:
    url = await _open(story)
    agent = str(story.agent.person.id)
    assert "没有完成" in await _do(story.manager, url, "members", staff_id="")
    assert "移出 林客服" in await _do(story.manager, url, "members", staff_id=agent)
    # A member works on it; who leads it is for managers.
    assert "已定位" in await _do(story.agent, url, "updates", text="已定位", stage="fixing")
    assert (await story.agent.post(f"{url}/owner", data={"owner_id": agent})).status_code == 403
    other = (await story.customer.post("/api/v1/tickets", json=bodies.report())).json()["number"]
    wrong = await _do(story.agent, url, "tickets", tickets="HX2606150000000000")
    assert "没有完成" in wrong
    assert ">HX2606150000000000</textarea>" in wrong
    assert other in await _do(story.agent, url, "tickets", tickets=f"{other}\n")
    assert "漏水是另一回事" in await _do(story.agent, url, "detach", ticket=other, reason="漏水是另一回事")
    await _do(story.agent, url, "leave", staff_id=agent)
    await _do(story.manager, url, "owner", owner_id=str(as_admin.person.id))
    assert (await story.agent.post(f"{url}/updates", data={"text": "还在"})).status_code == 403


async def test_it_ends_with_a_review_and_what_is_late_is_pressed(
    story: Story, as_admin: Caller, rows: asyncpg.Connection
) -> None:
    url = await _open(story)
    assert "不超过 14 天" in await _do(story.manager, url, "broadcasts", text="恢复中", minutes="很快")
    await _do(story.manager, url, "resolve", solution="已恢复")
    review = {"cause": "停电", "course": "两小时", "better": "备用电源"}
    assert "停电" in await _do(story.manager, url, "review", **review)
    assert (
        "请由另一位主管评审" in (await story.manager.post(f"{url}/decision", data={"approved": "true"})).text
    )
    assert "还缺数据" in await _do(as_admin, url, "decision", approved="false", note="还缺数据")
    await _do(story.manager, url, "review", **review)
    due = story.clock.now.astimezone(ZONE).date() + timedelta(days=1)
    agent = str(story.agent.person.id)
    bare = await _do(story.manager, url, "actions", text="装备用电源", owner_id="", due_on=due.isoformat())
    assert 'value="装备用电源"' in bare
    await _do(story.manager, url, "actions", text="装备用电源", owner_id=agent, due_on=due.isoformat())
    await _do(as_admin, url, "decision", approved="true")

    told = "SELECT recipient_id::text FROM outbox WHERE kind = 'staff_notice' AND slots->>'hint' LIKE '改进项已逾期%'"
    part = IncidentWatch(story.database.sessions, story.clock.read)
    await run(part)
    assert await rows.fetch(told) == []
    story.clock.advance(days=2, hours=12)
    await run(part)
    await run(part)
    assert [row["recipient_id"] for row in await rows.fetch(told)] == [agent]
    story.clock.advance(days=1)
    await run(part)
    assert str(story.manager.person.id) in {row["recipient_id"] for row in await rows.fetch(told)}
    shown = (await story.agent.get(url)).text
    assert "已逾期" in shown
    action = await rows.fetchval("SELECT id FROM incident_actions")
    assert "完成" in await _do(story.agent, url, "done", action=str(action))
    before = len(await rows.fetch(told))
    story.clock.advance(days=3)
    await run(part)
    assert len(await rows.fetch(told)) == before
