"""A complaint from the moment at which it is noticed until the customer says that it is solved."""

from typing import Any

import asyncpg
from httpx import Response

from app.db import driver
from app.services.complaints.watch import watch_one
from app.services.operations.doctor import examine
from tests.harness.callers import Caller
from tests.tickets.story import SCORES, Story
from tests.tickets.traces import last_event, sent

BAD = SCORES | {"timeliness": 2, "comment": "约好两点，四点才来"}
REMEDY: dict[str, Any] = {"root_cause": "超时没有提前告知", "remedy": "退还上门费", "amount_fen": 5000}


async def cases(who: Caller, state: str = "open") -> list[dict[str, Any]]:
    answer = await who.get("/api/v1/complaints", params={"state": state})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def do(who: Caller, case: str, what: str, **body: object) -> Response:
    return await who.post(f"/api/v1/complaints/{case}/{what}", json=body)


async def watch(story: Story) -> int:
    done = 0
    while await _watch_one(story):
        done += 1
        assert done < 20, "complaints do not come to rest"
    return done


async def _watch_one(story: Story) -> bool:
    async with story.database.sessions.begin() as session:
        return await watch_one(await driver(session), story.clock.now)


async def _rated_low(story: Story) -> str:
    await story.completed()
    answer = await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=BAD)
    assert answer.status_code == 200, answer.text
    (case,) = await cases(story.manager)
    made: str = case["id"]
    return made


async def _link(rows: asyncpg.Connection) -> str:
    link: str = await rows.fetchval("SELECT link FROM complaint_cases")
    return link


async def test_a_low_score_is_a_case_in_the_same_moment_until_the_customer_is_content(
    story: Story, rows: asyncpg.Connection
) -> None:
    case = await _rated_low(story)
    left = await last_event(rows, story.number)
    assert (left.event, left.text) == (
        "rate_or_expire",
        "客户已评价，已为您安排专人跟进您反映的问题，24 小时内给您答复",
    )
    told = [message.recipient_id for message in await sent(rows, story.number, left.seq)]
    assert str(story.manager.person.id) in told
    assert (await do(story.agent, case, "take")).json()["owner"] == "林客服"
    assert (
        await do(story.agent, case, "steps", kind="call", text="致电道歉", result="客户要求退费")
    ).status_code == 201
    proposed = (await do(story.agent, case, "remedy", **REMEDY)).json()
    assert (proposed["state"], proposed["engineer"]) == ("proposed", "陈师傅")
    left = await last_event(rows, story.number)
    (card,) = await sent(rows, story.number, left.seq)
    link = await _link(rows)
    assert card.slots["page"] == f"complaints/{link}/{story.number}"
    no = await story.customer.post(
        f"/api/v1/tickets/{story.number}/complaint/answer", json={"solved": False, "note": "钱还没退"}
    )
    assert (no.json()["state"], no.json()["remedy"]) == ("working", "")
    again = (await do(story.agent, case, "remedy", **REMEDY)).json()
    assert again["reopened"] == 1
    yes = await story.customer.post(
        "/api/v1/complaint-answers", json={"token": await _link(rows), "solved": True}
    )
    assert (yes.json()["state"], yes.json()["outcome"]) == ("closed", "solved")
    (closed,) = await cases(story.agent, "closed")
    kinds = [step["kind"] for step in closed["steps"]]
    assert kinds == ["opened", "taken", "call", "remedy", "not_solved", "remedy", "solved"]
    assert await examine(rows) == []


