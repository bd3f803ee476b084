"""What customers publish is looked at before others see it, and nothing about that holds up a service."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.domain.content import ANSWER_WITHIN, MOST_ATTEMPTS
from app.models import Alarm, ContentCheck, Customer
from app.services.content.due import take, write
from app.services.content.look import Lookout
from app.services.content.media import media_checked
from app.settings import Settings
from app.wechat.events import MediaChecked
from app.workers.content import ContentWorker
from tests.harness.callers import Caller
from tests.make import make_identity
from tests.tickets.story import SCORES, Story
from tests.wechat.platform import Answer, Fault, Platform, Reply

TEXT, IMAGE = "/wxa/msg_sec_check", "/wxa/media_check_async"
TRACE = "60ae120f-371d5872-7941a05b"


def verdict(suggest: str, label: int = 100) -> dict[str, object]:
    return {
        "errcode": 0,
        "errmsg": "ok",
        "result": {"suggest": suggest, "label": label},
        "detail": [
            {"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90}
        ],
        "trace_id": TRACE,
    }


def refusal(errcode: int) -> dict[str, object]:
    return {"errcode": errcode, "errmsg": "no rid: 6385c6c1-0fcadca1-22c1fc91"}


@pytest.fixture
async def mini(session: AsyncSession, customer: Customer, settings: Settings) -> str:
    """The customer's openid in the mini-program."""
    identity = await make_identity(
        session, appid=settings.mini_appid, openid="m-wang", customer_id=customer.id, follows=False
    )
    return identity.openid


@pytest.fixture
def worker(story: Story, lookout: Lookout, settings: Settings) -> ContentWorker:
    return ContentWorker(story.database.sessions, lookout)


async def rated(story: Story, comment: str = "师傅很专业", *, photo: bool = False) -> None:
    await story.completed()
    ids = [await story.photo(story.customer, "rating")] if photo else []
    rating = SCORES | {"comment": comment, "attachment_ids": ids}
    answer = await story.customer.put(f"/api/v1/tickets/{story.number}/rating", json=rating)
    assert answer.status_code == 200, answer.text
    assert (await story.see())["state"] == "closed"


async def checks(session: AsyncSession) -> list[ContentCheck]:
    found = select(ContentCheck).order_by(ContentCheck.id).execution_options(populate_existing=True)
    return list(await session.scalars(found))


async def only(session: AsyncSession) -> ContentCheck:
    (found,) = await checks(session)
    return found


async def published(story: Story) -> dict[str, Any]:
    """The review as a neighbour sees it."""
    async with story.database.sessions.begin() as session:
        point = await session.scalar(text("SELECT id FROM service_points"))
    answer = await story.agent.get(f"/api/v1/service-points/{point}/reviews")
    assert answer.status_code == 200, answer.text
    (review,) = answer.json()["items"]
    return dict(review)


async def test_a_comment_is_seen_by_others_once_it_has_passed(
    story: Story, mini: str, platform: Platform, worker: ContentWorker, session: AsyncSession
) -> None:
    await rated(story)
    assert (await published(story))["comment"] is None
    platform.script(TEXT, verdict("pass"))
    await worker.step()
    assert (await published(story))["comment"] == "师傅很专业"
    (asked,) = platform.to(TEXT)
    assert asked.json == {"version": 2, "openid": mini, "scene": 2, "content": "师傅很专业"}
    check = await only(session)
    assert (check.state, check.label, check.decided_by) == ("passed", 100, "wechat")
    await worker.step()
    assert len(platform.to(TEXT)) == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (verdict("risky", 20002), "risky"),
        (verdict("review", 20001), "review"),
        (verdict("unheard of"), "review"),
        (refusal(87014), "risky"),
        (refusal(61010), "review"),
        (refusal(40003), "review"),
        (refusal(43104), "review"),
        (refusal(-1), "pending"),
        (refusal(45009), "pending"),
        (refusal(44991), "pending"),
        (refusal(48001), "pending"),
        (refusal(999_999), "pending"),
        (refusal(40001), "pending"),
        ({"errcode": 0, "errmsg": "ok"}, "pending"),
        ({"errcode": 0, "result": {"label": 100}}, "pending"),
        (Reply(b"<html>", 502), "pending"),
        (Fault.RESET, "pending"),
    ],
)
async def test_whatever_is_not_a_pass_stays_hidden(
    story: Story,
    mini: str,
    platform: Platform,
    worker: ContentWorker,
    session: AsyncSession,
    answer: Answer,
    state: str,
) -> None:
    await rated(story)
    # A refused token is asked for and refused once more.
    platform.script(TEXT, answer, answer)
    await worker.step()
    assert (await only(session)).state == state
    assert (await published(story))["comment"] is None
    assert len(platform.to(TEXT)) <= 2


