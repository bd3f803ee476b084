"""The whole way with the stand-in of WeChat: from the phone to the ticket, and the answer back onto the phone."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app.bell import Bell
from app.domain.actor import Actor
from app.domain.conversation.survey import QUESTION, choices
from app.domain.lifecycle import Role
from app.integrations.storage import open_store
from app.platform import open_platform
from app.schemas.conversations import MessageIn
from app.services.conversations.write import write_message
from app.services.idempotency import Once, fingerprint
from app.workers.inbound import InboundWorker
from tests.harness.callbacks import served
from tests.harness.eventually import eventually
from tests.make import make_staff
from tests.notifications.conftest import post
from tests.notifications.post import Person, Post

__all__ = ["post"]


@pytest.fixture
async def way_back(post: Post) -> AsyncIterator[Post]:
    """The sandbox calls a real server in this process."""
    async with served(post.settings, post.database) as base:
        await post.sandbox.call_back(f"{base}/wechat/{post.settings.official_appid}/callback")
        yield post


async def bubbles(post: Post, person: Person) -> list[tuple[str, str]]:
    """What stands in the person's chat: channel and text."""
    page: dict[str, Any] = await post.sandbox.control(
        "GET", "messages", query={"openid": person.openid, "since": 0, "limit": 100}
    )
    return [(item["channel"], item["text"]) for item in page["items"]]


async def heard(post: Post) -> None:
    """No callback is owed, and each has had its effect by a worker with the real platform behind it."""

    async def quiet() -> bool | None:
        return True if (await post.sandbox.stats()).callbacks_pending == 0 else None

    await eventually(quiet)
    async with open_platform(post.settings, post.database) as platform:
        bell = Bell(post.settings.database_url)
        worker = InboundWorker(
            post.database.sessions, platform, open_store("memory://"), bell, home="http://test"
        )
        await worker.step()


async def test_a_tap_on_the_menu_and_a_greeting_are_answered_in_the_chat(way_back: Post) -> None:
    person = await way_back.person()
    await way_back.sandbox.act(person.user, "menu_click", key="support")
    await way_back.sandbox.act(person.user, "send_text", text="你好")
    await heard(way_back)
    replies = [text for channel, text in await bubbles(way_back, person) if channel == "reply"]
    assert len(replies) == 2
    assert any("催一下" in text for text in replies)
    assert any(text.startswith("您好") for text in replies)


async def write_back(post: Post, body: MessageIn) -> str:
    """An agent answers on the only ticket; its number."""
    async with post.database.sessions.begin() as session:
        agent = await make_staff(session)
    async with post.transaction() as connection:
        number: str = await connection.fetchval("SELECT number FROM tickets")
        actor = Actor(Role.AGENT, str(agent.id))
        once = Once("messages", actor, None, fingerprint(body, number))
        now = datetime.now(UTC)
        await write_message(connection, number, body, once=once, sign_url=lambda *_: "", now=now)
    async with post.relay():
        await post.settled()
    return number


async def test_a_question_comes_to_the_desk_and_the_answer_to_the_chat_it_came_from(way_back: Post) -> None:
    person = await way_back.person()
    await way_back.sandbox.act(person.user, "send_text", text="遥控器怎么配对")
    await heard(way_back)
    number = await write_back(way_back, MessageIn(text="长按配对键三秒，听到滴声即可"))
    assert [card.title for card in await way_back.sandbox.messages(person.openid) if card.title] == [
        "服务进度通知"
    ]
    (answer,) = [text for channel, text in await bubbles(way_back, person) if channel == "custom"]
    assert "长按配对键三秒" in answer
    assert number in answer


async def test_a_survey_is_a_menu_in_the_chat_and_a_tap_is_kept(way_back: Post) -> None:
    person = await way_back.person()
    await way_back.sandbox.act(person.user, "send_text", text="遥控器怎么配对")
    await heard(way_back)
    await write_back(way_back, MessageIn(text="长按配对键三秒，听到滴声即可", survey=True))
    page: dict[str, Any] = await way_back.sandbox.control(
        "GET", "messages", query={"openid": person.openid, "channel": "custom"}
    )
    (asked,) = [item for item in page["items"] if QUESTION in item["text"]]
    async with way_back.transaction() as connection:
        ticket_id = await connection.fetchval("SELECT id FROM tickets")
    await way_back.sandbox.act(person.user, "tap_menu", id=asked["id"], choice=choices(ticket_id)[0].id)
    await heard(way_back)
    async with way_back.transaction() as connection:
        assert await connection.fetchval("SELECT satisfaction FROM conversations") == "good"


async def test_a_survey_whose_chat_has_closed_stays_in_the_inbox(way_back: Post) -> None:
    person = await way_back.person()
    ticket = await way_back.ticket(person)
    (push_id,) = await way_back.push(ticket, kind="conversation_survey", slots={"question": "满意吗"})
    async with way_back.relay():
        await way_back.settled()
    row = await way_back.row(push_id)
    assert (row.state, row.reason) == ("inbox", "no_window")
