"""A worker may end at any moment: what it had in hand is sent by the next one, and seen once."""

from datetime import UTC, datetime

import pytest

from app.connection import connect
from app.services.notifications.deliver import Tried, deliver
from app.services.notifications.lease import LEASE, RELAY, Leased
from app.services.notifications.settle import settle
from tests.notifications.post import Post


async def die_holding(post: Post, *, sent: bool) -> Leased:
    """A worker takes the message, perhaps sends it, and is gone before it can write so; time passes."""
    (push,) = await post.lease()
    if sent:
        async with post.ways() as way:
            await deliver(push, way, datetime.now(UTC))
    await post.execute(
        """UPDATE outbox SET lease_until = now(), available_at = now() WHERE id = $1""",
        push.id,
    )
    return push


async def write(post: Post, tried: Tried) -> None:
    async with post.transaction() as connection:
        await settle(connection, [tried], now=datetime.now(UTC))


@pytest.mark.parametrize("sent", [False, True])
async def test_what_a_dead_worker_held_is_sent_and_seen_once(post: Post, sent: bool) -> None:
    person = await post.person()
    first, _ = await post.push(await post.ticket(person), (1, 2))
    await die_holding(post, sent=sent)
    async with post.relay():
        await post.settled()
    assert await post.hints(person) == ["第1条", "第2条"]
    calls = [call.client_msg_id for call in await post.sandbox.calls()]
    assert calls.count((await post.row(first)).client_msg_id.hex) == 1 + sent
    row = await post.row(first)
    assert (row.state, row.fence, row.attempts) == ("accepted", 2, 2)
    lost, kept = await post.attempts(first)
    assert (lost.finished_at, kept.outcome) == (None, "accepted")


async def test_a_lone_relay_takes_over_at_once_what_a_dead_one_held(post: Post) -> None:
    """Without waiting for the lease to end, which would take most of a minute."""
    person = await post.person()
    first, _ = await post.push(await post.ticket(person), (1, 2))
    (push,) = await post.lease()
    async with post.relay():
        await post.settled(within=10)
    assert await post.hints(person) == ["第1条", "第2条"]
    lost, kept = await post.attempts(first)
    assert (lost.finished_at, kept.outcome, push.fence) == (None, "accepted", lost.fence)


async def test_beside_another_relay_nobody_is_taken_for_dead(post: Post) -> None:
    (push_id,) = await post.push(await post.ticket(await post.person()))
    other = await connect(post.settings.database_url, RELAY)
    try:
        await post.lease()
        async with post.relay():
            (probe,) = await post.push(await post.ticket(await post.person("u-zhao")))
            await post.until(probe, "accepted")
        assert (await post.row(push_id)).state == "leased"
    finally:
        await other.close()


async def test_a_try_that_nobody_ended_counts_as_possibly_seen(post: Post) -> None:
    (push_id,) = await post.push(await post.ticket(await post.person()))
    (push,) = await post.lease()
    (again,) = await post.lease(later=LEASE)
    assert again.client_msg_id == push.client_msg_id
    assert again.history.uncertain_since == push.history.started_at
    assert (await post.row(push_id)).uncertain_since == push.history.started_at


async def test_after_ten_minutes_in_doubt_it_is_not_sent_again(post: Post) -> None:
    (push_id,) = await post.push(await post.ticket(await post.person()))
    await die_holding(post, sent=True)
    await post.execute("UPDATE outbox SET lease_until = now() - interval '10 min', uncertain_since = NULL")
    async with post.relay():
        await post.settled()
    row = await post.row(push_id)
    assert (row.state, row.reason) == ("inbox", "outcome_unknown")
    assert len(await post.sandbox.messages()) == 1


async def test_a_late_worker_is_not_heard_any_more(post: Post) -> None:
    """Fencing: the outcome of a lease that passed to another is written by the other alone."""
    (push_id,) = await post.push(await post.ticket(await post.person()))
    (old,) = await post.lease()
    (new,) = await post.lease(later=LEASE)
    async with post.ways() as way:
        late, last = await deliver(old, way, datetime.now(UTC)), await deliver(new, way, datetime.now(UTC))
    await write(post, late)
    row = await post.row(push_id)
    assert (row.state, row.fence, row.msgid) == ("leased", new.fence, None)
    await write(post, last)
    row = await post.row(push_id)
    assert (row.state, row.msgid) == ("accepted", last.msgid)
    await write(post, late)
    assert (await post.row(push_id)).state == "accepted"


async def test_writing_an_outcome_twice_changes_nothing(post: Post) -> None:
    """The connection may break after the server committed and before it could say so."""
    (push_id,) = await post.push(await post.ticket(await post.person()))
    (push,) = await post.lease()
    async with post.ways() as way:
        tried = await deliver(push, way, datetime.now(UTC))
    await write(post, tried)
    before = (await post.row(push_id)).settled_at
    await write(post, tried)
    assert (await post.row(push_id)).settled_at == before
