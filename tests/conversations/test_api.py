"""The conversation through the API: who says and sees what, and who is told."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from httpx import Response

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.schemas.conversations import ConversationPage, MessageOut, MessagePage
from app.services.operations.doctor import examine
from app.services.operations.retention import forget_expired
from app.services.tickets.stream import TicketStream
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.make import make_customer, make_identity, make_service_point, make_staff
from tests.tickets import bodies
from tests.tickets.photos import photo
from tests.tickets.story import Story


def url(story: Story) -> str:
    return f"/api/v1/tickets/{story.number}/messages"


async def write(who: Caller, story: Story, text: str = "", key: str = "", **more: Any) -> Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await who.post(url(story), json={"text": text} | more, headers=headers)


async def said(who: Caller, story: Story) -> list[tuple[str, str, str]]:
    answer = await who.get(url(story))
    assert answer.status_code == 200, answer.text
    page = MessagePage.model_validate_json(answer.text)
    return [(message.author_name, message.kind.value, message.text) for message in page.items]


async def pushes(rows: asyncpg.Connection, kind: str) -> list[asyncpg.Record]:
    found: list[asyncpg.Record] = await rows.fetch("SELECT * FROM outbox WHERE kind = $1 ORDER BY id", kind)
    return found


async def waiting(who: Caller) -> list[dict[str, Any]]:
    answer = await who.get("/api/v1/conversations", params={"unanswered": "true"})
    assert answer.status_code == 200
    ConversationPage.model_validate_json(answer.text)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_both_sides_read_the_same_in_the_same_order(story: Story, rows: asyncpg.Connection) -> None:
    await story.accepted()
    before = await story.see()
    assert (await write(story.customer, story, "几点能到？")).status_code == 201
    answer = await write(story.agent, story, "下午两点左右")
    MessageOut.model_validate_json(answer.text)
    await write(story.engineer, story, "我会提前打电话")
    assert await said(story.agent, story) == [
        ("客户", "text", "几点能到？"),
        ("客服 林客服", "text", "下午两点左右"),
        ("工程师 陈师傅", "text", "我会提前打电话"),
    ]
    assert (await said(story.customer, story))[0] == ("您", "text", "几点能到？")
    after = await story.see()
    for name in ("state", "version", "promised_at"):
        assert after[name] == before[name]
    assert await examine(rows) == []


async def test_an_answer_is_a_push_to_the_customer_and_a_question_a_notice_to_the_engineer(
    story: Story, rows: asyncpg.Connection
) -> None:
    await story.accepted()
    await write(story.customer, story, "几点能到？")
    notices = await pushes(rows, "staff_notice")
    assert [(str(n["recipient_id"]), n["slots"]["hint"]) for n in notices] == [
        (str(story.engineer.person.id), "几点能到？")
    ]
    long = "请先关掉电源，" * 60
    await write(story.agent, story, long)
    (reply,) = await pushes(rows, "conversation_reply")
    assert str(reply["recipient_id"]) == str(story.customer.person.id)
    assert reply["slots"]["reply"] == long
    await write(story.customer, story, "好")
    again = (await pushes(rows, "staff_notice"))[1:]
    # The engineer, and whoever answered last.
    assert {str(n["recipient_id"]) for n in again} == {
        str(story.engineer.person.id),
        str(story.agent.person.id),
    }


async def test_with_nobody_at_the_job_the_desk_that_wechat_reaches_is_told(
    story: Story, rows: asyncpg.Connection, session: Any
) -> None:
    reachable = await make_staff(session, role="agent")
    await make_identity(session, staff_id=reachable.id)
    gone = await make_staff(session, role="agent", active=False)
    await make_identity(session, staff_id=gone.id)
    await story.submit()
    await write(story.customer, story, "什么时候派人？")
    assert [n["recipient_id"] for n in await pushes(rows, "staff_notice")] == [reachable.id]


async def test_a_repeated_request_says_it_once(story: Story, rows: asyncpg.Connection) -> None:
    await story.accepted()
    first = await write(story.agent, story, "马上到", key="k-1")
    second = await write(story.agent, story, "马上到", key="k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    other = await write(story.agent, story, "不来了", key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(await said(story.agent, story)) == 1
    assert len(await pushes(rows, "conversation_reply")) == 1


async def test_pictures_go_with_it(story: Story, rows: asyncpg.Connection) -> None:
    await story.accepted()
    files = {"file": ("a.jpg", photo(), "image/jpeg")}
    uploaded = (await story.customer.post("/api/v1/attachments", files=files)).json()["id"]
    answer = await write(story.customer, story, attachment_ids=[uploaded])
    assert answer.status_code == 201
    assert (answer.json()["kind"], answer.json()["attachments"][0]["id"]) == ("image", uploaded)
    shown = (await story.agent.get(url(story))).json()["items"][0]["attachments"][0]
    path = shown["url"].removeprefix("http://test")
    assert (await story.agent.get(path)).headers["content-type"] == "image/jpeg"
    assert (await pushes(rows, "staff_notice"))[-1]["slots"]["hint"] == "[图片]"
    theft = await write(story.engineer, story, attachment_ids=[uploaded])
    assert (theft.status_code, theft.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "  \u200b "}, {"text": "长" * 2001}, {"text": "a", "kind": "note"}]
)
async def test_nothing_and_too_much_are_refused(story: Story, body: dict[str, Any]) -> None:
    await story.accepted()
    answer = await story.customer.post(url(story), json=body)
    assert answer.status_code == 422
    assert await said(story.customer, story) == []


async def test_who_could_claim_the_job_does_not_read_what_was_said(story: Story) -> None:
    await story.submit()
    await write(story.customer, story, "我家在 8 栋 1201")
    await story.step(story.agent, "triage")
    assert (await story.engineer.get(f"/api/v1/tickets/{story.number}")).status_code == 200
    refused = await story.engineer.get(url(story))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_in_conversation")
    assert (await write(story.engineer, story, "我来")).status_code == 403


async def test_an_ended_ticket_takes_no_more_of_the_customers_words(story: Story) -> None:
    await story.submit()
    await story.step(story.customer, "cancel", reason_code="changed_mind")
    refused = await write(story.customer, story, "等等")
    assert (refused.status_code, refused.json()["code"]) == (409, "conversation_ended")
    assert (await write(story.agent, story, "欢迎再来")).status_code == 201


async def test_whatever_he_says_resumes_the_ticket_that_waits_for_him_and_the_desk_sees_it(
    story: Story,
) -> None:
    await story.submit()
    await story.step(story.agent, "ask_info", items=["铭牌照片"])
    await write(story.customer, story, "铭牌看不清")
    seen = await story.see()
    assert seen["state"] == "submitted"
    assert "铭牌看不清" in seen["fault"]
    assert [item["number"] for item in await waiting(story.agent)] == [story.number]


async def test_the_desk_sees_who_waits_and_how_long(story: Story, as_manager: Caller) -> None:
    await story.submit()
    first = story.number
    await write(story.customer, story, "在不在")
    story.clock.advance(minutes=3)
    await write(story.customer, story, "人呢\n急")
    await story.submit(fault="漏水")
    await write(story.customer, story, "还有这个")
    items = await waiting(story.agent)
    assert [item["number"] for item in items] == [story.number, first]
    assert [item["waiting_seconds"] for item in items] == [0, 180]
    assert (items[1]["last_message"]["text"], items[1]["customer"]) == ("人呢 急", "王女士")
    await write(story.agent, story, "来了")
    assert [item["number"] for item in await waiting(as_manager)] == [first]
    everything = await story.agent.get("/api/v1/conversations")
    assert [item["waiting_since"] is None for item in everything.json()["items"]] == [True, False]


async def test_the_list_of_conversations_is_paged(story: Story) -> None:
    numbers = []
    for minute in range(5):
        await story.submit()
        await write(story.customer, story, f"{minute}")
        numbers.append(story.number)
        story.clock.advance(minutes=1)
    for query in ({"unanswered": "true"}, {}):
        seen: list[str] = []
        cursor: str | None = None
        for _ in range(3):
            params = {**query, "limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = (await story.agent.get("/api/v1/conversations", params=params)).json()
            seen += [item["number"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert (seen, cursor) == (numbers[::-1], None)
    for broken in ("x", "1", "-", "1-0", "1-" + "f" * 30, "f" * 20 + "-1"):
        answer = await story.agent.get("/api/v1/conversations", params={"cursor": broken})
        assert answer.status_code == 422, broken


async def test_a_conversation_is_paged_backwards(story: Story) -> None:
    await story.submit()
    for number in range(7):
        await write(story.agent, story, str(number))
        story.clock.advance(seconds=1)
    texts, cursor = [], None
    for _ in range(3):
        params = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await story.customer.get(url(story), params=params)).json()
        texts.append([item["text"] for item in page["items"]])
        cursor = page["next_cursor"]
    assert (texts, cursor) == ([["4", "5", "6"], ["1", "2", "3"], ["0"]], None)


async def test_a_script_is_slowed_down(story: Story) -> None:
    await story.submit()
    for number in range(30):
        assert (await write(story.customer, story, f"第 {number} 次")).status_code == 201
    refused = await write(story.customer, story, "再来")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    story.clock.advance(minutes=6)
    assert (await write(story.customer, story, "再来")).status_code == 201


async def test_the_timeline_and_its_stream_tell_of_it_without_repeating_it(story: Story) -> None:
    await story.accepted()
    await write(story.agent, story, "门禁密码是 7788 吗")
    events = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()["items"]
    last = events[-1]
    assert (last["event"], last["actor"]) == ("message", "客服 林客服")
    assert "7788" not in str(events)


async def test_an_open_page_hears_of_it(story: Story) -> None:
    await story.accepted()
    actor = Actor(Role.CUSTOMER, str(story.customer.person.id))
    stream = TicketStream(story.database.reads.acquire)
    seq = (await story.customer.get(f"/api/v1/tickets/{story.number}/events")).json()["items"][-1]["seq"]
    lines = await stream.open(story.number, actor, after=seq)
    assert (await anext(lines)).startswith(b"retry")
    await write(story.agent, story, "马上到")
    heard = await anext(lines)
    assert heard.startswith(b"id: %d\nevent: message\n" % (seq + 1))


async def test_the_survey_needs_somebody_in_wechat(story: Story) -> None:
    await story.submit()
    refused = await write(story.agent, story, survey=True)
    assert (refused.status_code, refused.json()["code"]) == (409, "nobody_to_ask")
    mine = await write(story.customer, story, "x", survey=True)
    assert (mine.status_code, mine.json()["errors"][0]["code"]) == (422, "staff_only")


async def test_at_the_same_moment_everybody_is_heard(live: Live) -> None:
    async with live.sessions.begin() as session:
        customer = await make_customer(session)
        agent = await make_staff(session)
        await make_service_point(session)
    async with await live.caller_for(customer) as his, await live.caller_for(agent) as hers:
        made = await his.post("/api/v1/tickets", json=bodies.report())
        path = f"/api/v1/tickets/{made.json()['number']}/messages"
        told = [who.post(path, json={"text": str(n)}) for n in range(10) for who in (his, hers)]
        same = [his.post(path, json={"text": "一次"}, headers={"Idempotency-Key": "k"}) for _ in range(5)]
        answers = await asyncio.gather(*told, *same)
        assert [answer.status_code for answer in answers] == [201] * 25
        assert len((await his.get(path)).json()["items"]) == 21
    async with live.database.reads.acquire() as connection:
        assert await examine(connection) == []


async def test_after_two_years_nobody_keeps_what_was_said(story: Story, rows: asyncpg.Connection) -> None:
    await story.submit()
    ended = story.number
    await write(story.customer, story, "旧的")
    await story.step(story.customer, "cancel", reason_code="changed_mind")
    await story.submit()
    await write(story.customer, story, "还没修好")
    later = story.clock.now + timedelta(days=731)
    for _ in range(2):
        await forget_expired(rows, later)
    left = await rows.fetch("SELECT t.number FROM ticket_messages m JOIN tickets t ON t.id = m.ticket_id")
    assert [row["number"] for row in left] == [story.number]
    kept = await rows.fetch("SELECT t.number FROM conversations c JOIN tickets t ON t.id = c.ticket_id")
    assert [row["number"] for row in kept] == [story.number]
    assert ended != story.number
    assert await examine(rows) == []
