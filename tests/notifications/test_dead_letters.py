"""What could not be delivered is listed with its reason, and can be sent again on purpose."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.services.notifications.dead_letters import Replayed, list_dead_letters, replay
from tests.notifications.post import Post


async def again(post: Post, ids: Sequence[int] | None = None) -> Replayed:
    async with post.transaction() as connection:
        return await replay(connection, ids=ids, now=datetime.now(UTC))


async def test_the_dead_letters_say_what_is_missing_and_why(post: Post) -> None:
    person = await post.person()
    ticket = await post.ticket(person)
    first, _ = await post.push(ticket, (1, 2))
    await post.sandbox.fault({"errcode": 99999}, times=1)
    async with post.relay():
        await post.settled()
    async with post.transaction() as connection:
        (letter,) = await list_dead_letters(connection)
    assert (letter.id, letter.number, letter.seq) == (first, ticket.number, 1)
    assert (letter.state, letter.reason) == ("parked", "config: 未知错误码 99999")


async def test_a_dead_letter_is_sent_again_as_a_new_message(post: Post) -> None:
    person = await post.person()
    ids = await post.push(await post.ticket(person), (1, 2))
    (other,) = await post.push(await post.ticket(await post.person("u-zhao")))
    await post.sandbox.fault({"errcode": 40037})
    async with post.relay():
        await post.settled()
        before = (await post.row(ids[0])).client_msg_id
        await post.sandbox.heal()
        assert await again(post, ids) == Replayed(tuple(ids), ())
        await post.settled()
    assert await post.hints(person) == ["第1条", "第2条"]
    row = await post.row(ids[0])
    assert (row.state, row.reason, row.client_msg_id == before) == ("accepted", None, False)
    assert {alarm.closed_by for alarm in await post.alarms()} == {"outbox replay"}
    assert (await post.row(other)).state == "inbox"


async def test_what_later_news_has_overtaken_stays_unsent(post: Post) -> None:
    person = await post.person()
    first, _ = await post.push(await post.ticket(person), (1, 2))
    (lone,) = await post.push(await post.ticket(person))
    await post.sandbox.fault({"errcode": 99999}, nth=1)
    async with post.relay():
        await post.settled()
    await post.execute("UPDATE outbox SET state = 'dead', reason = 'test' WHERE id = $1", lone)
    assert await again(post) == Replayed((lone,), (first,))
    assert (await post.row(first)).state == "superseded"
    assert await again(post) == Replayed((), ())
