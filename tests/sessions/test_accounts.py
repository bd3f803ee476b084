"""Several mini-programs and official accounts: only ours let anybody in, each with its own openids."""

from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import WeChatIdentity
from app.services.sessions.ports import Identity
from app.services.sessions.redirects import arrive, depart
from app.settings import Settings
from tests.harness.callers import Caller
from tests.harness.clock import Clock
from tests.harness.wechat import FakeWeChat

MINI, OAUTH = "/api/v1/sessions/mini-program", "/oauth/official-account"
SECOND = "wxc300000000000003"


async def appids(session: AsyncSession) -> list[str]:
    return list(await session.scalars(select(WeChatIdentity.appid).order_by(WeChatIdentity.id)))


async def test_the_same_openid_in_two_mini_programs_is_two_people(
    client: Caller, wechat: FakeWeChat, session: AsyncSession, settings: Settings
) -> None:
    wechat.codes = {"a": Identity("o-1"), "b": Identity("o-1")}
    first = await client.post(MINI, json={"code": "a"})
    second = await client.post(MINI, json={"code": "b", "appid": SECOND})
    assert first.json()["customer"]["id"] != second.json()["customer"]["id"]
    assert await appids(session) == wechat.asked == [settings.mini_appid, SECOND]


async def test_an_account_that_is_not_ours_is_not_even_asked(
    client: Caller, wechat: FakeWeChat, session: AsyncSession
) -> None:
    wechat.strangers.add(SECOND)
    mini = await client.post(MINI, json={"code": "a", "appid": SECOND})
    page = await client.get(OAUTH, params={"appid": SECOND})
    for answer, field in ((mini, "body.appid"), (page, "query.appid")):
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_account")
        assert answer.json()["errors"][0]["field"] == field
    assert (wechat.calls, await appids(session)) == (0, [])


async def test_who_left_by_an_account_comes_back_by_it(
    client: Caller, wechat: FakeWeChat, session: AsyncSession
) -> None:
    answer = await client.get(OAUTH, params={"appid": SECOND})
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["appid"] == [SECOND]
    wechat.codes["code"] = Identity("o-1")
    # An appid in the address of the return changes nothing: the cookie says where the visitor left.
    back = {"code": "code", "state": query["state"][0], "appid": "wx-evil"}
    assert (await client.get(f"{OAUTH}/callback", params=back)).status_code == 302
    assert await appids(session) == wechat.asked == [SECOND]


def test_the_account_is_bound_to_the_state(settings: Settings, clock: Clock) -> None:
    key = settings.signing_key()
    departure = depart("/h5/", appid=SECOND, now=clock.now, key=key)
    arrival = arrive(departure.note, departure.state, now=clock.now, key=key)
    assert (arrival.target, arrival.appid) == ("/h5/", SECOND)
