"""Licences that end and customers who do not want somebody again, at every way in."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.zone import ZONE
from app.services.plans.territory import read_territory
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.tickets import bodies
from tests.tickets.conftest import make_able_engineer
from tests.tickets.story import Story

NEXT_DOOR: dict[str, Any] = dict(bodies.HOME)
LICENCES = ("制冷", "电工", "燃气")


async def licences(story: Story, engineer_id: object, until: date | None) -> None:
    items = [
        {"licence": name, "number": "T-1", "expires_on": until and until.isoformat()} for name in LICENCES
    ]
    answer = await story.manager.put(f"/api/v1/engineers/{engineer_id}/licences", json={"items": items})
    assert answer.status_code == 200, answer.text


async def ban(story: Story, engineer_id: object) -> None:
    url = f"/api/v1/customers/{story.customer.person.id}/engineer-bans/{engineer_id}"
    assert (await story.agent.put(url, json={"reason": "上次弄脏了地板"})).status_code == 200


@pytest.fixture
def today(clock: Clock) -> date:
    return clock.now.astimezone(ZONE).date()


async def test_licences_are_read_as_they_were_written(story: Story) -> None:
    url = f"/api/v1/engineers/{story.engineer.person.id}/licences"
    body = {"items": [{"licence": "制冷", "number": "ZL-7", "expires_on": "2027-05-31"}, {"licence": "电工"}]}
    assert (await story.manager.put(url, json=body)).status_code == 200
    assert (await story.engineer.get(url)).json()["items"] == [
        {"licence": "制冷", "number": "ZL-7", "expires_on": "2027-05-31"},
        {"licence": "电工", "number": "", "expires_on": None},
    ]
    twice = await story.manager.put(url, json={"items": [{"licence": "电工"}] * 2})
    assert twice.status_code == 422
    unknown = await story.manager.put(url, json={"items": [{"licence": "驾驶"}]})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "body.items.0.licence")


async def test_whose_licence_has_ended_is_not_sent_and_the_desk_sees_why(
    story: Story, session: AsyncSession, rows: asyncpg.Connection, clock: Clock, today: date
) -> None:
    near = await make_able_engineer(session, clock, "近邻", **NEXT_DOOR)
    await licences(story, near.id, today - timedelta(days=1))
    await story.offered()
    assert await rows.fetchval("SELECT engineer_id::text FROM offers") == str(story.engineer.person.id)
    (offer,) = (await story.agent.get(f"/api/v1/tickets/{story.number}/dispatch")).json()["offers"]
    (barred,) = [each for each in offer["runners_up"] if each["name"] == "近邻"]
    assert barred["cost_minutes"] is None
    assert "制冷证已过期" in barred["reasons"]


async def test_a_licence_counts_on_its_last_day_and_not_after(story: Story, today: date) -> None:
    await licences(story, story.engineer.person.id, today + timedelta(days=1))
    await story.accepted()
    slots = (await story.customer.get(f"/api/v1/tickets/{story.number}/slots")).json()["items"]
    assert slots
    assert {slot["start"][:10] for slot in slots} <= {str(today), str(today + timedelta(days=1))}
    after = await story.ask(story.customer, "book", window=bodies.window(story.clock.now, days=2))
    assert (after.status_code, after.json()["code"]) == (409, "slot_taken")
    assert "证照" in after.json()["msg"]
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=1))


async def test_whom_a_customer_does_not_want_again_gets_nothing_of_his(
    story: Story, colleague: Caller, rows: asyncpg.Connection
) -> None:
    await ban(story, story.engineer.person.id)
    await story.submit()
    await story.step(story.agent, "triage")
    assert (await story.engineer.get(f"/api/v1/tickets/{story.number}")).status_code == 404
    named = await story.ask(story.agent, "offer", engineer_id=str(story.engineer.person.id))
    assert (named.status_code, named.json()["code"]) == (409, "nobody_fits")
    assert "客户要求不再派他" in named.json()["msg"]
    seen = (await story.agent.get(f"/api/v1/tickets/{story.number}/dispatch")).json()
    assert [each["reasons"] for each in seen["excluded"]] == [["客户要求不再派他"]]
    await story.step(story.agent, "offer")
    assert await rows.fetchval("SELECT engineer_id::text FROM offers") == str(colleague.person.id)


async def test_a_ban_that_is_lifted_bans_no_more(story: Story) -> None:
    await ban(story, story.engineer.person.id)
    url = f"/api/v1/customers/{story.customer.person.id}/engineer-bans"
    (item,) = (await story.agent.get(url)).json()["items"]
    assert (item["engineer_id"], item["reason"]) == (str(story.engineer.person.id), "上次弄脏了地板")
    assert (await story.agent.delete(f"{url}/{story.engineer.person.id}")).status_code == 204
    assert (await story.agent.get(url)).json()["items"] == []
    assert (await story.offered())["state"] == "offered"


async def test_who_was_banned_after_he_accepted_cannot_be_booked(story: Story) -> None:
    await story.accepted()
    await ban(story, story.engineer.person.id)
    answer = await story.ask(story.customer, "book", window=bodies.window(story.clock.now, days=1))
    assert (answer.status_code, answer.json()["code"], answer.json()["slots"]) == (409, "slot_taken", [])
    assert "请先改派" in answer.json()["msg"]


async def test_a_plan_gives_a_visit_only_to_whom_the_rules_allow_on_its_day(
    story: Story, colleague: Caller, rows: asyncpg.Connection, today: date
) -> None:
    await rows.execute("UPDATE staff SET service_point_id = (SELECT id FROM service_points LIMIT 1)")
    point = await rows.fetchval("SELECT id::text FROM service_points LIMIT 1")
    await story.accepted()
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=1))

    async def able() -> set[str]:
        seen = await read_territory(rows, point, today + timedelta(days=1), story.clock.now)
        (visit,) = seen.board.visits
        return set(visit.engineers)

    mine, his = str(story.engineer.person.id), str(colleague.person.id)
    assert await able() == {mine, his}
    await licences(story, his, today)
    assert await able() == {mine}
    await licences(story, his, None)
    await ban(story, his)
    assert await able() == {mine}


@pytest.mark.parametrize("why", ["licence", "ban"])
async def test_whoever_may_not_come_any_more_is_replaced(
    why: str, story: Story, colleague: Caller, rows: asyncpg.Connection, today: date
) -> None:
    await rows.execute("UPDATE staff SET service_point_id = (SELECT id FROM service_points LIMIT 1)")
    point = await rows.fetchval("SELECT id::text FROM service_points LIMIT 1")
    await story.accepted()
    await story.step(story.customer, "book", window=bodies.window(story.clock.now, days=1))
    tomorrow = today + timedelta(days=1)
    await rows.execute("DELETE FROM plan_requests")
    if why == "licence":
        await licences(story, story.engineer.person.id, tomorrow)
        assert await rows.fetch("SELECT FROM plan_requests") == []
        await licences(story, story.engineer.person.id, today)
    else:
        await ban(story, story.engineer.person.id)
    asked = await rows.fetchrow("SELECT service_point_id::text, day, cause FROM plan_requests")
    assert tuple(asked) == (point, tomorrow, {"licence": "证照变动", "ban": "客户要求换人"}[why])
    board = (await read_territory(rows, point, tomorrow, story.clock.now)).board
    assert board.loose == (0,)
    assert board.visits[0].engineers == {str(colleague.person.id)}


RATINGS = {
    "content": ([("colleague", 5)], True),
    "content with another since": ([("colleague", 5), ("engineer", 5)], False),
    "discontent since": ([("colleague", 5), ("colleague", 2)], False),
    "never content": ([("colleague", 3)], False),
}


@pytest.mark.parametrize("case", RATINGS)
async def test_the_same_good_engineer_again(
    case: str, story: Story, colleague: Caller, rows: asyncpg.Connection
) -> None:
    given, counts = RATINGS[case]
    people = {"engineer": story.engineer.person.id, "colleague": colleague.person.id}
    for days, (who, stars) in enumerate(given):
        await story.submit()
        await rows.execute(
            "INSERT INTO ratings (ticket_id, customer_id, engineer_id, attitude, expertise, timeliness, conduct,"
            " comment, created_at) SELECT id, customer_id, $2, $3, $3, $3, $3, '', $4 FROM tickets WHERE number = $1",
            story.number,
            people[who],
            stars,
            story.clock.now - timedelta(days=30 - days),
        )
    await story.submit()
    await story.step(story.agent, "triage")
    await story.step(story.agent, "offer", engineer_id=str(colleague.person.id))
    reasons = await rows.fetchval("SELECT reasons FROM offers")
    assert any("得到好评" in reason for reason in reasons) is counts
