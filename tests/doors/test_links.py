"""Links of text messages and the signatures of pages."""

import hashlib
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import driver
from app.models import ShortLink
from app.services.doors.short_links import short_link_for_ticket
from app.wechat.errors import Refused
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.harness.wechat import FakeWeChat
from tests.make import make_short_link

SIGN = "/api/v1/wechat/js-signature"


async def test_a_ticket_has_one_address_for_ever(session: AsyncSession, now: datetime) -> None:
    connection = await driver(session)

    async def made(number: str) -> str:
        base = "https://hx.example/"
        return await short_link_for_ticket(
            connection, number, page="pages/ticket/ticket", public_base_url=base, now=now
        )

    first, again, other = await made("HX1"), await made("HX1"), await made("HX2")
    assert first == again != other
    assert first.startswith("https://hx.example/s/")
    assert len(first) < 40
    row = await session.get_one(ShortLink, first.rpartition("/")[2])
    assert (row.query, row.fallback) == ("number=HX1", "/h5/tickets/HX1")


async def test_a_link_is_made_at_the_first_click_and_again_before_it_ends(
    client: Caller, session: AsyncSession, wechat: FakeWeChat, clock: Clock
) -> None:
    await make_short_link(session, "L00001")
    await make_short_link(session, "L00002", query="number=HX2", url_link="https://wxaurl.cn/bystander")

    async def led_to() -> str:
        answer = await client.get("/s/L00001")
        assert answer.status_code == 302
        assert answer.headers["cache-control"] == "no-store"
        return answer.headers["location"]

    assert [await led_to(), await led_to()] == ["https://wxaurl.cn/1"] * 2
    assert wechat.made == [("url_link", "pages/ticket/ticket", "number=HX1", "30")]
    clock.advance(days=29, hours=22)
    assert await led_to() == "https://wxaurl.cn/1"
    clock.advance(hours=1, minutes=1)
    assert await led_to() == "https://wxaurl.cn/2"
    bystander = await session.scalar(select(ShortLink.url_link).where(ShortLink.code == "L00002"))
    assert bystander == "https://wxaurl.cn/bystander"


async def test_when_wechat_makes_none_the_page_does(
    client: Caller, session: AsyncSession, wechat: FakeWeChat
) -> None:
    await make_short_link(session, "L00001")
    wechat.failure = Refused(44993, "daily limit")
    assert (await client.get("/s/L00001")).headers["location"] == "/h5/tickets/HX1"
    wechat.failure = None
    assert (await client.get("/s/L00001")).headers["location"] == "https://wxaurl.cn/1"
    client.app.state.doors = None
    assert (await client.get("/s/L00001")).headers["location"] == "https://wxaurl.cn/1"
    missing = await client.get("/s/L99999")
    assert missing.status_code == 404
    assert missing.headers["content-type"].startswith("text/html")


async def test_a_page_of_ours_is_signed(client: Caller, now: datetime) -> None:
    url = "http://test/h5/tickets/HX1?said=urged"
    answer = await client.get(SIGN, params={"url": f"{url}#top"})
    assert answer.status_code == 200
    signed = answer.json()
    joined = (
        f"jsapi_ticket=a jsapi ticket&noncestr={signed['nonce']}&timestamp={int(now.timestamp())}&url={url}"
    )
    assert signed["signature"] == hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324
    assert signed["appid"] == "wxa100000000000001"
    assert (await client.get(SIGN, params={"url": url})).json()["nonce"] != signed["nonce"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/h5/",
        "http://test.evil.example/",
        "http://test@evil.example/",
        "http://test:81/",
        "https://test/h5/",
        "//test/h5/",
        "http://test\\@evil.example/",
        "http://[",
        "h5",
    ],
)
async def test_no_other_page_is_signed(client: Caller, wechat: FakeWeChat, url: str) -> None:
    answer = await client.get(SIGN, params={"url": url})
    assert answer.status_code == 422
    assert wechat.made == []


async def test_without_wechat_there_is_no_signature(client: Caller, wechat: FakeWeChat) -> None:
    wechat.failure = Refused(45009, "daily limit")
    assert (await client.get(SIGN, params={"url": "http://test/"})).status_code == 503
    client.app.state.doors = None
    assert (await client.get(SIGN, params={"url": "http://test/"})).status_code == 503
