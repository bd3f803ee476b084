"""Messages go out at once, in order, one at a time to a person, and no ticket waits for another."""

import asyncio
import logging
import statistics
import time
from collections import Counter
from datetime import timedelta

from app.services.notifications.lease import LEASE
from tests.harness.eventually import eventually
from tests.harness.sandbox import official_openid
from tests.notifications.post import Post, hint_of

log = logging.getLogger(__name__)


async def test_a_message_goes_out_and_says_what_the_ticket_says(post: Post) -> None:
    lin, zhao = await post.person(), await post.person("u-zhao")
    ticket = await post.ticket(lin)
    (push_id,) = await post.push(ticket)
    async with post.relay():
        await post.settled()
    (message,) = await post.sandbox.messages()
    assert (message.openid, message.number, hint_of(message)) == (lin.openid, ticket.number, "第1条")
    assert await post.sandbox.messages(zhao.openid) == []
    row = await post.row(push_id)
    assert (row.state, row.msgid, row.client_msg_id.hex) == ("accepted", message.msgid, message.client_msg_id)
    (attempt,) = await post.attempts(push_id)
    assert (attempt.outcome, attempt.finished_at is not None) == ("accepted", True)


async def test_the_messages_of_a_ticket_arrive_in_order(post: Post) -> None:
    people = await post.people(4)
    for person in people:
        for _ in range(2):
            await post.push(await post.ticket(person), range(1, 7))
    await post.sandbox.fault({"errcode": -1}, times=2)
    async with post.relay():
        await post.settled(within=30)
    arrived: dict[str, list[str]] = {}
    for message in await post.sandbox.messages():
        arrived.setdefault(message.number, []).append(hint_of(message))
    assert len(arrived) == 8
    assert set(map(tuple, arrived.values())) == {tuple(f"第{n}条" for n in range(1, 7))}


async def test_a_ticket_that_waits_holds_back_its_own_messages_and_no_others(post: Post) -> None:
    stuck, well = await post.person(), await post.person("u-zhao")
    held = await post.push(await post.ticket(stuck), (1, 2))
    other = await post.push(await post.ticket(well), (1, 2))
    # The same person's other ticket does not wait either.
    third = await post.push(await post.ticket(stuck), (1,))
    await post.sandbox.fault({"errcode": 45011}, openid=stuck.openid, nth=1)
    async with post.relay():
        for push_id in (*other, *third):
            await post.until(push_id, "accepted")
        states = [(await post.row(push_id)).state for push_id in held]
    assert states == ["queued", "queued"]
    assert [a.outcome for a in await post.attempts(held[0])] == ["later_minute"]
    assert await post.attempts(held[1]) == []


async def test_one_person_gets_one_message_at_a_time(post: Post) -> None:
    """Two at once would be refused with 43108. The tickets are different, so no order holds them apart."""
    lin, zhao = await post.person(), await post.person("u-zhao")
    for person in (lin, lin, lin, lin, zhao):
        await post.push(await post.ticket(person))
    await post.sandbox.configure(latency_ms=60)
    async with post.relay():
        await post.settled()
    assert Counter(call.errcode for call in await post.sandbox.calls()) == {0: 5}
    assert Counter(m.openid for m in await post.sandbox.messages()) == {lin.openid: 4, zhao.openid: 1}


async def test_a_lease_takes_one_message_of_a_person_and_of_a_ticket(post: Post) -> None:
    lin, zhao = await post.person(), await post.person("u-zhao")
    first = await post.push(await post.ticket(lin), (1, 2))
    third = await post.push(await post.ticket(lin))
    other = await post.push(await post.ticket(zhao))
    assert [push.id for push in await post.lease()] == [first[0], other[0]]
    assert await post.lease() == []
    # Once the lease has ended the person is free again, for one message.
    assert [push.id for push in await post.lease(later=LEASE)] == [third[0], other[0]]


async def test_two_relays_share_the_work_and_send_each_message_once(post: Post) -> None:
    people = await post.people(8)
    for person in people:
        await post.push(await post.ticket(person), range(1, 6))
    async with post.relay(), post.relay():
        rows = await post.settled(within=30)
    assert [(row.state, row.attempts) for row in rows] == [("accepted", 1)] * 40
    assert len(await post.sandbox.calls()) == 40
    for person in people:
        assert await post.hints(person) == [f"第{n}条" for n in range(1, 6)]


