"""Who may be sent at all, and why one was: the work rules, and what the desk is shown."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.people import StaffRole
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.make import make_staff
from tests.tickets import bodies
from tests.tickets.conftest import make_able_engineer
from tests.tickets.story import Story

NEXT_DOOR: dict[str, Any] = dict(bodies.HOME)
RULES: dict[str, str] = {
    "skill": "UPDATE engineers SET skills = '{冰箱}' WHERE id = $1",
    "licence": "UPDATE engineers SET licences = '{电工}' WHERE id = $1",
    "area": "UPDATE engineers SET areas = '{黄浦区}' WHERE id = $1",
    "roster": "DELETE FROM rosters WHERE engineer_id = $1",
    "inactive": "UPDATE staff SET active = FALSE WHERE id = $1",
}


@pytest.mark.parametrize("rule", RULES)
async def test_whom_a_rule_excludes_is_not_sent(
    rule: str, story: Story, session: AsyncSession, rows: asyncpg.Connection, clock: Clock
) -> None:
    # Next door, so that he would be the best by far if the rule were not there.
    barred = await make_able_engineer(session, clock, "近邻", **NEXT_DOOR)
    await rows.execute(RULES[rule], barred.id)
    await story.offered()
    sent = await rows.fetch("SELECT engineer_id::text AS who FROM offers")
    assert [row["who"] for row in sent] == [str(story.engineer.person.id)]


async def test_without_the_rules_the_nearest_is_sent(
    story: Story, session: AsyncSession, rows: asyncpg.Connection, clock: Clock
) -> None:
    near = await make_able_engineer(session, clock, "近邻", **NEXT_DOOR)
    await story.offered()
    assert await rows.fetchval("SELECT engineer_id FROM offers") == near.id


async def test_the_desk_sees_why_and_who_came_next(
    story: Story, colleague: Caller, session: AsyncSession, rows: asyncpg.Connection, clock: Clock
) -> None:
    late = await make_able_engineer(session, clock, "晚班")
    await rows.execute(
        "UPDATE rosters SET spans = tstzmultirange(tstzrange(upper(spans), upper(spans) + interval '1 hour'))"
        " WHERE engineer_id = $1",
        late.id,
    )
    window = bodies.window(clock.now, hour=14)
    await story.offered(preferred_windows=[window])
    answer = await story.agent.get(f"/api/v1/tickets/{story.number}/dispatch")
    (offer,) = answer.json()["offers"]
    assert (offer["name"], offer["state"], offer["offered_by"]) == ("陈师傅", "open", "system")
    assert offer["reasons"]
    assert offer["cost_minutes"] > 0
    by_name = {runner["name"]: runner for runner in offer["runners_up"]}
    assert by_name["赵师傅"]["cost_minutes"] > offer["cost_minutes"]
    assert by_name["晚班"]["cost_minutes"] is None
    assert "不在客户时段内" in by_name["晚班"]["reasons"][0]
    for who in (story.customer, story.engineer):
        refused = await who.get(f"/api/v1/tickets/{story.number}/dispatch")
        assert refused.status_code == 403


async def test_an_address_without_a_position_is_looked_for_around_its_branch(
    story: Story, rows: asyncpg.Connection
) -> None:
    offered = await story.offered(address=without_position())
    assert offered["state"] == "offered"


async def test_without_any_position_the_desk_is_told(story: Story, rows: asyncpg.Connection) -> None:
    await rows.execute("DELETE FROM service_points")
    await story.offered(address=without_position())
    assert (await story.see())["state"] == "dispatching"
    answer = await story.ask(story.agent, "offer")
    assert (answer.status_code, answer.json()["code"]) == (409, "nobody_fits")
    assert "没有定位" in answer.json()["msg"]


def without_position() -> dict[str, Any]:
    return {key: value for key, value in bodies.ADDRESS.items() if key not in bodies.HOME}


async def test_the_desk_may_name_somebody_who_qualifies_and_nobody_else(
    story: Story, colleague: Caller, session: AsyncSession, rows: asyncpg.Connection
) -> None:
    unable = await make_staff(session, role=StaffRole.ENGINEER, name="学徒")
    await story.submit()
    await story.step(story.agent, "triage")
    answer = await story.ask(story.agent, "offer", engineer_id=str(unable.id))
    assert (answer.status_code, answer.json()["code"]) == (409, "nobody_fits")
    await story.step(story.agent, "offer", engineer_id=str(colleague.person.id))
    assert await rows.fetchval("SELECT engineer_id::text FROM offers") == str(colleague.person.id)
    assert await rows.fetchval("SELECT offered_by FROM offers") == str(story.agent.person.id)


@pytest.mark.parametrize(("priority", "minutes"), [("normal", 15), ("urgent", 5), ("critical", 3)])
async def test_the_card_says_how_long_the_offer_stands(
    priority: str, minutes: int, story: Story, rows: asyncpg.Connection
) -> None:
    await story.submit()
    await story.step(story.agent, "triage", priority=priority)
    offered = await story.step(story.agent, "offer")
    assert offered["offer"]["expires_at"]
    stands = await rows.fetchval("SELECT expires_at - created_at FROM offers")
    assert stands == timedelta(minutes=minutes)
    card = await rows.fetchval("SELECT slots FROM outbox WHERE kind = 'engineer_offer'")
    assert card["reason"] == f"请在{minutes}分钟内接单"


async def test_a_corrected_category_asks_for_its_own_skill(story: Story, rows: asyncpg.Connection) -> None:
    await story.submit()
    remote = await story.ask(story.agent, "triage", category="加油服务")
    assert (remote.status_code, remote.json()["errors"][0]["field"]) == (422, "body.category")
    await story.step(story.agent, "triage", category="洗衣机")
    assert await rows.fetchval("SELECT required_skill FROM tickets") == "洗衣机维修"
    answer = await story.ask(story.agent, "offer")
    assert answer.json()["code"] == "nobody_fits"


async def test_the_pool_hides_the_door_number(story: Story, colleague: Caller) -> None:
    await story.submit()
    await story.step(story.agent, "triage")
    seen = await story.see(colleague)
    assert (seen["address"]["detail"], seen["contact"]["name"]) == (None, "王**")
    claimed = await story.step(colleague, "claim")
    assert claimed["address"]["detail"]
    assert (await story.engineer.get(f"/api/v1/tickets/{story.number}")).status_code == 404
