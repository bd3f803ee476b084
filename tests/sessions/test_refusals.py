"""What WeChat's refusals become for whoever wants in, over real HTTP."""

from collections.abc import AsyncIterator, Coroutine

import pytest

from app.db import Database
from app.errors import Problem
from app.platform import Platform as WeChat
from app.platform import open_platform
from app.settings import Settings
from tests.wechat.platform import Fault, Platform

HOTLINE = "400-800-1234"
MINI, PAGE, NUMBER = "/sns/jscode2session", "/sns/oauth2/access_token", "/wxa/business/getuserphonenumber"


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with Platform() as platform:
        yield platform


@pytest.fixture
async def wechat(platform: Platform, database: Database, settings: Settings) -> AsyncIterator[WeChat]:
    mine = {
        "wechat_api_base": platform.base,
        "mini_token": "t",
        "official_token": "t",
        "mini_secret": "s",
        "official_secret": "s",
        "service_hotline": HOTLINE,
    }
    configured = Settings(_env_file=None, **(settings.model_dump() | mine))
    async with open_platform(configured, database) as opened:
        yield opened


def refusal(errcode: int) -> dict[str, object]:
    return {"errcode": errcode, "errmsg": "no rid: 6385c6c1-0fcadca1-22c1fc91"}


REFUSALS = [
    (40029, 401, "invalid_code"),
    (40163, 401, "invalid_code"),
    (42003, 401, "invalid_code"),
    (40226, 403, "high_risk_user"),
    (45011, 429, "too_many_requests"),
    (-1, 503, "unavailable"),
    (40125, 503, "unavailable"),
]


async def told(wechat: WeChat, platform: Platform, path: str, errcode: int) -> Problem:
    platform.script(path, refusal(errcode))
    official, mini = wechat.official.account.appid, wechat.mini.account.appid
    asked: dict[str, Coroutine[object, object, object]] = {
        MINI: wechat.code_to_session(mini, "code"),
        PAGE: wechat.oauth_identity(official, "code"),
        NUMBER: wechat.phone_number(mini, "code"),
    }
    call = asked.pop(path)
    for other in asked.values():
        other.close()
    with pytest.raises(Problem) as raised:
        await call
    return raised.value


@pytest.mark.parametrize(("errcode", "status", "code"), REFUSALS)
@pytest.mark.parametrize("path", [MINI, PAGE])
async def test_a_refused_sign_in_says_what_to_do(
    wechat: WeChat, platform: Platform, path: str, errcode: int, status: int, code: str
) -> None:
    problem = await told(wechat, platform, path, errcode)
    assert (problem.status, problem.code) == (status, code)
    assert len(platform.to(path)) == 1


async def test_a_code_that_is_used_up_asks_to_open_anew(wechat: WeChat, platform: Platform) -> None:
    assert "请重新打开" in (await told(wechat, platform, MINI, 40163)).msg


async def test_whom_wechat_blocks_is_told_whom_to_call(wechat: WeChat, platform: Platform) -> None:
    problem = await told(wechat, platform, MINI, 40226)
    assert HOTLINE in problem.msg
    assert problem.extra["hotline"] == HOTLINE


async def test_a_busy_minute_says_when_to_come_back(wechat: WeChat, platform: Platform) -> None:
    assert (await told(wechat, platform, MINI, 45011)).headers["Retry-After"] == "60"


@pytest.mark.parametrize(
    ("errcode", "status", "code"),
    [
        (40029, 422, "phone_code_expired"),
        (40163, 422, "phone_code_expired"),
        (45011, 429, "too_many_requests"),
        (45009, 503, "phone_unavailable"),
        (48001, 503, "phone_unavailable"),
        (-1, 503, "phone_unavailable"),
    ],
)
async def test_without_wechats_number_one_can_type_it(
    wechat: WeChat, platform: Platform, errcode: int, status: int, code: str
) -> None:
    problem = await told(wechat, platform, NUMBER, errcode)
    assert (problem.status, problem.code) == (status, code)
    if status != 429:
        assert "直接填写" in problem.msg


@pytest.mark.parametrize(
    ("country", "expected"), [("86", "13912340001"), (86, "13912340001"), ("852", "+85213912340001")]
)
async def test_the_number_as_wechat_writes_it(
    wechat: WeChat, platform: Platform, country: str | int, expected: str
) -> None:
    info = {"phoneNumber": "x", "purePhoneNumber": "13912340001", "countryCode": country}
    platform.script(NUMBER, {"errcode": 0, "errmsg": "ok", "phone_info": info})
    assert await wechat.phone_number(wechat.mini.account.appid, "code") == expected


async def test_only_our_accounts_are_known_each_as_what_it_is(wechat: WeChat) -> None:
    official, mini = wechat.official.account.appid, wechat.mini.account.appid
    known = [
        (appid, kind)
        for appid in (official, mini, "wx-evil")
        for kind in ("official", "mini")
        if wechat.knows(appid, "official" if kind == "official" else "mini")
    ]
    assert known == [(official, "official"), (mini, "mini")]


async def test_an_unanswered_question_about_the_unionid_costs_only_the_link(
    wechat: WeChat, platform: Platform
) -> None:
    platform.script("/cgi-bin/user/info", refusal(48001), Fault.RESET)
    for _ in range(2):
        assert await wechat.known_unionid(wechat.official.account.appid, "o-1") is None


async def test_a_visitor_of_a_preview_page_is_told_apart(wechat: WeChat, platform: Platform) -> None:
    """His openid and unionid are made up by WeChat; signing in refuses him (test_oauth)."""
    grant: dict[str, object] = {"access_token": "a", "openid": "o-virtual", "scope": "snsapi_userinfo"}
    platform.script(PAGE, grant | {"is_snapshotuser": 1}, grant)
    found = [await wechat.oauth_identity(wechat.official.account.appid, "code") for _ in range(2)]
    assert [identity.is_snapshot for identity in found] == [True, False]
