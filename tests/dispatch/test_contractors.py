"""What may go to a contractor, and that it works in our name like anybody else."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.zone import ZONE
from tests.dispatch.contractors import Crew, make_crew
from tests.harness.callers import Caller, CallerFor
from tests.harness.clock import Clock
from tests.tickets import bodies
from tests.tickets.story import Story


@pytest.fixture
async def crew(session: AsyncSession, clock: Clock, caller_for: CallerFor, story: Story) -> Crew:
    """One engineer next door to the customer, and nearer than ours, with his dispatcher."""
    return await make_crew(session, clock, caller_for, "春城快修", "周师傅", **bodies.HOME)


async def publish(story: Story, crew: Crew, **terms: Any) -> dict[str, Any]:
    body = {"service_types": ["repair"], "warranties": ["in", "out", "unknown"]} | terms
    body.setdefault("valid_from", story.clock.now.astimezone(ZONE).date().isoformat())
    answer = await story.manager.post(f"/api/v1/contractors/{crew.contractor.id}/terms", json=body)
    assert answer.status_code == 201, answer.text
    return Story.as_dict(answer)


async def test_a_contractors_engineer_gets_the_job_and_the_customer_sees_him_like_any_other(
    story: Story, crew: Crew
) -> None:
    await story.offered()
    await story.step(crew.engineer, "accept")
    await story.step(crew.dispatcher, "book", window=bodies.window(story.clock.now))
    seen = await story.see()
    assert (seen["state"], seen["engineer"]["name"]) == ("scheduled", "周师傅")
    (*_, booked) = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    assert booked["actor"] == "服务商调度 春城快修调度"


NOT_THEIRS = {
    "another kind of job": (
        {"service_types": ["installation"]},
        "外包服务商“春城快修”不承接这里的待判定维修",
    ),
    "in warranty only": ({"warranties": ["in"]}, "外包服务商“春城快修”不承接这里的待判定维修"),
    "elsewhere": ({"districts": ["崇明区"]}, "外包服务商“春城快修”不承接这里的待判定维修"),
}


@pytest.mark.parametrize("case", NOT_THEIRS)
async def test_what_may_not_go_to_a_contractor_does_not_by_any_way(
    case: str, story: Story, crew: Crew, rows: asyncpg.Connection
) -> None:
    terms, reason = NOT_THEIRS[case]
    await publish(story, crew, **terms)
    await story.submit()
    await story.step(story.agent, "triage")
    for who in (crew.engineer, crew.dispatcher):
        assert (await who.get(f"/api/v1/tickets/{story.number}")).status_code == 404
        assert (await who.get("/api/v1/tickets")).json()["items"] == []
    seen = (await story.agent.get(f"/api/v1/tickets/{story.number}/dispatch")).json()
    assert [each["reasons"] for each in seen["excluded"]] == [[reason]]
    named = await story.ask(story.agent, "offer", engineer_id=crew.engineer_id)
    assert (named.status_code, named.json()["code"]) == (409, "nobody_fits")
    await story.step(story.agent, "offer")
    assert await rows.fetchval("SELECT engineer_id::text FROM offers") == str(story.engineer.person.id)


async def test_terms_hold_from_their_day_on_and_what_was_published_stays(
    story: Story, crew: Crew, clock: Clock, rows: asyncpg.Connection
) -> None:
    tomorrow = clock.now.astimezone(ZONE).date() + timedelta(days=1)
    told = await publish(story, crew, service_types=[], valid_from=tomorrow.isoformat())
    assert [each["version"] for each in told["terms"]] == [2, 1]
    await story.offered()
    assert await rows.fetchval("SELECT engineer_id::text FROM offers") == crew.engineer_id
    await story.step(crew.engineer, "accept")
    late = await story.ask(story.customer, "book", window=bodies.window(clock.now, days=1))
    assert (late.status_code, late.json()["code"]) == (409, "slot_taken")
    assert "外包服务商" in late.json()["msg"]
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await rows.execute("UPDATE contractor_terms SET valid_from = $1", date(2026, 1, 1))


async def test_one_that_is_not_active_gets_nothing_new(
    story: Story, crew: Crew, rows: asyncpg.Connection
) -> None:
    url = f"/api/v1/contractors/{crew.contractor.id}"
    changed = (await story.manager.patch(url, json={"active": False})).json()
    assert (changed["active"], changed["name"], changed["engineers"]) == (False, "春城快修", 1)
    await story.submit()
    await story.step(story.agent, "triage")
    seen = (await story.agent.get(f"/api/v1/tickets/{story.number}/dispatch")).json()
    assert [each["reasons"] for each in seen["excluded"]] == [["外包服务商“春城快修”已停用"]]


async def test_a_dispatcher_gives_what_he_may_see_to_one_of_his_own_only(
    story: Story, crew: Crew, rows: asyncpg.Connection
) -> None:
    await story.submit()
    await story.step(story.agent, "triage")
    ours = await story.ask(crew.dispatcher, "offer", engineer_id=str(story.engineer.person.id))
    nobody = await story.ask(crew.dispatcher, "offer", engineer_id=str(story.customer.person.id))
    assert (ours.status_code, ours.json()["msg"]) == (nobody.status_code, nobody.json()["msg"])
    await story.step(crew.dispatcher, "offer")
    assert await rows.fetchval("SELECT engineer_id::text FROM offers") == crew.engineer_id
    await story.step(crew.engineer, "accept")
    back = await story.step(crew.dispatcher, "reassign", reason="车坏了")
    assert back["state"] == "dispatching"


async def test_a_name_is_taken_once_and_terms_do_not_begin_in_the_past(
    story: Story, crew: Crew, clock: Clock
) -> None:
    again = await story.manager.post("/api/v1/contractors", json={"name": "春城快修"})
    assert (again.status_code, again.json()["code"]) == (409, "contractor_known")
    key = {"Idempotency-Key": "k-1"}
    made = [
        (await story.manager.post("/api/v1/contractors", json={"name": "滇池家电"}, headers=key)).json()
        for _ in range(2)
    ]
    assert made[0] == made[1]
    url = f"/api/v1/contractors/{made[0]['id']}"
    taken = await story.manager.patch(url, json={"name": "春城快修"})
    assert (taken.status_code, taken.json()["code"]) == (409, "contractor_known")
    body = {"service_types": ["repair"], "warranties": ["out"]}
    yesterday = (clock.now.astimezone(ZONE).date() - timedelta(days=1)).isoformat()
    past = await story.manager.post(f"{url}/terms", json=body | {"valid_from": yesterday})
    assert (past.status_code, past.json()["errors"][0]["field"]) == (422, "body.valid_from")


async def test_who_worked_on_it_and_handed_it_to_others_sees_it_no_more(
    story: Story, crew: Crew, colleague: Caller
) -> None:
    await story.offered()
    await story.step(crew.engineer, "accept")
    await story.step(story.customer, "book", window=bodies.window(story.clock.now))
    await story.step(crew.engineer, "depart")
    await story.step(crew.engineer, "arrive", **bodies.HOME)
    await story.step(story.manager, "abort_visit", reason="客户投诉")
    for who in (crew.engineer, crew.dispatcher):
        assert (await who.get(f"/api/v1/tickets/{story.number}")).status_code == 200
    await story.step(story.agent, "offer", engineer_id=str(colleague.person.id))
    await story.step(colleague, "accept")
    for who in (crew.engineer, crew.dispatcher):
        assert (await who.get(f"/api/v1/tickets/{story.number}")).status_code == 404
        assert (await who.get("/api/v1/tickets")).json()["items"] == []