async def test_commit_wakes_the_relay(post: Post) -> None:
    """From COMMIT to WeChat in milliseconds; polling alone would take half a second on average."""
    person = await post.person()
    delays: list[float] = []
    async with post.relay():
        for _ in range(15):
            ticket = await post.ticket(person)
            await post.push(ticket)
            committed = time.time()

            async def received(number: str = ticket.number) -> float | None:
                found = [m for m in await post.sandbox.messages(person.openid) if m.number == number]
                return found[0].accepted_at if found else None

            delays.append(await eventually(received) - committed)
    p50 = statistics.median(delays)
    log.info("commit to WeChat, p50: %.1f ms", p50 * 1000)
    assert p50 < 0.1, f"p50 {p50 * 1000:.1f} ms"


async def test_a_relay_that_is_asked_to_stop_finishes_what_is_under_way(post: Post) -> None:
    (push_id,) = await post.push(await post.ticket(await post.person()))
    await post.sandbox.fault({"slow": 300})
    async with post.relay():
        await post.until(push_id, "leased")
    assert (await post.row(push_id)).state == "accepted"


async def test_the_database_may_cut_the_relay_off(post: Post) -> None:
    person = await post.person()
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'huixiang-relay'"
    async with post.relay():
        (first,) = await post.push(await post.ticket(person))
        await post.until(first, "accepted")
        await post.execute(cut)
        (second,) = await post.push(await post.ticket(person))
        await post.until(second, "accepted")
    assert len(await post.sandbox.messages()) == 2


async def test_wechat_away_and_back_again(post: Post) -> None:
    """In a storm a few messages try, the rest keep; when it clears, all arrive in their order."""
    people = await post.people(12)
    for person in people:
        await post.push(await post.ticket(person), range(1, 5))
    await post.sandbox.fault({"http": 502})
    async with post.relay():
        await eventually(lambda: _calls(post, at_least=12))
        await asyncio.wait_for(_no_room(post), 5)
        tries = len(await post.sandbox.calls())
        assert tries < 2 * 12
        await post.sandbox.heal()
        await post.forget_backoff()
        rows = await post.settled(within=30)
    assert {row.state for row in rows} == {"accepted"}
    for person in people:
        assert await post.hints(person) == [f"第{n}条" for n in range(1, 5)]


async def _calls(post: Post, *, at_least: int) -> bool | None:
    return True if len(await post.sandbox.calls()) >= at_least else None


async def _no_room(post: Post) -> None:
    """Everything that was under way has been written back."""

    async def idle() -> bool | None:
        return None if any(row.state == "leased" for row in await post.pushes()) else True

    await eventually(idle)


async def test_a_message_that_no_card_can_show_hurts_nobody_else(post: Post) -> None:
    lin, zhao = await post.person(), await post.person("u-zhao")
    broken = await post.push(await post.ticket(lin), slots={"number": "HX1"})
    unknown = await post.push(await post.ticket(zhao), kind="carrier_pigeon")
    well = await post.push(await post.ticket(lin))
    async with post.relay():
        await post.settled()
    unshown = await post.row(*broken)
    assert (unshown.state, (unshown.reason or "")[:9]) == ("inbox", "payload: ")
    dead = await post.row(*unknown)
    assert (dead.state, dead.reason) == ("dead", "unknown_kind")
    assert (await post.row(*well)).state == "accepted"


async def test_who_cannot_be_told_finds_it_in_the_inbox(post: Post) -> None:
    stranger = await post.person("u-sun")
    await post.execute("UPDATE wechat_identities SET follows = FALSE WHERE openid = $1", stranger.openid)
    nobody = await post.person()
    await post.execute("DELETE FROM wechat_identities WHERE openid = $1", official_openid("u-lin"))
    ids = [*await post.push(await post.ticket(stranger)), *await post.push(await post.ticket(nobody))]
    async with post.relay():
        await post.settled()
    rows = [await post.row(i) for i in ids]
    assert [row.reason for row in rows] == ["not_following", "no_wechat_identity"]
    assert {(row.state, row.channel) for row in rows} == {("inbox", "inbox")}
    assert await post.sandbox.calls() == []


async def test_a_lease_outlives_every_call() -> None:
    assert timedelta(seconds=30) < LEASE
