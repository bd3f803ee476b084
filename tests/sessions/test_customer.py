"""Signing in with WeChat: one person is one customer, however he comes and however often at once."""

import asyncio

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer, Session, WeChatIdentity
from app.services.sessions.ports import Identity
from app.settings import Settings
from tests.harness.callers import Caller
from tests.harness.live import Live
from tests.harness.wechat import FakeWeChat
from tests.make import make_customer, make_identity, make_staff

PATH = "/api/v1/sessions/mini-program"


async def customers(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Customer)) or 0


async def test_first_visit_makes_a_customer_and_the_second_finds_him(
    client: Caller, wechat: FakeWeChat, session: AsyncSession, settings: Settings
) -> None:
    await make_customer(session, nickname="bystander")
    wechat.codes = {"one": Identity("o-1"), "two": Identity("o-1")}
    first = await client.post(PATH, json={"code": "one"})
    second = await client.post(PATH, json={"code": "two"})
    assert first.status_code == second.status_code == 200
    assert first.json()["token_type"] == "Bearer"
    assert first.json()["expires_in"] == settings.session_hours * 3600
    assert first.json()["customer"]["id"] == second.json()["customer"]["id"]
    assert first.json()["access_token"] != second.json()["access_token"]
    assert await customers(session) == 2


async def test_unionid_joins_the_official_account_and_the_mini_program(
    client: Caller, wechat: FakeWeChat, session: AsyncSession, settings: Settings
) -> None:
    wang = await make_customer(session, nickname="王女士", phone="13800138000")
    await make_identity(session, appid=settings.official_appid, unionid="u-1", customer_id=wang.id)
    wechat.codes["code"] = Identity("o-mini", "u-1")
    answer = await client.post(PATH, json={"code": "code"})
    assert answer.json()["customer"] == {
        "id": str(wang.id),
        "nickname": "王女士",
        "phone_masked": "138****8000",
    }
    identity = await session.scalar(select(WeChatIdentity).where(WeChatIdentity.openid == "o-mini"))
    assert identity is not None
    assert (identity.customer_id, identity.appid) == (wang.id, settings.mini_appid)


async def test_an_openid_that_followed_before_gets_its_customer(
    client: Caller, wechat: FakeWeChat, session: AsyncSession, settings: Settings
) -> None:
    known = await make_identity(session, appid=settings.mini_appid, openid="o-1")
    wechat.codes["code"] = Identity("o-1")
    answer = await client.post(PATH, json={"code": "code"})
    await session.refresh(known)
    assert str(known.customer_id) == answer.json()["customer"]["id"]


async def test_the_openid_of_a_staff_member_is_not_a_customer(
    client: Caller, wechat: FakeWeChat, session: AsyncSession, settings: Settings
) -> None:
    staff = await make_staff(session)
    await make_identity(session, appid=settings.mini_appid, openid="o-staff", staff_id=staff.id)
    wechat.codes["code"] = Identity("o-staff")
    answer = await client.post(PATH, json={"code": "code"})
    assert (answer.status_code, answer.json()["code"]) == (409, "bound_to_staff")
    assert await customers(session) == 0


async def test_a_code_that_wechat_refuses_signs_nobody_in(client: Caller, session: AsyncSession) -> None:
    answer = await client.post(PATH, json={"code": "stale"})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_code")
    assert await session.scalar(select(func.count()).select_from(Session)) == 0


async def test_live_two_first_visits_at_once_make_one_customer(live: Live) -> None:
    live.wechat.codes = {f"c{n}": Identity("o-1", "u-1") for n in range(6)}
    async with live.anonymous() as client:
        answers = await asyncio.gather(*(client.post(PATH, json={"code": f"c{n}"}) for n in range(6)))
    assert [answer.status_code for answer in answers] == [200] * 6
    async with live.sessions.begin() as session:
        assert await customers(session) == 1


class Observer(FakeWeChat):
    """Notes how many transactions are open while WeChat is being asked."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self._live = live
        self.open_transactions: int | None = None

    async def code_to_session(self, appid: str, code: str) -> Identity:
        async with self._live.database.reads.acquire() as reader:
            self.open_transactions = await reader.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        return Identity(f"openid of {code}")


async def test_live_no_transaction_is_open_while_wechat_is_asked(live: Live) -> None:
    observer = Observer(live)
    live.app.state.code_exchange = observer
    async with live.anonymous() as client:
        assert (await client.post(PATH, json={"code": "code"})).status_code == 200
    assert observer.open_transactions == 0
