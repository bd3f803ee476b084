"""TEMPLATESENDJOBFINISH: WeChat says afterwards whether an accepted message reached the person."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.models import Push
from app.services.inbound.delivery import delivered
from app.services.operations.doctor import examine
from app.wechat.events import JobStatus
from tests.harness.callbacks import served
from tests.harness.eventually import eventually
from tests.harness.sandbox import ACCOUNTS, official_openid
from tests.notifications.post import Post

OFFICIAL = ACCOUNTS["official_appid"]


@pytest.fixture
async def post(post: Post) -> AsyncIterator[Post]:
    """With the way back: the sandbox calls a real server in this process."""
    async with served(post.settings, post.database) as base:
        await post.sandbox.call_back(f"{base}/wechat/{post.settings.official_appid}/callback")
        yield post


async def reported(post: Post, *ids: int) -> list[Push]:
    """The messages, once every callback has come and had its effect."""

    async def quiet() -> bool | None:
        return True if (await post.sandbox.stats()).callbacks_pending == 0 else None

    await eventually(quiet)
    await post.hear()
    return [await post.row(push_id) for push_id in ids]


async def test_success_is_delivery(post: Post) -> None:
    (push_id,) = await post.push(await post.ticket(await post.person()))
    async with post.relay():
        await post.settled()
    (row,) = await reported(post, push_id)
    assert (row.state, row.reason) == ("delivered", None)


async def test_a_person_who_blocks_messages_is_known_to(post: Post) -> None:
    person = await post.person()
    await post.push(await post.ticket(person))
    await post.sandbox.act(person.user, "block_push")
    async with post.relay():
        await post.settled()
        await reported(post)
        (row,) = await post.settled()
    assert (row.state, row.reason) == ("inbox", "user_block")
    identity = await post.identity(person)
    assert (identity.follows, identity.unreachable_reason) == (False, "user_block")


async def test_a_failure_of_wechat_is_made_good_once(post: Post) -> None:
    person = await post.person()
    (push_id,) = await post.push(await post.ticket(person))
    await post.sandbox.fault("job_failed", times=1)
    async with post.relay():
        await post.settled()
        await reported(post, push_id)
        await post.settled()
    (row,) = await reported(post, push_id)
    assert row.state == "delivered"
    first, second = await post.sandbox.messages()
    assert first.client_msg_id != second.client_msg_id
    assert (first.delivered, second.delivered) == (False, True)


async def test_a_second_failure_of_wechat_is_the_last(post: Post) -> None:
    (push_id,) = await post.push(await post.ticket(await post.person()))
    await post.sandbox.fault("job_failed")
    async with post.relay():
        for _ in range(3):
            await post.settled()
            await reported(post, push_id)
    row = await post.row(push_id)
    assert (row.state, row.reason) == ("inbox", "system_failed")
    assert len(await post.sandbox.messages()) == 2


async def test_a_failure_is_not_made_good_after_later_news(post: Post) -> None:
    """The customer heard the second message; the first one now would tell of the past."""
    person = await post.person()
    first, second = await post.push(await post.ticket(person), (1, 2))
    await post.sandbox.fault("job_failed", nth=1)
    async with post.relay():
        await post.settled()
        await reported(post)
        await post.settled()
    rows = await reported(post, first, second)
    assert [(row.state, row.reason) for row in rows] == [("superseded", "system_failed"), ("delivered", None)]
    async with post.transaction() as connection:
        broken = [finding.invariant.name for finding in await examine(connection)]
    assert "pushes_in_order" not in broken


async def test_the_report_may_come_before_the_answer(post: Post) -> None:
    (push_id,) = await post.push(await post.ticket(await post.person()))
    await post.sandbox.fault("event_before_response")
    async with post.relay():
        await post.settled()
    (row,) = await reported(post, push_id)
    assert row.state == "delivered"


class Meanwhile:
    """A connection between whose statements something else is committed, after the first few of them."""

    def __init__(self, connection: Any, after: int, happens: Callable[[], Awaitable[None]]) -> None:
        self._connection, self._left, self._happens = connection, after, happens

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def call(*arguments: Any) -> Any:
            found = await getattr(self._connection, name)(*arguments)
            self._left -= 1
            if self._left == 0:
                await self._happens()
            return found

        return call


@pytest.mark.parametrize("status", list(JobStatus))
@pytest.mark.parametrize("statements", [1, 2, 3])
async def test_the_answer_may_be_written_while_its_report_is_handled(
    post: Post, status: JobStatus, statements: int
) -> None:
    """Either the report has its effect, or it is put off; it is never taken for one that was told before."""
    (push_id,) = await post.push(await post.ticket(await post.person()))
    await post.lease()

    async def answered() -> None:
        await post.execute("UPDATE outbox SET state = 'accepted', lease_until = NULL, msgid = 'm1'")

    openid = official_openid("u-lin")
    async with post.transaction() as connection:
        watched = Meanwhile(connection, statements, answered)
        done = await delivered(watched, OFFICIAL, openid, "m1", status, datetime.now(UTC))
    assert done is ((await post.row(push_id)).state not in ("leased", "accepted"))


async def test_a_review_that_ends_is_delivery(post: Post) -> None:
    person, other = await post.person(), await post.person("u-zhao")
    (push_id,) = await post.push(await post.ticket(person))
    await post.sandbox.fault({"review": 0.2}, openid=person.openid)
    async with post.relay():
        await post.settled()
        (beside,) = await post.push(await post.ticket(other))
        await post.settled()
    rows = await reported(post, push_id, beside)
    assert [row.state for row in rows] == ["delivered", "delivered"]
    assert rows[0].msgid is not None
    assert len(await post.sandbox.calls()) == 2


async def test_an_early_report_is_not_taken_for_the_end_of_a_review(post: Post) -> None:
    person = await post.person()
    ticket = await post.ticket(person)
    (waiting,) = await post.push(ticket)
    await post.sandbox.fault({"review": {"deliver_after_s": 3600, "approve": False}}, times=1)
    async with post.relay():
        await post.settled()
        await post.sandbox.fault("event_before_response")
        await post.sandbox.fault({"slow": 300})
        (next_one,) = await post.push(ticket, (2,))
        await post.until(next_one, "leased")
        await post.settled()
    rows = await reported(post, waiting, next_one)
    assert [row.state for row in rows] == ["in_review", "delivered"]
