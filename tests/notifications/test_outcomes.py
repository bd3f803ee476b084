"""Each way in which WeChat may answer, or not answer, and what becomes of the message."""

from datetime import UTC, datetime, time, timedelta

import pytest

from app.domain.zone import ZONE
from app.models import PushAttempt
from tests.harness.eventually import eventually
from tests.harness.sandbox import TOKEN, Do
from tests.notifications.post import Post

INVITATION = {
    "number": "HX1",
    "service": "空调维修",
    "engineer": "陈师傅",
    "time": "2026年6月15日 14:00",
    "hint": "请打分",
}


async def one(post: Post) -> int:
    """A message to somebody, with a bystander's message that nothing must happen to."""
    bystander = await post.person("u-zhao")
    await post.push(await post.ticket(bystander))
    (push_id,) = await post.push(await post.ticket(await post.person()))
    return push_id


async def tried(post: Post, push_id: int) -> PushAttempt:
    """The last try, once it is known how it ended."""

    async def ended() -> PushAttempt | None:
        attempts = await post.attempts(push_id)
        return attempts[-1] if attempts and attempts[-1].outcome else None

    return await eventually(ended)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (43004, "用户没有关注公众号"),
        (43101, "用户没有订阅，或订阅次数已用完"),
        (40003, "openid 不正确或不属于本账号"),
    ],
)
async def test_a_person_who_cannot_be_reached(post: Post, code: int, reason: str) -> None:
    person = await post.person()
    first, second = await post.push(await post.ticket(person), (1, 2))
    await post.sandbox.fault({"refuse_user": code}, openid=person.openid)
    async with post.relay():
        await post.settled()
    row = await post.row(first)
    assert (row.state, row.reason) == ("inbox", f"user: {reason}")
    # The next message does not try what is known to be in vain.
    assert ((await post.row(second)).state, (await post.row(second)).reason) == ("inbox", reason)
    assert len(await post.sandbox.calls()) == 1
    identity = await post.identity(person)
    assert (identity.follows, identity.unreachable_reason) == (False, reason)


async def test_following_again_during_the_try_wins_over_its_refusal(post: Post) -> None:
    person = await post.person()
    (push_id,) = await post.push(await post.ticket(person))
    await post.sandbox.fault({"slow": 200})
    await post.sandbox.fault({"refuse_user": 43004})
    async with post.relay():
        await post.until(push_id, "leased")
        await post.execute("UPDATE wechat_identities SET followed_at = now() + interval '1 s'")
        await post.until(push_id, "inbox")
    assert (await post.identity(person)).follows


async def test_an_answer_that_was_lost_is_asked_for_again_and_seen_once(post: Post) -> None:
    push_id = await one(post)
    await post.sandbox.fault("drop_after_accept", times=2)
    async with post.relay():
        await post.settled()
    row = await post.row(push_id)
    assert row.state == "accepted"
    messages = [m for m in await post.sandbox.messages() if m.client_msg_id == row.client_msg_id.hex]
    assert [m.msgid for m in messages] == [row.msgid]
    outcomes = [a.outcome for a in await post.attempts(push_id)]
    assert outcomes == ["unknown", "accepted"]
    stats = await post.sandbox.stats()
    assert (stats.template_sends, stats.deduplicated) == (2, 2)


async def test_an_empty_quota_sends_what_is_urgent_down_the_ladder_and_keeps_the_rest(post: Post) -> None:
    person = await post.person()
    ticket = await post.ticket(person)
    (urgent,) = await post.push(ticket)
    await post.sandbox.fault({"errcode": 45009})
    async with post.relay():
        assert (await tried(post, urgent)).outcome == "later_day"
        await post.until(urgent, "inbox")
        # The next ones do not hammer the empty quota.
        (patient,) = await post.push(ticket, (2,), kind="rating_invitation", slots=INVITATION)
        (later,) = await post.push(ticket, (3,))
        kept = await post.until(patient, "deferred")
        await post.until(later, "inbox")
    tomorrow = datetime.now(UTC).astimezone(ZONE).date() + timedelta(days=1)
    assert kept.available_at == datetime.combine(tomorrow, time(0, 1), ZONE)
    assert len(await post.sandbox.calls()) == 1
    (alarm,) = await post.alarms()
    assert (alarm.kind, alarm.times) == ("quota", 1)


