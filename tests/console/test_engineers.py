"""Engineers in the console: a new one, what changes about one, and when one leaves."""

import re

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.people import StaffRole
from tests.harness.callers import Caller, CallerFor
from tests.make import make_service_point, make_staff
from tests.plans.conftest import alone, colleague, pair, plan, rows
from tests.plans.test_plans import VISIT, Planning, booked
from tests.tickets.story import Story

__all__ = ["alone", "colleague", "pair", "plan", "rows"]

URL = "/console/engineers"
NEW = {
    "username": "xin",
    "password": "a-long-new-password",
    "employee_no": "E-NEW",
    "name": "新师傅",
    "phone": "13900139001",
    "skill_0": "true",
    "other_skills": "吊装、夜班",
    "home": "31.2304，121.4737",
}


async def test_a_manager_hires_for_his_own_point_and_changes_what_is_his(
    story: Story, session: AsyncSession, caller_for: CallerFor, rows: asyncpg.Connection
) -> None:
    here = await make_service_point(session, name="徐汇网点", districts=["徐汇区", "长宁区"])
    there = await make_service_point(session, name="闵行网点", districts=["闵行区"])
    person = await make_staff(session, role=StaffRole.MANAGER, name="徐主管", points=[here.id])
    manager = await caller_for(person)
    assert "陈师傅" not in (await manager.get(URL)).text
    assert (await manager.get(f"{URL}/{story.engineer.person.id}")).status_code == 404
    wrong = await manager.post(URL, data=NEW | {"service_point_id": str(there.id)})
    assert "请选择您负责的网点" in wrong.text
    assert NEW["password"] not in wrong.text
    assert "纬度,经度" in (await manager.post(URL, data=NEW | {"home": "徐家汇"})).text
    mine = NEW | {"service_point_id": str(here.id)}
    made = await manager.post(URL, data=mine)
    assert (made.status_code, "said=hired" in made.headers["location"]) == (303, True)
    (one,) = (await manager.get("/api/v1/engineers", params={"q": "E-NEW"})).json()["items"]
    assert (one["service_point"], one["areas"], one["contractor"]) == ("徐汇网点", ["徐汇区", "长宁区"], "")
    assert one["skills"][1:] == ["吊装", "夜班"]
    assert "已经有人使用" in (await manager.post(URL, data=mine)).text
    page = f"{URL}/{one['id']}"
    shown = (await manager.get(page)).text
    assert 'value="31.230400,121.473700"' in shown
    assert re.search(r'name="skill_0" value="true" checked', shown)
    changed = {"name": "新大师傅", "phone": NEW["phone"], "other_skills": "吊装", "home": "31.3,121.5"}
    changed |= {"service_point_id": str(here.id), "areas": "徐汇区"}
    assert (await manager.post(page, data=changed)).status_code == 303
    one = (await manager.get(f"/api/v1/engineers/{one['id']}")).json()
    assert (one["name"], one["skills"], one["areas"]) == ("新大师傅", ["吊装"], ["徐汇区"])
    assert "请选择您负责的网点" in (await manager.post(page, data=changed | {"service_point_id": ""})).text
    assert 'role="alert"' in (await manager.post(page, data=changed | {"other_skills": ""})).text
    # Whoever leads the whole house gives him to another point, of which this manager sees nothing.
    moved = {"service_point_id": str(there.id)}
    assert (await story.manager.patch(f"/api/v1/engineers/{one['id']}", json=moved)).status_code == 200
    assert (await manager.get(page)).status_code == 404
    assert (await manager.patch(f"/api/v1/engineers/{one['id']}", json={"name": "谁"})).status_code == 404
    logged = await rows.fetch("SELECT reason FROM audit_log WHERE action = 'engineer_changed' ORDER BY id")
    assert [row["reason"] for row in logged] == ["姓名、手机号、网点、归属、技能、服务区域、出发位置", "网点"]


async def test_who_leaves_gives_back_his_visits_by_a_new_plan(
    pair: Story, colleague: Caller, rows: asyncpg.Connection, plan: Planning
) -> None:
    await booked(pair)
    before = await rows.fetchrow(VISIT)
    page = f"{URL}/{pair.engineer.person.id}"
    assert 'role="alert"' in (await pair.manager.post(f"{page}/leave", data={"reason": ""})).text
    gone = await pair.manager.post(f"{page}/leave", data={"reason": "回老家"})
    assert pair.number in gone.text
    assert "正在换人或改时间" in gone.text
    assert (await pair.engineer.get("/api/v1/me")).status_code == 401
    await plan()
    after = await rows.fetchrow(VISIT)
    assert (after["engineer_id"], after["promised"]) == (str(colleague.person.id), before["promised"])
    assert "陈师傅" in (await pair.manager.get(f"{URL}?left=true")).text
    assert "陈师傅" not in (await pair.manager.get(URL)).text
    again = await pair.manager.post(
        f"/api/v1/engineers/{pair.engineer.person.id}/leave", json={"reason": "再"}
    )
    assert again.json()["code"] == "has_left"
    assert (await pair.manager.post(f"{page}/rejoin")).status_code == 303
    assert (await pair.engineer.get("/api/v1/me")).status_code == 200


async def test_who_leaves_passes_on_what_was_offered_to_him(pair: Story, rows: asyncpg.Connection) -> None:
    await pair.submit()
    await pair.step(pair.agent, "triage")
    offered = await pair.step(pair.agent, "offer", engineer_id=str(pair.engineer.person.id))
    assert offered["state"] == "offered"
    url = f"/api/v1/engineers/{pair.engineer.person.id}/leave"
    left = await pair.manager.post(url, json={"reason": "回老家"})
    assert left.json() == {"visits": [], "in_hand": []}
    assert (await pair.see())["state"] == "dispatching"
