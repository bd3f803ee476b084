"""From the chat in WeChat to the ticket: what continues one, what opens one, what needs none."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from app.domain.conversation.survey import choices
from app.domain.situation import Diagnosis
from app.models.people import StaffRole
from app.wechat.errors import Refused, Unreachable
from tests.conversations.chat import Chat
from tests.inbound.letterbox import Letterbox
from tests.make import make_event, make_identity, make_staff, make_ticket
from tests.tickets.photos import photo

UNKNOWN = asdict(Diagnosis())


@pytest.fixture
def chat(box: Letterbox) -> Chat:
    return Chat(box)


async def test_words_open_a_consultation_with_promise_and_push(chat: Chat) -> None:
    customer = await chat.known()
    assert await chat.text("空调遥控器没反应，怎么办") == "success"
    (ticket,) = await chat.fetch("SELECT * FROM tickets")
    assert (ticket["service_type"], ticket["state"], ticket["category"]) == (
        "consultation",
        "submitted",
        "空调",
    )
    assert (ticket["customer_id"], ticket["fault"]) == (customer.id, "空调遥控器没反应，怎么办")
    assert ticket["promised_at"] > datetime.now(UTC)
    (push,) = await chat.fetch("SELECT * FROM outbox WHERE recipient = 'customer'")
    assert (push["kind"], push["slots"]["hint"]) == ("ticket_progress", "已收到，客服会尽快回复您")
    assert await chat.said() == [("customer", "空调遥控器没反应，怎么办")]
    assert await chat.results() == ["opened"]
    assert await chat.healthy()


async def test_further_words_continue_the_newest_open_ticket(chat: Chat) -> None:
    customer = await chat.known()
    async with chat.box.database.sessions.begin() as session:
        for number, state in (("HX1", "submitted"), ("HX2", "dispatching"), ("HX3", "cancelled")):
            ticket = await make_ticket(session, customer, number=number, state=state, diagnosis=UNKNOWN)
            await make_event(session, ticket, 1)
    await chat.text("师傅什么时候来")
    await chat.text("我下午在家")
    assert [(line.number, line.text) for line in await chat.lines()] == [
        ("HX2", "师傅什么时候来"),
        ("HX2", "我下午在家"),
    ]
    assert await chat.results() == ["continued", "continued"]


async def test_a_job_that_ended_long_ago_is_not_spoken_of_any_more(chat: Chat) -> None:
    customer = await chat.known()
    async with chat.box.database.sessions.begin() as session:
        warm = await make_ticket(session, customer, number="HX1", state="completed", diagnosis=UNKNOWN)
        await make_event(session, warm, 1)
    await chat.text("还是不制冷")
    async with chat.box.transaction() as connection:
        await connection.execute("UPDATE tickets SET entered_at = now() - interval '49 hours'")
    await chat.text("油烟机能清洗吗")
    first, second = await chat.lines()
    assert first.number == "HX1"
    assert second.number != "HX1"


async def test_a_stranger_becomes_a_customer_whom_the_account_can_reach(chat: Chat) -> None:
    await chat.text("你们修电视吗")
    identity = (await chat.box.identities())["o-lin"]
    assert identity.customer_id is not None
    assert identity.follows
    (ticket,) = await chat.fetch("SELECT contact_name, contact_phone, customer_id FROM tickets")
    assert tuple(ticket) == ("微信用户", "", identity.customer_id)


@pytest.mark.parametrize("words", ["你好", "谢谢！", "好的", "收费标准"])
async def test_small_talk_opens_nothing(chat: Chat, words: str) -> None:
    await chat.known()
    await chat.text(words)
    assert await chat.fetch("SELECT 1 FROM tickets") == []
    assert await chat.results() == ["small_talk"]


async def test_small_talk_on_an_open_ticket_is_kept_with_the_answer_that_it_got(chat: Chat) -> None:
    await chat.known()
    await chat.text("空调漏水")
    await chat.text("收费标准")
    assert [author for author, _ in await chat.said()] == ["customer", "customer", "system"]
    assert (await chat.said())[2][1].startswith("保修期内")
    assert await chat.healthy()


async def test_a_call_for_a_person_is_answered_and_opens(chat: Chat) -> None:
    await chat.known()
    answered = await chat.text("转人工")
    assert answered != "success"
    assert [author for author, _ in await chat.said()] == ["customer", "system"]


async def test_a_colleague_is_no_customer(chat: Chat) -> None:
    async with chat.box.database.sessions.begin() as session:
        person = await make_staff(session, role=StaffRole.ENGINEER)
        await make_identity(session, openid="o-lin", staff_id=person.id)
    await chat.text("我今天请假")
    assert await chat.results() == ["staff"]
    assert await chat.fetch("SELECT 1 FROM tickets") == []


async def test_three_deliveries_are_one_message_however_many_work_on_it(chat: Chat) -> None:
    await chat.known()
    bodies = [chat.body("text", Content=f"第 {n} 句") for n in range(8)]
    for body in bodies:
        await asyncio.gather(*(chat.send(body) for _ in range(3)))
    await asyncio.gather(*(chat.box.work() for _ in range(4)))
    assert sorted(text for _, text in await chat.said()) == [f"第 {n} 句" for n in range(8)]
    assert len(await chat.fetch("SELECT 1 FROM tickets")) == 1
    assert await chat.healthy()


async def test_a_follow_at_the_same_moment_makes_no_second_person(chat: Chat) -> None:
    for n in range(5):
        other = Chat(chat.box, f"o-{n}")
        await other.send(other.body("text", Content="空调坏了"))
        await other.send(chat.box.event("subscribe", f"o-{n}"))
    await asyncio.gather(*(chat.box.work() for _ in range(4)))
    owners = {openid: identity.customer_id for openid, identity in (await chat.box.identities()).items()}
    tickets = await chat.fetch(
        "SELECT m.openid, t.customer_id FROM ticket_messages m JOIN tickets t ON t.id = m.ticket_id"
    )
    assert {row["openid"]: row["customer_id"] for row in tickets} == owners
    assert len(owners) == 5


async def test_two_accounts_at_once_open_one_ticket(chat: Chat) -> None:
    customer = await chat.known()
    async with chat.box.database.sessions.begin() as session:
        await make_identity(session, openid="o-again", customer_id=customer.id)
    other = Chat(chat.box, "o-again")
    await chat.send(chat.body("text", Content="空调坏了"))
    await other.send(other.body("text", Content="还是我，空调坏了"))
    await asyncio.gather(*(chat.box.work() for _ in range(4)))
    assert len(await chat.fetch("SELECT 1 FROM tickets")) == 1
    assert len(await chat.lines()) == 2


async def test_what_arrives_late_stands_where_it_was_said_and_still_waits(chat: Chat) -> None:
    await chat.known()
    await chat.text("后一句", ago=10)
    async with chat.box.database.sessions.begin() as session:
        agent = await make_staff(session)
    async with chat.box.transaction() as connection:
        await connection.execute("UPDATE conversations SET waiting_since = NULL, answered_by = $1", agent.id)
    await chat.text("前一句", ago=60)
    assert await chat.said() == [("customer", "前一句"), ("customer", "后一句")]
    (stands,) = await chat.fetch("SELECT waiting_since FROM conversations")
    assert stands["waiting_since"] is not None
    notices = await chat.fetch("SELECT recipient_id, slots FROM outbox WHERE kind = 'staff_notice'")
    assert [(n["recipient_id"], n["slots"]["hint"]) for n in notices] == [(agent.id, "前一句")]


@pytest.mark.parametrize(
    ("kind", "fields", "line"),
    [
        ("voice", {"MediaId": "m", "Format": "amr"}, "[语音]（请客户改用文字，或回电）"),
        ("voice", {"MediaId": "m", "Recognition": "空调不凉"}, "[语音] 空调不凉"),
        ("video", {"MediaId": "m"}, "[视频]（请客户改发照片）"),
        (
            "location",
            {"Location_X": "31.23", "Location_Y": "121.47", "Label": "世纪大道 100 号"},
            "[位置] 世纪大道 100 号（纬度 31.23，经度 121.47）",
        ),
        ("link", {"Title": "说明书", "Url": "https://a.b/c"}, "[链接] 说明书 https://a.b/c"),
        ("hologram", {"X": "1"}, "[hologram]（暂不支持的消息类型，请在微信里查看）"),
    ],
)
async def test_other_kinds_are_named(chat: Chat, kind: str, fields: dict[str, str], line: str) -> None:
    await chat.known()
    await chat.send(chat.body(kind, ago=0, **fields))
    await chat.box.work()
    (kept,) = await chat.lines()
    assert (kept.kind, kept.text) == ("note", line)


async def test_a_picture_is_fetched_rebuilt_and_shown(chat: Chat) -> None:
    customer = await chat.known()
    chat.box.directory.pictures["media-1"] = photo()
    await chat.send(chat.body("image", MediaId="media-1", PicUrl="http://169.254.169.254/secret"))
    await chat.box.work()
    (line,) = await chat.lines()
    assert (line.kind, line.text, line.pictures) == ("image", "", 1)
    (row,) = await chat.fetch(
        "SELECT a.*, m.attachment_ids FROM attachments a JOIN ticket_messages m ON a.id = ANY (m.attachment_ids)"
    )
    assert (row["customer_id"], row["media_type"], row["purpose"]) == (customer.id, "image/jpeg", "report")
    assert row["ticket_id"] is not None


@pytest.mark.parametrize("answer", [b"<html>", b"", Refused(40007, "invalid media_id")])
async def test_a_picture_that_is_none_is_a_line(chat: Chat, answer: bytes | Refused) -> None:
    await chat.known()
    chat.box.directory.pictures["media-1"] = answer
    await chat.send(chat.body("image", MediaId="media-1"))
    await chat.box.work()
    assert [(line.kind, line.text) for line in await chat.lines()] == [("note", "[图片]（未能取回）")]


async def test_a_picture_is_tried_again_while_wechat_is_away_and_given_up_in_the_end(chat: Chat) -> None:
    await chat.known()
    chat.box.directory.pictures["media-1"] = Unreachable("nobody answers")
    await chat.send(chat.body("image", MediaId="media-1"))
    for attempt in range(7):
        assert await chat.box.work() == 1, attempt
        assert await chat.results() == ["waiting"]
        await make_due(chat)
    await chat.box.work()
    assert await chat.results() == ["opened"]
    assert [line.kind for line in await chat.lines()] == ["note"]


async def test_a_picture_that_waits_holds_up_nothing_else(chat: Chat) -> None:
    await chat.known()
    chat.box.directory.pictures["media-1"] = Unreachable("nobody answers")
    await chat.send(chat.body("image", MediaId="media-1"))
    await chat.text("看图")
    assert await chat.results() == ["waiting", "opened"]
    chat.box.directory.pictures["media-1"] = photo()
    await make_due(chat)
    await chat.box.work()
    assert sorted(line.kind for line in await chat.lines()) == ["image", "text"]
    assert len(await chat.fetch("SELECT 1 FROM tickets")) == 1


async def make_due(chat: Chat) -> None:
    async with chat.box.transaction() as connection:
        await connection.execute("UPDATE wechat_inbound SET retry_at = NULL WHERE handled_at IS NULL")


async def surveyed(chat: Chat) -> int:
    """A chat at whose end the customer was asked."""
    await chat.known()
    await chat.text("遥控器怎么配对")
    (ticket,) = await chat.fetch("SELECT id FROM tickets")
    return int(ticket["id"])


async def test_one_tap_is_kept_once_and_is_no_rating(chat: Chat) -> None:
    ticket_id = await surveyed(chat)
    await chat.box.work()
    good, _, bad = choices(ticket_id)
    answered = await chat.text("满意", bizmsgmenuid=good.id)
    assert answered != "success"
    await chat.text("不满意", bizmsgmenuid=bad.id)
    (stands,) = await chat.fetch("SELECT satisfaction, waiting_since FROM conversations")
    assert stands["satisfaction"] == "good"
    assert await chat.results() == ["opened", "tapped", "tapped_before"]
    assert [line.kind for line in await chat.lines()] == ["text", "menu_tap"]
    assert await chat.fetch("SELECT 1 FROM ratings") == []
    assert await chat.healthy()


async def test_the_survey_of_somebody_else_is_mere_text(chat: Chat) -> None:
    ticket_id = await surveyed(chat)
    other = Chat(chat.box, "o-zhao")
    await other.known()
    await other.text("满意", bizmsgmenuid=choices(ticket_id)[0].id)
    (stands,) = await chat.fetch("SELECT satisfaction FROM conversations WHERE ticket_id = $1", ticket_id)
    assert stands["satisfaction"] is None
    assert await chat.results() == ["opened", "opened"]


async def test_whoever_is_unhappy_is_heard_of_by_a_manager(chat: Chat) -> None:
    async with chat.box.database.sessions.begin() as session:
        manager = await make_staff(session, role=StaffRole.MANAGER)
    ticket_id = await surveyed(chat)
    await chat.text("不满意", bizmsgmenuid=choices(ticket_id)[2].id)
    notices = await chat.fetch("SELECT recipient_id, slots FROM outbox WHERE kind = 'staff_notice'")
    assert [(n["recipient_id"], n["slots"]["level"]) for n in notices] == [(manager.id, "不满意")]


async def test_in_a_mini_program_the_courtesy_takes_a_call(chat: Chat) -> None:
    chat.box.directory.official = "another"
    await chat.known()
    await chat.text("你好")
    ((openid, words),) = chat.box.directory.said
    assert openid == "o-lin"
    assert words.startswith("您好")
    await chat.text("好的")
    assert len(chat.box.directory.said) == 1
    assert await chat.fetch("SELECT 1 FROM tickets") == []
