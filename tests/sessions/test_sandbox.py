"""The whole way in, against the stand-in of the platform on a socket."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select

from app.models import Customer, WeChatIdentity
from app.platform import open_platform
from app.settings import Settings
from tests.harness.application import make_app
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.harness.sandbox import ACCOUNTS, Sandbox

MINI = "/api/v1/sessions/mini-program"


@pytest.fixture
async def visitor(live: Live, sandbox: Sandbox) -> AsyncIterator[Caller]:
    bases = dict.fromkeys(("wechat_api_base", "wechat_open_base", "wechat_mp_base"), sandbox.base)
    mine = Settings(_env_file=None, **(live.settings.model_dump() | ACCOUNTS | bases))
    async with open_platform(mine, live.database) as platform:
        app = make_app(mine, database=live.database, code_exchange=platform, oauth_exchange=platform)
        app.state.clock = live.clock.read
        async with Caller(app) as caller:
            yield caller


async def sign_in(visitor: Caller, sandbox: Sandbox, user: str = "u-lin") -> httpx.Response:
    code = (await sandbox.act(user, "login_code"))["code"]
    return await visitor.post(MINI, json={"code": code})


async def open_page(visitor: Caller, sandbox: Sandbox, user: str) -> httpx.Response:
    """Follows the redirects of a phone: to the authorize page, and back with what it says."""
    leaving = await visitor.get("/oauth/official-account", params={"next": "/h5/"})
    address = httpx.URL(leaving.headers["location"]).copy_add_param("_sandbox_user", user)
    consent = await sandbox.client.get(address.copy_with(fragment=""))
    assert consent.status_code == 302, consent.text
    back = urlsplit(consent.headers["location"])
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    return await visitor.get(back.path, params=query)


async def test_the_mini_program_and_the_page_are_one_customer(
    visitor: Caller, sandbox: Sandbox, live: Live
) -> None:
    """The page's silent scope names no unionid; WeChat's list of followers does."""
    mini = await sign_in(visitor, sandbox)
    assert mini.status_code == 200, mini.text
    page = await open_page(visitor, sandbox, "u-lin")
    assert (page.status_code, page.headers["location"]) == (302, "/h5/")
    assert (await visitor.get("/api/v1/me")).json()["id"] == mini.json()["customer"]["id"]
    async with live.sessions.begin() as session:
        identities = list(await session.scalars(select(WeChatIdentity)))
        assert len(identities) == 2
        assert len({identity.unionid for identity in identities}) == 1
        assert len(list(await session.scalars(select(Customer)))) == 1


async def test_a_used_code_asks_to_open_anew(visitor: Caller, sandbox: Sandbox) -> None:
    code = (await sandbox.act("u-lin", "login_code"))["code"]
    answers = [await visitor.post(MINI, json={"code": code}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 401]
    assert "请重新打开" in answers[1].json()["msg"]


async def test_a_blocked_user_hears_of_a_person(visitor: Caller, sandbox: Sandbox) -> None:
    await sandbox.fault({"errcode": 40226}, path="/sns/jscode2session")
    answer = await sign_in(visitor, sandbox)
    assert (answer.status_code, answer.json()["code"]) == (403, "high_risk_user")
    assert "人工" in answer.json()["msg"]


async def test_the_button_gives_the_number_of_the_phone(visitor: Caller, sandbox: Sandbox) -> None:
    token = (await sign_in(visitor, sandbox)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    code = (await sandbox.act("u-lin", "phone_code"))["code"]
    answer = await visitor.put("/api/v1/me/phone", json={"code": code}, headers=headers)
    assert answer.json() == {"phone_masked": "138****0001", "phone_verified": True, "joined_tickets": 0}
    again = await visitor.put("/api/v1/me/phone", json={"code": code, "replace": True}, headers=headers)
    assert (again.status_code, again.json()["code"]) == (422, "phone_code_expired")
