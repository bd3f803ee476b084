"""Through WeChat's authorize page: only back to our own pages, only for whoever left from here."""

from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer
from app.services.sessions.ports import Identity
from app.settings import Settings
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.harness.wechat import FakeWeChat
from tests.make import make_customer, make_identity

START = "/oauth/official-account"


async def leave(client: Caller, target: str = "/h5/tickets") -> str:
    """Goes to WeChat; returns the state that it brings back."""
    answer = await client.get(START, params={"next": target})
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]


async def come_back(client: Caller, code: str, state: str) -> Response:
    return await client.get(f"{START}/callback", params={"code": code, "state": state})


async def test_the_authorize_address_is_what_wechat_expects(client: Caller, settings: Settings) -> None:
    answer = await client.get(START, params={"next": "/h5/tickets"})
    address = urlsplit(answer.headers["location"])
    query = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}" == settings.wechat_open_base
    assert list(query) == ["appid", "redirect_uri", "response_type", "scope", "state"]
    assert query["redirect_uri"] == ["http://test/oauth/official-account/callback"]
    assert address.fragment == "wechat_redirect"
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=lax" in answer.headers["set-cookie"].lower()


async def test_the_round_trip_signs_in_and_leads_to_the_page(
    client: Caller, wechat: FakeWeChat, session: AsyncSession, settings: Settings
) -> None:
    wang = await make_customer(session)
    await make_identity(session, appid=settings.official_appid, openid="o-1", customer_id=wang.id)
    state = await leave(client, "/h5/tickets?from=menu")
    wechat.codes["code"] = Identity("o-1")
    answer = await come_back(client, "code", state)
    assert (answer.status_code, answer.headers["location"]) == (302, "/h5/tickets?from=menu")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert (await client.get("/api/v1/me")).json()["id"] == str(wang.id)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%5cevil.example",
        "/h5/%5c%5cevil.example",
        "/%2f%2fevil.example",
        "https://evil.example/h5/",
        "http:/h5/",
        "javascript:alert(1)",
        "/h5@evil.example/",
        "/h5/../admin",
        "/h5//evil.example",
        "/h5evil",
        "/h5/\r\nSet-Cookie: a=b",
        "/h5/\t/evil.example",
        "/api/v1/me",
        "h5/",
        "",
        " /h5/",
        "/h5/" + "a" * 600,
    ],
)
async def test_no_other_place_can_be_asked_for(client: Caller, target: str) -> None:
    answer = await client.get(START, params={"next": target})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "query.next"
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "target", ["/h5", "/h5/", "/h5/tickets/HX26-abc", "/h5/t?a=%E7%8E%8B&b=1", "/h5/a/b/"]
)
async def test_our_own_pages_can_be_asked_for(client: Caller, target: str) -> None:
    await leave(client, target)


async def test_a_state_of_another_visit_is_refused(client: Caller, wechat: FakeWeChat) -> None:
    await leave(client)
    answer = await come_back(client, "code", "another state")
    assert (answer.status_code, answer.json()["code"]) == (400, "state_mismatch")
    assert wechat.calls == 0


async def test_without_the_cookie_nobody_comes_back(client: Caller, wechat: FakeWeChat) -> None:
    state = await leave(client)
    client.cookies.clear()
    assert (await come_back(client, "code", state)).status_code == 400
    assert wechat.calls == 0


async def test_a_trip_of_more_than_ten_minutes_is_over(client: Caller, clock: Clock) -> None:
    state = await leave(client)
    clock.advance(minutes=10)
    assert (await come_back(client, "code", state)).status_code == 400


async def test_a_visitor_of_a_preview_page_becomes_nobody(
    client: Caller, wechat: FakeWeChat, session: AsyncSession
) -> None:
    state = await leave(client)
    wechat.codes["code"] = Identity("o-virtual", is_snapshot=True)
    answer = await come_back(client, "code", state)
    assert (answer.status_code, answer.json()["code"]) == (403, "snapshot_visitor")
    assert await session.scalar(select(func.count()).select_from(Customer)) == 0