async def test_the_page_behind_the_card_asks_without_signing_in(
    story: Story, client: Caller, rows: asyncpg.Connection
) -> None:
    case = await _rated_low(story)
    await do(story.agent, case, "remedy", **REMEDY)
    link = await _link(rows)
    for who, shown in ((story.customer, True), (story.agent, False)):
        ticket = await who.get(f"/h5/tickets/{story.number}")
        assert (f"/h5/complaints/{link}" in ticket.text) is shown
    page = await client.get(f"/h5/complaints/{link}/{story.number}")
    assert (page.status_code, REMEDY["remedy"] in page.text) == (200, True)
    assert (await client.get(f"/h5/complaints/{link}/HX2606150000000000")).status_code == 404
    assert (await client.post(f"/h5/complaints/{link}", data={"solved": "false"})).status_code == 422
    assert (await client.post(f"/h5/complaints/{link}", data={"solved": "true"})).status_code == 303
    assert (await client.get(f"/h5/complaints/{link}")).status_code == 404
    assert [each["outcome"] for each in await cases(story.agent, "closed")] == ["solved"]


async def test_angry_words_twice_are_one_case_and_a_threat_brings_the_deadline_nearer(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.accepted()
    url = f"/api/v1/tickets/{story.number}/messages"
    await story.customer.post(url, json={"text": "大概几点到呀"})
    assert await cases(story.agent) == []
    await story.customer.post(url, json={"text": "等了这么久还没人来，太过分了"})
    assert (await last_event(rows, story.number)).event == "complaint_opened"
    (first,) = await cases(story.agent)
    await story.customer.post(url, json={"text": "再不来我打12315"})
    (second,) = await cases(story.agent)
    assert (second["id"], second["cause"]) == (first["id"], "angry_words")
    assert second["due_at"] < first["due_at"]
    assert [step["kind"] for step in second["steps"]] == ["opened", "heard"]
    assert await examine(rows) == []


async def test_a_complaint_ticket_is_a_case_without_anybodys_doing(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.submit(service_type="complaint", fault="师傅收了两次上门费")
    assert await watch(story) == 1
    (case,) = await cases(story.agent)
    assert (case["cause"], case["steps"][0]["text"]) == ("complaint_ticket", "师傅收了两次上门费")
    assert await watch(story) == 0
    assert await examine(rows) == []


async def test_whoever_is_late_is_reminded_and_then_the_managers_hear_of_it_once(
    story: Story, rows: asyncpg.Connection
) -> None:
    case = await _rated_low(story)
    await do(story.agent, case, "take")
    story.clock.advance(hours=22)
    assert await watch(story) == 1
    left = await last_event(rows, story.number)
    told = [message.recipient_id for message in await sent(rows, story.number, left.seq)]
    assert told == [str(story.agent.person.id)]
    story.clock.advance(hours=2)
    assert await watch(story) == 1
    assert await watch(story) == 0
    left = await last_event(rows, story.number)
    told = [message.recipient_id for message in await sent(rows, story.number, left.seq)]
    assert told == [str(story.manager.person.id)]
    assert [each["id"] for each in await cases(story.manager, "late")] == [case]
    seen = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    assert "complaint_late" not in [each["event"] for each in seen]


async def test_silence_is_no_yes(story: Story) -> None:
    case = await _rated_low(story)
    await do(story.agent, case, "remedy", **REMEDY)
    story.clock.advance(hours=72)
    assert await watch(story) == 1
    (open_again,) = await cases(story.agent, "mine")
    assert (open_again["state"], open_again["steps"][-1]["kind"]) == ("working", "silent")
    assert (await do(story.agent, case, "close", reason="联系不上")).status_code == 403
    closed = await do(story.manager, case, "close", reason="三次联系不上，已留言")
    assert (closed.json()["state"], closed.json()["outcome"]) == ("closed", "settled")
    assert (await do(story.agent, case, "take")).json()["code"] == "complaint_closed"


async def test_what_is_closed_opens_again_when_the_customer_is_still_not_content(
    story: Story, rows: asyncpg.Connection
) -> None:
    case = await _rated_low(story)
    await do(story.manager, case, "close", reason="已电话致歉")
    said = await story.customer.post(
        f"/api/v1/tickets/{story.number}/complaint", json={"text": "说好的退费没有到"}
    )
    assert (said.status_code, said.json()["state"]) == (201, "open")
    (again,) = await cases(story.agent)
    assert (again["id"], again["reopened"], again["owner"]) == (case, 1, None)
    assert await examine(rows) == []