async def test_a_message_in_review_is_never_sent_again_and_told_of_in_time(post: Post) -> None:
    push_id = await one(post)
    await post.sandbox.fault({"review": 3600}, times=2)
    async with post.relay():
        rows = await post.settled()
    assert {row.state for row in rows} == {"in_review"}
    assert len(await post.sandbox.calls()) == 2
    assert [(a.outcome, a.errcode) for a in await post.attempts(push_id)] == [("review", 40252)]


@pytest.mark.parametrize("code", [40037, 47003, 48001])
async def test_what_an_operator_has_to_mend_is_in_the_inbox_and_raises_one_alarm(
    post: Post, code: int
) -> None:
    push_id = await one(post)
    await post.sandbox.fault({"errcode": code})
    async with post.relay():
        await post.settled()
    row = await post.row(push_id)
    assert row.state == "inbox"
    (alarm,) = await post.alarms()
    assert (alarm.kind, bool(alarm.rid)) == (
        {40037: "template", 47003: "payload", 48001: "account"}[code],
        True,
    )
    (attempt,) = await post.attempts(push_id)
    assert (attempt.errcode, bool(attempt.rid)) == (code, True)


async def test_a_code_that_nobody_has_met_parks_the_message_and_not_its_lane(post: Post) -> None:
    person = await post.person()
    push_id, following = await post.push(await post.ticket(person), (1, 2))
    await post.sandbox.fault({"errcode": 99999}, times=1)
    async with post.relay():
        await post.settled()
    row = await post.row(push_id)
    assert (row.state, row.channel, row.reason) == ("parked", "inbox", "config: 未知错误码 99999")
    assert (await post.row(following)).state == "accepted"
    (alarm,) = await post.alarms()
    assert (alarm.kind, alarm.subject, alarm.rid) == (
        "unknown_code",
        "99999",
        (await post.attempts(push_id))[0].rid,
    )
    (attempt,) = await post.attempts(push_id)
    assert attempt.errcode == 99999
    assert attempt.rid is not None
    assert attempt.rid.count("-") == 2


@pytest.mark.parametrize("do", ["garbage_body", {"http": 502}, {"errcode": -1}, {"errcode": 43108}])
async def test_a_hiccup_is_tried_again(post: Post, do: Do) -> None:
    push_id = await one(post)
    await post.sandbox.fault(do, times=2)
    async with post.relay():
        rows = await post.settled()
    assert {row.state for row in rows} == {"accepted"}
    assert len(await post.attempts(push_id)) == 2
    assert len(await post.sandbox.messages()) == 2


async def test_a_revoked_token_costs_one_refresh_and_no_message(post: Post) -> None:
    people = await post.people(10)
    async with post.relay():
        for person in people:
            await post.push(await post.ticket(person))
        await post.settled()
        await post.sandbox.revoke_tokens()
        for person in people:
            await post.push(await post.ticket(person))
        rows = await post.settled()
    assert {(row.state, row.attempts) for row in rows} == {("accepted", 1)}
    assert len(await post.sandbox.messages()) == 20
    assert len(await post.sandbox.calls(TOKEN)) == 2


async def test_without_a_token_nothing_has_been_sent_and_so_nothing_is_in_doubt(post: Post) -> None:
    push_id = await one(post)
    await post.sandbox.fault({"http": 502}, path=TOKEN)
    async with post.relay():
        assert (await tried(post, push_id)).outcome == "soon"
        assert (await post.row(push_id)).uncertain_since is None
        await post.sandbox.heal()
        await post.settled()
    assert (await post.row(push_id)).state == "accepted"
