"""A unionid proves that two are one: whenever it comes, from wherever, the histories join."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer, CustomerMerge, WeChatIdentity
from app.services.sessions.ports import Identity
from app.settings import Settings
from tests.harness.callers import Caller
from tests.harness.wechat import FakeWeChat
from tests.inbound.conftest import box
from tests.inbound.letterbox import Letterbox
from tests.make import make_customer, make_identity, make_staff, make_ticket

__all__ = ["box"]

SIGN_IN = "/api/v1/sessions/mini-program"


@pytest.fixture
async def follower(session: AsyncSession, settings: Settings) -> Customer:
    """Known in the official account, with a ticket and without a unionid until now."""
    customer = await make_customer(session, nickname="王女士")
    await make_identity(session, appid=settings.official_appid, openid="o-1", customer_id=customer.id)
    await make_ticket(session, customer)
    await make_customer(session, nickname="旁人")
    return customer


async def merges(session: AsyncSession) -> list[tuple[str, str]]:
    rows = await session.execute(
        select(CustomerMerge.cause, CustomerMerge.merged_by).order_by(CustomerMerge.id)
    )
    return [(cause, by) for cause, by in rows]


async def test_a_sign_in_that_brings_the_unionid_joins_what_two_openids_had(
    client: Caller, wechat: FakeWeChat, session: AsyncSession, settings: Settings, follower: Customer
) -> None:
    wechat.codes = {"a": Identity("m-1"), "b": Identity("m-1", "u-1")}
    alone = (await client.post(SIGN_IN, json={"code": "a"})).json()
    assert alone["customer"]["id"] != str(follower.id)
    await session.execute(text("UPDATE wechat_identities SET unionid = 'u-1' WHERE openid = 'o-1'"))
    joined = (await client.post(SIGN_IN, json={"code": "b"})).json()
    # The one with a history stays.
    assert joined["customer"]["id"] == str(follower.id)
    assert await merges(session) == [("unionid", "system")]
    headers = {"Authorization": f"Bearer {alone['access_token']}"}
    assert (await client.get("/api/v1/me", headers=headers)).json()["id"] == str(follower.id)


async def test_people_who_said_that_they_are_two_are_not_contradicted(
    client: Caller,
    wechat: FakeWeChat,
    session: AsyncSession,
    follower: Customer,
    as_agent: Caller,
) -> None:
    wechat.codes = {"a": Identity("m-1"), "b": Identity("m-1", "u-1"), "c": Identity("m-1", "u-1")}
    alone = (await client.post(SIGN_IN, json={"code": "a"})).json()["customer"]["id"]
    await session.execute(text("UPDATE wechat_identities SET unionid = 'u-1' WHERE openid = 'o-1'"))
    await client.post(SIGN_IN, json={"code": "b"})
    merge_id = (await as_agent.get("/api/v1/customer-merges")).json()["items"][0]["id"]
    undone = await as_agent.post(f"/api/v1/customer-merges/{merge_id}/undo", json={"reason": "两个人"})
    assert undone.status_code == 200
    assert (await client.post(SIGN_IN, json={"code": "c"})).json()["customer"]["id"] == alone
    assert len(await merges(session)) == 1


async def test_a_newcomer_on_a_page_is_asked_for_by_wechat(
    client: Caller, wechat: FakeWeChat, session: AsyncSession, settings: Settings, follower: Customer
) -> None:
    """The silent scope names no unionid; the mini-program knew him by it."""
    await session.execute(text("UPDATE wechat_identities SET unionid = 'u-1', appid = 'wx-x'"))
    wechat.unionids["o-page"] = "u-1"
    answer = await client.get("/oauth/official-account")
    state = answer.headers["location"].split("state=")[1].split("#")[0]
    wechat.codes["code"] = Identity("o-page")
    await client.get("/oauth/official-account/callback", params={"code": "code", "state": state})
    assert (await client.get("/api/v1/me")).json()["id"] == str(follower.id)


async def customer_in(box: Letterbox, openid: str, appid: str, *, unionid: str | None = None) -> Customer:
    async with box.database.sessions.begin() as session:
        customer = await make_customer(session)
        await make_identity(
            session, appid=appid, openid=openid, unionid=unionid, customer_id=customer.id, follows=False
        )
    return customer


async def test_a_follow_that_brings_the_unionid_joins_them(box: Letterbox) -> None:
    mini = await customer_in(box, "m-lin", box.settings.mini_appid, unionid="u-lin")
    page = await customer_in(box, "o-lin", box.settings.official_appid)
    async with box.database.sessions.begin() as session:
        await make_ticket(session, await session.get_one(Customer, page.id))
    box.directory.unionids["o-lin"] = "u-lin"
    await box.deliver(box.event("subscribe"))
    await box.work()
    identities = await box.identities()
    assert identities["o-lin"].customer_id == identities["m-lin"].customer_id == page.id
    assert identities["o-lin"].follows
    async with box.database.sessions.begin() as session:
        assert (await session.get_one(Customer, mini.id)).merged_into == page.id


async def test_what_one_account_hears_says_nothing_about_the_other(box: Letterbox) -> None:
    """The same openid string in two accounts is two people's; unfollowing one leaves the other."""
    customer = await customer_in(box, "o-lin", "wx-another-official")
    async with box.database.sessions.begin() as session:
        await make_identity(
            session, appid=box.settings.official_appid, openid="o-lin", customer_id=customer.id
        )
        await session.execute(text("UPDATE wechat_identities SET follows = TRUE"))
    await box.deliver(box.event("unsubscribe"))
    await box.work()
    async with box.database.sessions.begin() as session:
        found = await session.execute(select(WeChatIdentity.appid, WeChatIdentity.follows))
        assert {row.appid: row.follows for row in found} == {
            "wx-another-official": True,
            box.settings.official_appid: False,
        }


async def test_another_openid_of_a_colleague_is_nobodys(box: Letterbox) -> None:
    async with box.database.sessions.begin() as session:
        staff = await make_staff(session)
        await make_identity(session, appid="wx-x", openid="o-x", unionid="u-1", staff_id=staff.id)
    box.directory.unionids["o-lin"] = "u-1"
    await box.deliver(box.event("subscribe"))
    await box.work()
    identity = (await box.identities())["o-lin"]
    assert (identity.customer_id, identity.staff_id, identity.follows) == (None, None, True)