async def test_what_failed_is_tried_again_later_and_then_left_to_people(
    story: Story, mini: str, platform: Platform, worker: ContentWorker, session: AsyncSession
) -> None:
    await rated(story)
    platform.script(TEXT, *[refusal(-1)] * MOST_ATTEMPTS)
    for _ in range(MOST_ATTEMPTS):
        assert (await only(session)).state == "pending"
        await session.execute(text("UPDATE content_checks SET available_at = now() - interval '1 hour'"))
        await worker.step()
        await worker.step()
    assert (await only(session)).state == "failed"
    assert len(platform.to(TEXT)) == MOST_ATTEMPTS


async def test_an_account_that_may_not_ask_raises_an_alarm(
    story: Story, mini: str, platform: Platform, worker: ContentWorker, session: AsyncSession
) -> None:
    await rated(story)
    platform.script(TEXT, refusal(48001))
    await worker.step()
    alarm = await session.scalar(select(Alarm))
    assert alarm is not None
    assert (alarm.kind, alarm.rid) == ("content_check", "6385c6c1-0fcadca1-22c1fc91")


async def test_a_customer_without_the_mini_program_is_for_people(
    story: Story, platform: Platform, worker: ContentWorker, session: AsyncSession
) -> None:
    await rated(story)
    await worker.step()
    check = await only(session)
    assert (check.state, platform.requests) == ("review", [])


async def test_what_the_own_sieve_holds_is_not_even_asked_about(
    story: Story, mini: str, platform: Platform, worker: ContentWorker, session: AsyncSession
) -> None:
    await rated(story, "加我微信便宜")
    await worker.step()
    check = await only(session)
    assert (check.state, check.decided_by, check.reason) == ("review", "sieve", "含有联系方式")
    assert platform.requests == []


async def photographed(story: Story, worker: ContentWorker, platform: Platform) -> None:
    await rated(story, "", photo=True)
    platform.script(IMAGE, {"errcode": 0, "errmsg": "ok", "trace_id": TRACE})
    await worker.step()


async def report(story: Story, settings: Settings, suggest: str, errcode: str = "0", **over: str) -> bool:
    event = MediaChecked(over.get("trace_id", TRACE), errcode, suggest, 100)
    async with story.database.sessions.begin() as session:
        appid = over.get("appid", settings.mini_appid)
        return await media_checked(await driver(session), appid, event, datetime.now(UTC))


async def test_a_photo_is_seen_when_wechat_has_reported_on_it(
    story: Story, mini: str, platform: Platform, worker: ContentWorker, settings: Settings, client: Caller
) -> None:
    await photographed(story, worker, platform)
    (asked,) = platform.to(IMAGE)
    body = dict(asked.json)
    address = str(body.pop("media_url"))
    assert body == {"version": 2, "openid": mini, "scene": 2, "media_type": 2}
    assert (await published(story))["photos"] == []
    # WeChat may come for it as late as its answer may come.
    expires = datetime.fromtimestamp(int(parse_qs(urlsplit(address).query)["expires"][0]), UTC)
    assert timedelta(minutes=30) < expires - datetime.now(UTC) <= ANSWER_WITHIN
    then, story.clock.now = story.clock.now, datetime.now(UTC)
    assert (await client.get(address)).status_code == 200
    story.clock.now = then
    assert await report(story, settings, "pass")
    (photo,) = (await published(story))["photos"]
    assert (await client.get(photo["url"])).status_code == 200
    # Told again, it changes nothing.
    assert await report(story, settings, "risky")
    assert len((await published(story))["photos"]) == 1


@pytest.mark.parametrize(
    ("suggest", "errcode"), [("risky", "0"), ("review", "0"), ("", "-1008"), ("pass", "-1")]
)
async def test_a_photo_that_did_not_pass_stays_hidden(
    story: Story,
    mini: str,
    platform: Platform,
    worker: ContentWorker,
    settings: Settings,
    suggest: str,
    errcode: str,
) -> None:
    await photographed(story, worker, platform)
    assert await report(story, settings, suggest, errcode)
    assert (await published(story))["photos"] == []


async def test_a_report_on_what_nobody_asked_for_settles_nothing(
    story: Story,
    mini: str,
    platform: Platform,
    worker: ContentWorker,
    settings: Settings,
    session: AsyncSession,
) -> None:
    await photographed(story, worker, platform)
    assert not await report(story, settings, "pass", trace_id="another")
    assert not await report(story, settings, "pass", appid="wx-another")
    assert (await only(session)).state == "pending"


async def test_a_photo_on_which_wechat_never_reports_is_for_people(
    story: Story, mini: str, platform: Platform, worker: ContentWorker, session: AsyncSession
) -> None:
    await photographed(story, worker, platform)
    check = await only(session)
    assert check.available_at > datetime.now(UTC) + timedelta(minutes=30)
    await session.execute(text("UPDATE content_checks SET available_at = now() - interval '1 hour'"))
    await worker.step()
    assert (await only(session)).state == "review"
    assert len(platform.to(IMAGE)) == 1


