"""Down the ladder: each rung against a small WeChat on a real socket, of which every request can be counted."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db import open_database
from app.models import ConsentBalance, ConsentEntry, Customer, ReplyWindow, Ticket
from app.models.messages import ConsentKind, ConsentSource
from app.services.consents.ledger import Whose, tapped
from app.services.notifications.lease import LEASE
from app.services.operations.doctor import examine
from app.settings import Settings
from tests.harness.databases import copy_name, create_copy, drop
from tests.harness.sandbox import ACCOUNTS, Sandbox
from tests.harness.servers import Servers
from tests.make import make_customer, make_identity, make_staff
from tests.notifications.post import Person, Post
from tests.wechat.platform import Fault, Platform, Reply

TEMPLATE = "/cgi-bin/message/template/send"
SUBSCRIBE = "/cgi-bin/message/subscribe/send"
CUSTOM = "/cgi-bin/message/custom/send"
# The platform asks calls below this path for no token.
SMS = "/sns/sms"
OFFICIAL, MINI = ACCOUNTS["official_appid"], ACCOUNTS["mini_appid"]
CARD = "sub-ticket-progress"
HOUR = timedelta(hours=1)


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with Platform() as platform:
        yield platform


@pytest.fixture
async def post(
    servers: Servers, settings: Settings, platform: Platform, sandbox: Sandbox
) -> AsyncIterator[Post]:
    name = copy_name("ladder")
    url = await create_copy(servers.postgres_url, name)
    over = {"database_url": url, "wechat_api_base": platform.base} | ACCOUNTS
    mine = Settings(_env_file=None, **(settings.model_dump() | over))
    async with open_database(mine) as database:
        yield Post(database, mine, sandbox)
    await drop(servers.postgres_url, name)


@pytest.fixture
async def lin(post: Post) -> Person:
    """Known in both accounts; follows the official one."""
    async with post.database.sessions.begin() as session:
        customer = await make_customer(session, nickname="林")
        await make_identity(session, appid=OFFICIAL, openid="o-lin", customer_id=customer.id)
        await make_identity(session, appid=MINI, openid="m-lin", customer_id=customer.id, follows=False)
    return Person(customer, "lin")


async def unfollow(post: Post) -> None:
    await post.execute("UPDATE wechat_identities SET follows = FALSE, unreachable_reason = 'unfollowed'")


async def allow(post: Post, count: int = 1) -> None:
    """She taps "accept" so often."""
    whose = Whose(MINI, "m-lin", CARD)
    async with post.transaction() as connection:
        for _ in range(count):
            await tapped(connection, whose, ConsentKind.ACCEPTED, ConsentSource.CLIENT, datetime.now(UTC))


async def open_window(post: Post, openid: str = "m-lin", *, remaining: int = 5) -> None:
    appid = MINI if openid.startswith("m-") else OFFICIAL
    await post.execute(
        "INSERT INTO reply_windows VALUES ($1, $2, 'message', $3, now(), now() + interval '48 hours')",
        appid,
        openid,
        remaining,
    )


async def told(
    post: Post, ticket: Ticket, *seqs: int, **over: object
) -> list[tuple[str, str | None, str | None]]:
    """State, channel and reason of messages sent now, once they are settled; nothing that must hold is broken."""
    ids = await post.push(ticket, seqs or (1,), **over)
    async with post.relay():
        await post.settled()
    async with post.transaction() as connection:
        assert await broken(connection) == []
    rows = [await post.row(push_id) for push_id in ids]
    return [(row.state, row.channel, row.reason) for row in rows]


async def broken(connection: Any) -> list[str]:
    """The tickets of these tests have no life of their own."""
    names = [finding.invariant.name for finding in await examine(connection)]
    return [n for n in names if n.startswith(("pushes", "consents", "every_end", "nothing_"))]


async def tries(post: Post) -> list[tuple[str | None, str | None, str | None]]:
    (push, *_) = await post.pushes()
    return [(a.channel, a.appid, a.outcome) for a in await post.attempts(push.id)]


async def left(post: Post) -> int:
    async with post.database.sessions.begin() as session:
        return (await session.scalars(select(ConsentBalance.available))).one()


async def test_a_refusal_goes_down_the_ladder_at_once(post: Post, platform: Platform, lin: Person) -> None:
    await allow(post, 2)
    platform.script(TEMPLATE, {"errcode": 43004, "errmsg": "require subscribe rid: 1-2-3"})
    ticket = await post.ticket(lin)
    assert await told(post, ticket, 1, 2) == [
        ("accepted", "subscribe", "user: 用户没有关注公众号"),
        ("accepted", "subscribe", "用户没有关注公众号"),
    ]
    assert await tries(post) == [("template", OFFICIAL, "user"), ("subscribe", MINI, "accepted")]
    first, second = platform.to(SUBSCRIBE)
    assert first.json["touser"] == "m-lin"
    assert first.json["template_id"] == CARD
    assert first.json["page"] == f"pages/ticket/ticket?number={ticket.number}"
    assert second.json["data"] != first.json["data"]
    assert await left(post) == 0
    began, ended = (await post.pushes())[0].created_at, (await post.pushes())[0].settled_at
    assert ended is not None
    assert ended - began < timedelta(minutes=1)


async def test_without_a_consent_the_chat_and_without_its_window_the_inbox(
    post: Post, platform: Platform, lin: Person
) -> None:
    await unfollow(post)
    await open_window(post, remaining=4)
    ticket = await post.ticket(lin)
    assert await told(post, ticket, 1, 2, 3) == [
        ("delivered", "custom", "unfollowed"),
        ("delivered", "custom", "unfollowed"),
        # The last two replies of a window are for people.
        ("inbox", "inbox", "unfollowed"),
    ]
    assert platform.to(SUBSCRIBE) == []
    words = platform.to(CUSTOM)[0].json["text"]
    assert isinstance(words, dict)
    assert f"工单编号：{ticket.number}" in words["content"]
    assert f"/h5/tickets/{ticket.number}" in words["content"]
    reply = {"number": ticket.number, "service": "空调维修", "reply": "明天上午到", "time": "14:00"}
    assert await told(post, ticket, 4, 5, 6, kind="conversation_reply", slots=reply) == [
        ("delivered", "custom", None),
        ("delivered", "custom", None),
        ("inbox", "inbox", "no_window"),
    ]


async def test_43101_counts_what_we_counted_wrong(post: Post, platform: Platform, lin: Person) -> None:
    await unfollow(post)
    await allow(post, 3)
    platform.script(SUBSCRIBE, {"errcode": 43101, "errmsg": "user refuse to accept the msg"})
    assert await told(post, await post.ticket(lin), 1, 2) == [
        ("inbox", "inbox", "user: 用户没有订阅，或订阅次数已用完"),
        ("inbox", "inbox", "unfollowed"),
    ]
    assert (len(platform.to(SUBSCRIBE)), await left(post)) == (1, 0)
    async with post.database.sessions.begin() as session:
        entries = list(await session.scalars(select(ConsentEntry).order_by(ConsentEntry.id)))
    assert [(e.kind, e.delta) for e in entries] == [("accepted", 1)] * 3 + [("refused", -3)]


@pytest.mark.parametrize("code", [45015, 45047])
async def test_a_window_that_wechat_has_closed_is_closed(
    post: Post, platform: Platform, lin: Person, code: int
) -> None:
    await unfollow(post)
    await open_window(post)
    platform.script(CUSTOM, {"errcode": code, "errmsg": "no"})
    ends = await told(post, await post.ticket(lin), 1, 2)
    assert [state for state, _, _ in ends] == ["inbox", "inbox"]
    assert len(platform.to(CUSTOM)) == 1
    async with post.database.sessions.begin() as session:
        assert (await session.scalars(select(ReplyWindow.remaining))).one() == 0


@pytest.mark.parametrize("rung", [SUBSCRIBE, CUSTOM])
async def test_what_may_have_been_seen_is_not_sent_again(
    post: Post, platform: Platform, lin: Person, rung: str
) -> None:
    await unfollow(post)
    await (allow(post, 2) if rung == SUBSCRIBE else open_window(post))
    platform.script(rung, Fault.RESET)
    ends = await told(post, await post.ticket(lin))
    assert ends == [("inbox", "inbox", "outcome_unknown")]
    assert len(platform.to(rung)) == 1
    # It is paid for all the same.
    if rung == SUBSCRIBE:
        assert await left(post) == 1


async def test_a_worker_that_dies_on_a_lower_rung_leaves_no_second_message(
    post: Post, platform: Platform, lin: Person
) -> None:
    await unfollow(post)
    await allow(post)
    (push_id,) = await post.push(await post.ticket(lin))
    await post.execute("UPDATE outbox SET channel = 'subscribe'")
    (held,) = await post.lease()
    assert held.channel == "subscribe"
    (attempt,) = await post.attempts(push_id)
    assert attempt.channel == "subscribe"
    (again,) = await post.lease(later=LEASE)
    assert again.history.uncertain_since is not None
    await post.execute("UPDATE outbox SET lease_until = now(), available_at = now()")
    async with post.relay():
        (row,) = await post.settled()
    assert (row.state, row.reason) == ("inbox", "outcome_unknown")
    assert platform.to(SUBSCRIBE) == []


async def test_of_several_accounts_the_one_last_used_is_written_to(
    post: Post, platform: Platform, lin: Person
) -> None:
    """The other one comes later in every list, but she wrote to this one yesterday and followed that one last year."""
    async with post.database.sessions.begin() as session:
        await make_identity(session, appid=OFFICIAL, openid="o-old", customer_id=lin.customer.id)
    await post.execute("UPDATE wechat_identities SET followed_at = now() - interval '1 year'")
    await open_window(post, "o-lin", remaining=0)
    await told(post, await post.ticket(lin))
    assert [request.json["touser"] for request in platform.to(TEMPLATE)] == ["o-lin"]


async def test_staff_have_the_card_and_the_inbox(post: Post, platform: Platform, lin: Person) -> None:
    async with post.database.sessions.begin() as session:
        staff = await make_staff(session)
        await make_identity(session, appid=MINI, openid="m-staff", staff_id=staff.id, follows=False)
    slots = {"number": "HX1", "matter": "空调维修", "level": "催单", "time": "14:00", "hint": "客户催单"}
    over = {"kind": "staff_notice", "recipient": "staff", "recipient_id": staff.id, "slots": slots}
    await open_window(post, "m-staff")
    assert await told(post, await post.ticket(lin), **over) == [("inbox", "inbox", "no_wechat_identity")]
    assert platform.requests == []


async def test_an_sms_only_where_the_inbox_would_be_all_and_only_for_what_matters(
    post: Post, platform: Platform, lin: Person
) -> None:
    await unfollow(post)
    platform.script(SMS, {}, Fault.RESET, Reply(b"", 400))
    over = {"sms_gateway_url": f"{platform.base}{SMS}", "sms_gateway_secret": "s3cret"}
    reachable = Post(
        post.database, Settings(_env_file=None, **(post.settings.model_dump() | over)), post.sandbox
    )
    ticket = await post.ticket(lin)
    slots = {"number": ticket.number, "service": "空调维修", "time": "14:00", "hint": "请留人在家"}
    assert await told(reachable, ticket, 1, slots=slots | {"state": "已出发"}) == [
        ("delivered", "sms", "unfollowed")
    ]
    assert await told(reachable, ticket, 2, slots=slots | {"state": "派单中"}) == [
        ("inbox", "inbox", "unfollowed")
    ]
    (sent,) = platform.to(SMS)
    assert sent.headers["authorization"] == "Bearer s3cret"
    assert sent.json["phone"] == lin.customer.phone
    assert sent.json["reference"] == (await post.pushes())[0].client_msg_id.hex
    for seq, reason in ((3, "outcome_unknown"), (4, "sms_refused")):
        assert await told(reachable, ticket, seq, slots=slots | {"state": "已预约"}) == [
            ("inbox", "inbox", reason)
        ]
    assert len(platform.to(SMS)) == 3


async def test_no_phone_no_sms(post: Post, platform: Platform, lin: Person) -> None:
    await unfollow(post)
    await post.execute("UPDATE customers SET phone = ''")
    over = {"sms_gateway_url": f"{platform.base}{SMS}"}
    reachable = Post(
        post.database, Settings(_env_file=None, **(post.settings.model_dump() | over)), post.sandbox
    )
    slots = {"number": "HX1", "service": "空调", "state": "已出发", "time": "14:00", "hint": "请留人在家"}
    assert await told(reachable, await post.ticket(lin), slots=slots) == [("inbox", "inbox", "sms_refused")]
    assert platform.to(SMS) == []


async def test_a_template_that_is_gone_costs_one_call_and_one_alarm(
    post: Post, platform: Platform, lin: Person
) -> None:
    platform.script(TEMPLATE, {"errcode": 40037, "errmsg": "invalid template_id rid: 1-2-3"})
    ends = await told(post, await post.ticket(lin), 1, 2, 3)
    assert ends == [
        ("inbox", "inbox", "config: 模板 id 不属于本账号"),
        ("inbox", "inbox", "channel_closed"),
        ("inbox", "inbox", "channel_closed"),
    ]
    assert len(platform.to(TEMPLATE)) == 1
    (alarm,) = await post.alarms()
    assert (alarm.kind, alarm.times, alarm.rid) == ("template", 1, "1-2-3")
    assert alarm.subject == f"{OFFICIAL} template tpl-ticket-progress"
    # Whether closed by somebody or simply some minutes old: the next message tries.
    await post.execute("UPDATE alarms SET last_at = last_at - interval '11 minutes'")
    assert await told(post, await post.ticket(lin)) == [("accepted", "template", None)]
    await post.execute("UPDATE alarms SET last_at = now()")
    assert (await told(post, await post.ticket(lin)))[0][0] == "inbox"
    await post.execute("UPDATE alarms SET closed_at = now()")
    assert await told(post, await post.ticket(lin)) == [("accepted", "template", None)]


async def test_after_an_hour_without_wechat_only_the_latest_state_is_told(
    post: Post, platform: Platform, lin: Person
) -> None:
    old, other = await post.ticket(lin), await post.ticket(lin)
    made = datetime.now(UTC) - HOUR
    ids = await post.push(old, (1, 2, 3), created_at=made)
    (lone,) = await post.push(other, (1,), created_at=made)
    async with post.relay():
        await post.settled()
    rows = [await post.row(push_id) for push_id in (*ids, lone)]
    assert [(row.state, row.reason) for row in rows] == [
        ("superseded", "overtaken"),
        ("superseded", "overtaken"),
        ("accepted", None),
        ("accepted", None),
    ]
    assert len(platform.to(TEMPLATE)) == 2


async def test_half_an_hour_is_not_too_old(post: Post, platform: Platform, lin: Person) -> None:
    made = datetime.now(UTC) - timedelta(minutes=29)
    await post.push(await post.ticket(lin), (1, 2, 3), created_at=made)
    async with post.relay():
        await post.settled()
    assert len(platform.to(TEMPLATE)) == 3


REMINDER = {"number": "HX1", "matter": "空调维修", "level": "提醒", "time": "14:00", "hint": "请联系客户"}


async def reminders(post: Post, staff: Any, lin: Person, count: int) -> list[int]:
    ids = []
    for _ in range(count):
        over = {"kind": "staff_notice", "recipient": "staff", "recipient_id": staff.id, "slots": REMINDER}
        ids += await post.push(await post.ticket(lin), **over)
    return ids


@pytest.fixture
async def staff(post: Post) -> Any:
    async with post.database.sessions.begin() as session:
        staff = await make_staff(session)
        await make_identity(session, appid=OFFICIAL, openid="o-staff", staff_id=staff.id)
    return staff


async def test_a_burst_of_reminders_is_two_cards(
    post: Post, platform: Platform, lin: Person, staff: Any
) -> None:
    first, second, third, fourth = await reminders(post, staff, lin, 4)
    async with post.relay():
        for push_id in (second, third, fourth):
            await post.until(push_id, "deferred")
        await post.execute("UPDATE outbox SET settled_at = settled_at - interval '5 s' WHERE id = $1", first)
        await post.execute("UPDATE outbox SET available_at = now() WHERE state = 'deferred'")
        last = await post.until(fourth, "accepted")
    assert last.bundle == 3
    assert [(await post.row(i)).reason for i in (second, third)] == ["coalesced", "coalesced"]
    one, several = (request.json for request in platform.to(TEMPLATE))
    assert one["data"]["thing2"] == {"value": "空调维修"}  # type: ignore[index]
    assert several["data"]["thing2"] == {"value": "3 件待办"}  # type: ignore[index]
    assert str(several["url"]).endswith("/h5/inbox")


async def test_at_night_a_rating_waits_and_holds_nobody_back(
    post: Post, platform: Platform, lin: Person
) -> None:
    local = datetime.now(UTC) + 8 * HOUR
    start, end = local - HOUR, local + HOUR
    quiet = {"quiet_hours": f"{start:%H:%M}-{end:%H:%M}"}
    night = Post(
        post.database, Settings(_env_file=None, **(post.settings.model_dump() | quiet)), post.sandbox
    )
    slots = {
        "number": "HX1",
        "service": "空调维修",
        "engineer": "陈师傅",
        "time": "2026年6月15日 14:00",
        "hint": "请打分",
    }
    ticket = await post.ticket(lin)
    (invitation,) = await post.push(ticket, (1,), kind="rating_invitation", slots=slots)
    (progress,) = await post.push(ticket, (2,))
    async with night.relay():
        await post.until(progress, "accepted")
        row = await post.until(invitation, "deferred")
    assert (row.reason, row.deferred_at is not None) == ("quiet_hours", True)
    assert timedelta(minutes=58) < row.available_at - datetime.now(UTC) <= HOUR
    await post.execute("UPDATE outbox SET available_at = now() WHERE state = 'deferred'")
    # Morning: the same settings without the night.
    async with post.relay():
        await post.until(invitation, "accepted")
    async with post.transaction() as connection:
        assert await broken(connection) == []
    assert len(platform.to(TEMPLATE)) == 2


async def test_nobody_is_written_to_twice_at_once_whatever_the_accounts(
    post: Post, platform: Platform, lin: Person
) -> None:
    """The card of one ticket and the notice of another: still one after the other."""
    await allow(post)
    await post.push(await post.ticket(lin))
    await post.push(await post.ticket(lin))
    await post.execute("UPDATE outbox SET channel = 'subscribe' WHERE id = (SELECT max(id) FROM outbox)")
    assert len(await post.lease()) == 1
    assert await post.lease() == []


async def test_a_customer_of_nothing_but_the_app(post: Post, platform: Platform) -> None:
    async with post.database.sessions.begin() as session:
        customer: Customer = await make_customer(session)
    assert await told(post, await post.ticket(Person(customer, ""))) == [
        ("inbox", "inbox", "no_wechat_identity")
    ]
    assert platform.requests == []
