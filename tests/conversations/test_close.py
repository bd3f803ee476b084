"""When the desk settles a chat, the customer is asked about it, once, where he wrote."""

from typing import Any

import asyncpg

from app.domain.conversation.survey import QUESTION
from app.services.conversations.arrive import arrived
from app.services.conversations.prepare import Prepared
from app.services.operations.doctor import examine
from app.wechat.callbacks import read_message
from app.wechat.events import TextSent
from tests.make import make_identity
from tests.tickets.story import Story


async def began(story: Story, rows: asyncpg.Connection, session: Any) -> None:
    """The customer of the story writes in WeChat."""
    await make_identity(session, openid="o-story", customer_id=story.customer.person.id)
    body = (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>o-story</FromUserName><CreateTime>1781488800</CreateTime>"
        "<MsgType>text</MsgType><Content>遥控器怎么配对</Content><MsgId>1</MsgId></xml>"
    )
    message = read_message("wxa100000000000001", body)
    said = TextSent("遥控器怎么配对", None)
    assert await arrived(rows, message, 1, said, Prepared(), story.clock.now) == "opened"
    story.number = await rows.fetchval("SELECT number FROM tickets")


async def surveys(rows: asyncpg.Connection) -> list[asyncpg.Record]:
    found: list[asyncpg.Record] = await rows.fetch("SELECT * FROM outbox WHERE kind = 'conversation_survey'")
    return found


async def test_resolving_a_chat_asks_how_it_was(story: Story, rows: asyncpg.Connection, session: Any) -> None:
    await began(story, rows, session)
    await story.step(story.agent, "resolve_remote", solution="长按配对键三秒")
    (asked,) = await surveys(rows)
    assert asked["slots"]["question"] == QUESTION
    shown = (await story.customer.get(f"/api/v1/tickets/{story.number}/messages")).json()["items"]
    assert [(item["kind"], item["author_name"]) for item in shown] == [("text", "您"), ("survey", "自动回复")]
    assert await examine(rows) == []


async def test_a_ticket_without_a_chat_is_not_asked_about(story: Story, rows: asyncpg.Connection) -> None:
    await story.submit(service_type="consultation", fault="保修多久")
    await story.step(story.agent, "resolve_remote", solution="整机一年")
    assert await surveys(rows) == []


async def test_an_agent_may_ask_with_or_without_words(
    story: Story, rows: asyncpg.Connection, session: Any
) -> None:
    await began(story, rows, session)
    path = f"/api/v1/tickets/{story.number}/messages"
    alone = await story.agent.post(path, json={"survey": True})
    assert (alone.status_code, alone.json()["kind"], alone.json()["text"]) == (201, "survey", QUESTION)
    both = await story.agent.post(path, json={"survey": True, "text": "已为您登记"})
    assert (both.status_code, both.json()["kind"]) == (201, "text")
    assert len(await surveys(rows)) == 2
    replies = await rows.fetch("SELECT slots FROM outbox WHERE kind = 'conversation_reply'")
    assert [reply["slots"]["reply"] for reply in replies] == ["已为您登记"]
    assert await examine(rows) == []
