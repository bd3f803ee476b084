"""What a person was told is in his inbox, whatever became of it outside the app."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer, Push
from tests.harness.callers import Caller, CallerFor
from tests.make import make_customer, make_push, make_ticket

INBOX = "/api/v1/me/inbox"


async def told(session: AsyncSession, customer: Customer, *states: str) -> list[Push]:
    """One message of each state, oldest first."""
    ticket = await make_ticket(session, customer)
    reasons = {"inbox": "not_following", "superseded": "overtaken", "parked": "config: 未知错误码 99999"}
    return [
        await make_push(session, ticket, seq, state=state, reason=reasons.get(state))
        for seq, state in enumerate(states, 1)
    ]


async def look(caller: Caller, **query: Any) -> dict[str, Any]:
    answer = await caller.get(INBOX, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def hints(found: dict[str, Any]) -> list[str]:
    return [line["value"] for item in found["items"] for line in item["lines"] if line["label"] == "提示"]


async def test_everything_is_there_and_nothing_of_others(
    as_customer: Caller, customer: Customer, session: AsyncSession
) -> None:
    await told(session, await make_customer(session), "delivered")
    pushes = await told(session, customer, "delivered", "inbox", "parked", "superseded", "queued")
    found = await look(as_customer)
    assert hints(found) == ["第5条", "第4条", "第3条", "第2条", "第1条"]
    assert (found["unread"], found["next_cursor"]) == (5, None)
    queued, superseded, parked, inbox, delivered = found["items"]
    assert delivered["id"] == str(pushes[0].id)
    assert (delivered["title"], delivered["via"], delivered["reason"]) == ("服务进度通知", "公众号消息", None)
    assert (inbox["via"], inbox["reason"]) == (None, "未关注公众号")
    assert parked["reason"] == "未知错误码 99999"
    assert superseded["reason"] == "已有更新的进度"
    assert (queued["via"], queued["reason"], queued["read"]) == (None, None, False)


async def test_pages_join_without_gap_or_overlap(
    as_customer: Caller, customer: Customer, session: AsyncSession
) -> None:
    await told(session, customer, *["delivered"] * 5)
    first = await look(as_customer, limit=2)
    second = await look(as_customer, limit=2, cursor=first["next_cursor"])
    third = await look(as_customer, limit=2, cursor=second["next_cursor"])
    assert hints(first) + hints(second) + hints(third) == [f"第{n}条" for n in (5, 4, 3, 2, 1)]
    assert third["next_cursor"] is None


async def test_what_is_read_stays_read_and_may_come_last(
    as_customer: Caller, customer: Customer, session: AsyncSession
) -> None:
    pushes = await told(session, customer, *["delivered"] * 4)
    stranger = (await told(session, await make_customer(session), "delivered"))[0]
    ids = [str(pushes[3].id), str(pushes[1].id), str(stranger.id)]
    answer = await as_customer.post(f"{INBOX}/read", json={"ids": ids})
    assert (answer.status_code, answer.json()) == (200, {"unread": 2})
    assert hints(await look(as_customer, unread=True)) == ["第3条", "第1条"]
    page = await look(as_customer, unread_first=True, limit=3)
    rest = await look(as_customer, unread_first=True, limit=3, cursor=page["next_cursor"])
    assert hints(page) + hints(rest) == ["第3条", "第1条", "第4条", "第2条"]
    await session.refresh(stranger)
    assert stranger.read_at is None
    up_to = await as_customer.post(f"{INBOX}/read", json={"up_to": str(pushes[0].id)})
    assert up_to.json() == {"unread": 1}
    assert (await as_customer.post(f"{INBOX}/read", json={})).json() == {"unread": 0}


async def test_a_second_reading_does_not_move_the_first(
    as_customer: Caller, customer: Customer, session: AsyncSession, now: datetime
) -> None:
    (push,) = await told(session, customer, "inbox")
    for _ in range(2):
        await as_customer.post(f"{INBOX}/read", json={})
    await session.refresh(push)
    assert push.read_at == now


async def test_strange_cursors_and_ids_are_refused(as_customer: Caller) -> None:
    for cursor in ("", "u", "x1", "u0", "ug", "r" + "f" * 17):
        answer = await as_customer.get(INBOX, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), cursor
    for ids in (["0"], ["-1"], ["1.0"], ["x"], [1], ["9" * 19]):
        assert (await as_customer.post(f"{INBOX}/read", json={"ids": ids})).status_code == 422


async def test_staff_have_one_too(caller_for: CallerFor, as_agent: Caller, session: AsyncSession) -> None:
    ticket = await make_ticket(session, await make_customer(session))
    slots = {
        "number": ticket.number,
        "matter": "空调维修",
        "level": "催单",
        "time": "14:00",
        "hint": "请处理",
    }
    await make_push(
        session,
        ticket,
        state="inbox",
        reason="not_following",
        slots=slots,
        kind="staff_notice",
        recipient="staff",
        recipient_id=as_agent.person.id,
    )
    (item,) = (await look(as_agent))["items"]
    assert (item["title"], item["number"]) == ("待办提醒", ticket.number)


async def test_the_page_shows_it_and_marks_it_with_a_plain_form(
    as_customer: Caller, customer: Customer, session: AsyncSession
) -> None:
    pushes = await told(session, customer, "inbox", "delivered")
    await make_push(
        session,
        await make_ticket(session, customer),
        slots={"number": "HX9", "hint": "<script>alert(1)</script>"},
    )
    listed = await as_customer.get("/h5/")
    assert "消息（3 条未读）" in listed.text
    page = await as_customer.get("/h5/inbox")
    assert page.status_code == 200
    assert "第2条" in page.text
    assert "<script>alert" not in page.text
    done = await as_customer.post("/h5/inbox/read", data={"up_to": str(pushes[-1].id)})
    assert (done.status_code, done.headers["location"]) == (303, "/h5/inbox")
    assert (await look(as_customer))["unread"] == 1


async def test_an_empty_page_says_so(as_customer: Caller) -> None:
    assert "还没有消息" in (await as_customer.get("/h5/inbox")).text
