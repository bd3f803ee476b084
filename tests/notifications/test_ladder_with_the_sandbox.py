"""The lower rungs with the stand-in of WeChat itself: whoever does not follow is told by the mini-program."""

from collections.abc import AsyncIterator

import pytest

from app.bell import Bell
from app.integrations.storage import open_store
from app.platform import open_platform
from app.workers.inbound import InboundWorker
from sandbox import defaults
from sandbox.people import openid_of
from tests.harness.callbacks import served
from tests.harness.eventually import eventually
from tests.make import make_identity
from tests.notifications.post import Person, Post

CARD = "sub-ticket-progress"


@pytest.fixture
async def both_ways(post: Post) -> AsyncIterator[Post]:
    """The sandbox calls a real server in this process, for both accounts."""
    async with served(post.settings, post.database) as base:
        for appid in (defaults.OFFICIAL_APPID, defaults.MINI_APPID):
            await post.sandbox.call_back(f"{base}/wechat/{appid}/callback", appid)
        yield post


async def heard(post: Post) -> None:
    async def quiet() -> bool | None:
        return True if (await post.sandbox.stats()).callbacks_pending == 0 else None

    await eventually(quiet)
    async with open_platform(post.settings, post.database) as platform:
        bell, store = Bell(post.settings.database_url), open_store("memory://")
        await InboundWorker(post.database.sessions, platform, store, bell, home="http://test").step()


async def in_mini_program(post: Post) -> Person:
    """Somebody who does not follow the account, but uses the mini-program."""
    person = await post.person("u-sun")
    await post.execute("UPDATE wechat_identities SET follows = FALSE, unreachable_reason = 'unfollowed'")
    async with post.database.sessions.begin() as session:
        mini = openid_of(defaults.MINI_APPID, person.user)
        await make_identity(session, appid=defaults.MINI_APPID, openid=mini, customer_id=person.customer.id)
    return person


async def test_one_tap_is_one_notice_and_then_the_inbox(both_ways: Post) -> None:
    post = both_ways
    person = await in_mini_program(post)
    await post.sandbox.act(person.user, "consent", templates=[CARD], decision="accept")
    await heard(post)
    ticket = await post.ticket(person)
    await post.push(ticket, (1, 2))
    async with post.relay():
        first, second = await post.settled()
    assert (first.channel, first.state) == ("subscribe", "accepted")
    assert (second.channel, second.state) == ("inbox", "inbox")
    page = await post.sandbox.control("GET", "messages", query={"channel": "subscribe"})
    assert [(item["template_id"], item["user"]) for item in page["items"]] == [(CARD, person.user)]


async def test_a_consent_that_wechat_no_longer_knows_is_counted_down(both_ways: Post) -> None:
    post = both_ways
    person = await in_mini_program(post)
    await post.sandbox.act(person.user, "consent", templates=[CARD], decision="accept")
    await heard(post)
    await post.sandbox.fault({"refuse_user": 43101}, path="/cgi-bin/message/subscribe/send", times=1)
    await post.push(await post.ticket(person), (1,))
    async with post.relay():
        (told,) = await post.settled()
    assert told.state == "inbox"
    async with post.transaction() as connection:
        assert await connection.fetchval("SELECT available FROM consent_balances") == 0


async def test_a_channel_that_the_account_has_not_been_given_is_not_tried(both_ways: Post) -> None:
    post = both_ways
    person = await post.person()
    async with open_platform(post.settings, post.database):
        await post.execute("UPDATE wechat_accounts SET capabilities = '{custom}' WHERE kind = 'official'")
    await post.push(await post.ticket(person), (1,))
    async with post.relay():
        (kept,) = await post.settled()
    assert (kept.state, await post.sandbox.messages(person.openid)) == ("inbox", [])
