"""A scan, from the phone in the sandbox to the words in the chat; and once only."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.bell import Bell
from app.integrations.storage import open_store
from app.models import InboundMessage
from app.platform import open_platform
from app.services.inbound.handle import Handled, due, handle
from app.workers.inbound import InboundWorker
from sandbox import defaults
from tests.harness.callbacks import served
from tests.harness.eventually import eventually
from tests.harness.sandbox import official_openid
from tests.inbound.conftest import box
from tests.inbound.letterbox import Letterbox
from tests.make import make_engineer, make_scene, make_service_point, make_staff
from tests.make.doors import LABEL
from tests.notifications.conftest import post
from tests.notifications.post import Post

__all__ = ["box", "post"]

CUSTOM = "/cgi-bin/message/custom/send"


async def test_who_scans_the_label_gets_the_link_to_the_form(post: Post) -> None:
    async with post.database.sessions.begin() as session:
        await make_scene(session, "LABEL0001", "appliance_label", LABEL, appid=defaults.OFFICIAL_APPID)
    bell = Bell(post.settings.database_url)
    async with (
        served(post.settings, post.database) as base,
        open_platform(post.settings, post.database) as platform,
    ):
        await post.sandbox.call_back(f"{base}/wechat/{defaults.OFFICIAL_APPID}/callback")
        worker = InboundWorker(
            post.database.sessions,
            platform,
            open_store("memory://"),
            bell,
            home=post.settings.public_base_url,
        )
        running = asyncio.create_task(worker.run())
        # One who follows already, one whom the scan makes a follower, and a code that is not ours.
        await post.sandbox.act("u-lin", "scan", scene="LABEL0001")
        await post.sandbox.act("u-sun", "scan", scene="LABEL0001")
        await post.sandbox.act("u-zhao", "scan", scene="NOBODYS01")

        async def said() -> dict[str, str] | None:
            found = await post.sandbox.control("GET", "messages", query={"channel": "custom"})
            texts = {each["openid"]: each["text"] for each in found["items"]}
            return texts if len(texts) == 2 else None

        texts = await eventually(said)

        async def spent() -> bool | None:
            async with post.transaction() as connection:
                left = await connection.fetch(
                    "SELECT kind, remaining FROM reply_windows ORDER BY kind, remaining"
                )
            # Each answer is one of the three that WeChat allows.
            return [tuple(row) for row in left] == [("follow", 2), ("scan", 2), ("scan", 3)] or None

        assert await eventually(spent)
        worker.stop()
        await running
    assert texts.keys() == {official_openid("u-lin"), official_openid("u-sun")}
    for text in texts.values():
        assert "美的 KFR-35GW，序列号 SN0001" in text
        assert '<a href="http://test/h5/report?scene=LABEL0001">我要报修</a>' in text
    assert len(await post.sandbox.calls(CUSTOM)) == 2
    async with post.database.sessions.begin() as session:
        results = await session.scalars(select(InboundMessage.result))
    assert sorted(map(str, results)) == ["followed", "scanned", "scanned"]


async def scan(box: Letterbox, scene: str, *, later: timedelta = timedelta(0)) -> list[str]:
    """What is to be said to somebody who scanned; handled as many seconds later as it says."""
    await box.deliver(box.event("SCAN", EventKey=scene))
    now = datetime.now(UTC) + later
    texts = []
    async with box.transaction() as connection:
        for stored in await due(connection, now):
            answer = (await handle(connection, stored, None, now)).answer
            texts += [answer.text("https://hx.example")] if answer else []
            assert await handle(connection, stored, None, now) == Handled()
    return texts


async def test_every_code_has_its_words(box: Letterbox) -> None:
    async with box.database.sessions.begin() as session:
        staff = await make_staff(session, role="engineer", name="陈<师傅>")
        made = await make_engineer(session, staff=staff)
        point = await make_service_point(session, name="浦东服务站")
        await make_scene(session, "BADGE0001", "engineer_badge", {"id": str(made.id)})
        await make_scene(session, "POINT0001", "service_point", {"id": str(point.id)})
    assert await scan(box, "BADGE0001") == [
        '这是陈＜师傅＞的工牌。\n<a href="https://hx.example/h5/badge/BADGE0001">核对是不是我的工程师</a>'
    ]
    assert await scan(box, "POINT0001") == [
        '欢迎来到浦东服务站。\n<a href="https://hx.example/h5/points/POINT0001">电话与服务区域</a>'
    ]


async def test_a_scan_that_is_a_minute_old_is_not_answered_any_more(box: Letterbox) -> None:
    async with box.database.sessions.begin() as session:
        await make_scene(session, "LABEL0001", "appliance_label", LABEL)
    assert len(await scan(box, "LABEL0001")) == 1
    assert await scan(box, "LABEL0001", later=timedelta(seconds=60)) == []
    assert await scan(box, "NOBODYS01") == []