async def test_a_nickname_is_looked_at_as_a_profile_and_shown_masked(
    story: Story, mini: str, platform: Platform, worker: ContentWorker
) -> None:
    await rated(story, "")
    named = await story.customer.put("/api/v1/me/profile", json={"nickname": "金丝雀"})
    assert named.json() == {"nickname": "金丝雀", "nickname_state": "pending"}
    assert (await published(story))["name_masked"] == "匿名用户"
    platform.script(TEXT, verdict("pass"))
    await worker.step()
    (asked,) = platform.to(TEXT)
    assert asked.json == {"version": 2, "openid": mini, "scene": 1, "content": "金丝雀", "nickname": "金丝雀"}
    assert (await published(story))["name_masked"] == "金**"
    await story.customer.put("/api/v1/me/profile", json={"nickname": "画眉"})
    assert (await published(story))["name_masked"] == "匿名用户"


async def test_a_verdict_on_the_old_name_says_nothing_about_the_new_one(
    story: Story, mini: str, platform: Platform, lookout: Lookout, settings: Settings, session: AsyncSession
) -> None:
    await story.customer.put("/api/v1/me/profile", json={"nickname": "金丝雀"})
    now = datetime.now(UTC)
    connection = await driver(session)
    (due,) = await take(connection, [settings.mini_appid], now)
    platform.script(TEXT, verdict("pass"))
    found = await lookout.look(due, now)
    await story.customer.put("/api/v1/me/profile", json={"nickname": "坏名字"})
    await write(connection, due, found, now)
    assert (await only(session)).state == "pending"


async def queue(agent: Caller, state: str = "review") -> list[dict[str, Any]]:
    answer = await agent.get("/api/v1/content-checks", params={"state": state})
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_people_decide_what_machines_would_not(story: Story, session: AsyncSession) -> None:
    await rated(story, "加我微信便宜", photo=True)
    (waiting,) = await queue(story.agent)
    assert (waiting["text"], waiting["reason"], waiting["ticket"]) == (
        "加我微信便宜",
        "含有联系方式",
        story.number,
    )
    (photo,) = await queue(story.agent, "pending")
    assert photo["photo_url"].startswith("http")
    url = f"/api/v1/content-checks/{waiting['id']}/decide"
    shown = await story.agent.post(url, json={"decision": "pass", "reason": "引用他人的话"})
    assert (shown.status_code, shown.json()["state"]) == (200, "passed")
    assert (await published(story))["comment"] == "加我微信便宜"
    hidden = await story.agent.post(url, json={"decision": "reject", "reason": "还是广告"})
    assert hidden.json()["state"] == "risky"
    assert (await published(story))["comment"] is None
    trail = await session.execute(text("SELECT action, reason FROM audit_log ORDER BY id"))
    assert [tuple(row) for row in trail] == [
        ("content_pass", "引用他人的话"),
        ("content_reject", "还是广告"),
    ]
    missing = await story.agent.post(
        "/api/v1/content-checks/999999/decide", json={"decision": "pass", "reason": "x"}
    )
    assert missing.status_code == 404


async def test_what_a_person_decided_no_machine_turns_over(
    story: Story,
    mini: str,
    platform: Platform,
    worker: ContentWorker,
    settings: Settings,
    session: AsyncSession,
) -> None:
    await photographed(story, worker, platform)
    check = await only(session)
    await story.agent.post(
        f"/api/v1/content-checks/{check.id}/decide", json={"decision": "reject", "reason": "有人脸"}
    )
    await report(story, settings, "pass")
    assert (await published(story))["photos"] == []


async def test_reviews_name_nobody_and_lead_nowhere(story: Story) -> None:
    await rated(story)
    review = await published(story)
    said = str(review)
    for secret in (story.number, "王女士", "13800138000", str(story.customer.person.id)):
        assert secret not in said
    assert (review["attitude"], review["service_type"]) == (5, "repair")


async def test_reviews_come_in_pages_newest_first(story: Story, session: AsyncSession) -> None:
    await rated(story)
    rows = """
        INSERT INTO ratings (ticket_id, customer_id, service_point_id, attitude, expertise, timeliness, conduct,
                             comment, created_at)
        SELECT t.id, t.customer_id, t.service_point_id, 1, 1, 1, 1, '', now() - t.id % 2 * interval '1 hour'
          FROM tickets t WHERE NOT EXISTS (SELECT FROM ratings r WHERE r.ticket_id = t.id)
    """
    for _ in range(4):
        await story.submit()
    await session.execute(text(rows))
    point = await session.scalar(text("SELECT id FROM service_points"))
    url, cursor, found = f"/api/v1/service-points/{point}/reviews", "", []
    while cursor is not None:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await story.agent.get(url, params=query)).json()
        found += [item["created_at"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(found) == 5
    assert found == sorted(found, reverse=True)
    for wrong in ("x", "1-g", "f" * 15 + "-1", "1-" + "f" * 20):
        assert (await story.agent.get(url, params={"cursor": wrong})).status_code == 422
    nowhere = "/api/v1/service-points/00000000-0000-4000-8000-000000000001/reviews"
    assert (await story.agent.get(nowhere)).status_code == 404
