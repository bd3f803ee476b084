"""Asking where things are."""

import asyncpg
import pytest
from httpx import Response

from app.domain.lifecycle import State
from tests.harness.callers import Caller
from tests.tickets.story import Story
from tests.tickets.traces import counts, last_event, of_ticket, sent
from tests.tickets.ways import reach


async def urge(story: Story, who: Caller | None = None, message: str = "") -> Response:
    url = f"/api/v1/tickets/{story.number}/urgings"
    return await (who or story.customer).post(url, json={"message": message})


async def test_the_answer_is_a_reason_and_a_time(story: Story, rows: asyncpg.Connection) -> None:
    await story.accepted()
    version = (await story.see())["version"]
    answer = await urge(story, message="什么时候来")
    assert answer.status_code == 201
    assert answer.json()["reason"] == "工程师已接单，正在安排上门时间。"
    assert answer.json()["promise"]
    assert answer.json()["promised_at"] > story.clock.now.isoformat()[:16]
    left = await last_event(rows, story.number)
    assert (left.event, left.from_state, left.state) == ("urged", "accepted", "accepted")
    assert left.text.startswith("客户催单：什么时候来")
    told = await sent(rows, story.number, left.seq)
    assert [message.recipient_id for message in told] == [str(story.engineer.person.id)]
    seen = await story.see()
    assert (seen["version"], seen["urged"]) == (version, 1)


async def test_within_the_cool_down_it_says_when_again(story: Story, rows: asyncpg.Connection) -> None:
    await story.accepted()
    first = await urge(story)
    before = await counts(rows)
    again = await urge(story)
    assert (again.status_code, again.json()["code"]) == (429, "too_many_requests")
    wait = int(again.headers["Retry-After"])
    assert again.json()["retry_after"] == wait
    assert await counts(rows) == before
    story.clock.advance(seconds=wait)
    assert (await urge(story)).status_code == 201
    assert first.json()["next_allowed_at"]


async def test_each_is_told_to_more_and_the_customer_hears_to_whom(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.accepted()
    told, levels, words, risks = [], [], [], []
    for _ in range(3):
        answer = (await urge(story)).json()
        left = await last_event(rows, story.number)
        told.append([message.recipient_id for message in await sent(rows, story.number, left.seq)])
        levels.append(await of_ticket(rows, story.number, "priority"))
        words.append((answer["count"], answer["told"]))
        risks.append((await story.see(story.agent))["complaint_risk"])
        story.clock.advance(minutes=31)
    assert levels == ["normal", "urgent", "urgent"]
    engineer, manager = str(story.engineer.person.id), str(story.manager.person.id)
    agent = str(story.agent.person.id)
    assert told == [[engineer], [engineer, agent], [engineer, agent, manager]]
    assert words == [
        (1, "已提醒负责的工程师，今天 12:00 前答复您。"),
        (2, "已请网点客服跟进，今天 11:01 前答复您。"),
        (3, "已报网点主管跟进，今天 11:32 前答复您。"),
    ]
    assert risks == [False, False, True]
    assert (await story.see())["complaint_risk"] is None


async def test_without_an_engineer_the_desk_owes_the_answer(story: Story, rows: asyncpg.Connection) -> None:
    await reach(story, State.DISPATCHING)
    await urge(story)
    left = await last_event(rows, story.number)
    told = [message.recipient_id for message in await sent(rows, story.number, left.seq)]
    assert told == [str(story.agent.person.id)]


async def test_where_nobody_sits_at_the_desk_the_manager_does(story: Story, rows: asyncpg.Connection) -> None:
    await reach(story, State.DISPATCHING)
    await rows.execute("UPDATE staff SET active = FALSE WHERE role = 'agent'")
    assert (await urge(story)).json()["told"].startswith("已报网点主管跟进")
    left = await last_event(rows, story.number)
    told = [message.recipient_id for message in await sent(rows, story.number, left.seq)]
    assert told == [str(story.manager.person.id)]


@pytest.mark.parametrize("state", [State.COMPLETED, State.CONFIRMED, State.CANCELLED, State.MERGED])
async def test_what_is_over_cannot_be_urged(state: State, story: Story) -> None:
    await reach(story, state)
    answer = await urge(story)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_urge")


async def test_only_its_owner_urges(story: Story, stranger: Caller) -> None:
    await story.accepted()
    assert (await urge(story, stranger)).status_code == 404
    assert (await urge(story, story.engineer)).status_code == 403
