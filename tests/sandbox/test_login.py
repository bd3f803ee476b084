from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox import defaults
from sandbox.oauth import USER_COOKIE
from sandbox.people import openid_of, unionid_of
from tests.sandbox.bench import LIN, MINI, OFFICIAL, STRANGER, Bench, Json

AUTHORIZE = "/connect/oauth2/authorize"
UNIONID = unionid_of(defaults.OPEN_PLATFORM, "u-lin")


async def _login(bench: Bench, code: str, **over: str) -> Json:
    return await bench.get("/sns/jscode2session", **{**MINI, "js_code": code, **over})


async def test_a_login_code_tells_who_it_is_once(bench: Bench) -> None:
    code = (await bench.act("u-lin", "login_code"))["code"]
    session = await _login(bench, code)
    assert session["openid"] == openid_of(defaults.MINI_APPID, "u-lin")
    assert session["unionid"] == UNIONID
    assert session["session_key"]
    assert "errcode" not in session
    assert (await _login(bench, code))["errcode"] == 40163


async def test_a_login_code_lives_five_minutes_in_its_own_account(bench: Bench) -> None:
    code = (await bench.act("u-lin", "login_code"))["code"]
    assert (await _login(bench, code, **OFFICIAL))["errcode"] == 40029
    await bench.control("POST", "clock", {"advance": 301})
    assert (await _login(bench, code))["errcode"] == 40029
    assert (await _login(bench, "invented"))["errcode"] == 40029
    assert (await _login(bench, code, secret="wrong"))["errcode"] == 40125
    assert (await _login(bench, ""))["errcode"] == 41008


async def test_a_phone_code_is_not_a_login_code(bench: Bench) -> None:
    path, token = "/wxa/business/getuserphonenumber", await bench.token(MINI)
    code = (await bench.act("u-lin", "phone_code"))["code"]
    assert (await _login(bench, code))["errcode"] == 40029
    answer = await bench.post(path, {"code": code}, token)
    assert answer["phone_info"]["purePhoneNumber"] == "13800000001"
    assert answer["phone_info"]["watermark"]["appid"] == defaults.MINI_APPID
    assert (await bench.post(path, {"code": code}, token))["errcode"] == 40163


async def test_user_info_has_no_name_and_for_strangers_nothing(bench: Bench) -> None:
    token = await bench.token()
    known = await bench.get("/cgi-bin/user/info", access_token=token, openid=LIN)
    assert (known["subscribe"], known["unionid"], known["nickname"]) == (1, UNIONID, "")
    stranger = await bench.get("/cgi-bin/user/info", access_token=token, openid=STRANGER)
    assert set(stranger) == {"subscribe", "openid", "unionid"}
    assert (await bench.get("/cgi-bin/user/info", access_token=token, openid="oX"))["errcode"] == 40003


def _asking(**over: str) -> dict[str, str]:
    return {
        "appid": defaults.OFFICIAL_APPID,
        "redirect_uri": "http://service.test/oauth/return?next=%2Fh5",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
        **over,
    }


async def _exchange(bench: Bench, code: str) -> Json:
    return await bench.get("/sns/oauth2/access_token", **OFFICIAL, code=code, grant_type="authorization_code")


async def test_silent_authorisation_comes_straight_back_with_code_and_state(bench: Bench) -> None:
    response = await bench.client.get(AUTHORIZE, params=_asking(_sandbox_user="u-lin"))
    assert response.status_code == 302
    back = urlsplit(response.headers["location"])
    query = parse_qs(back.query)
    assert (back.netloc, query["state"], query["next"]) == ("service.test", ["s1"], ["/h5"])
    granted = await _exchange(bench, query["code"][0])
    assert (granted["openid"], granted["scope"]) == (LIN, "snsapi_base")
    assert "unionid" not in granted
    assert (await _exchange(bench, query["code"][0]))["errcode"] == 40163
    profile = await bench.get("/sns/userinfo", access_token=granted["access_token"], openid=LIN)
    assert profile["errcode"] == 48001


async def test_with_consent_the_service_learns_the_name(bench: Bench) -> None:
    code = (await bench.act("u-lin", "oauth_code", scope="snsapi_userinfo"))["code"]
    granted = await _exchange(bench, code)
    assert granted["unionid"] == UNIONID
    profile = await bench.get("/sns/userinfo", access_token=granted["access_token"], openid=LIN)
    assert (profile["nickname"], profile["unionid"]) == ("林晓雨", UNIONID)
    # That token is the user's, not the account's.
    info = await bench.get("/cgi-bin/user/info", access_token=granted["access_token"], openid=LIN)
    assert info["errcode"] == 40001


async def test_an_oauth_code_that_waited_too_long(bench: Bench) -> None:
    code = (await bench.act("u-lin", "oauth_code"))["code"]
    await bench.control("POST", "clock", {"advance": 301})
    assert (await _exchange(bench, code))["errcode"] == 42003


async def test_a_page_asks_who_holds_the_phone(bench: Bench) -> None:
    page = await bench.client.get(AUTHORIZE, params=_asking())
    assert page.status_code == 200
    assert "林晓雨" in page.text
    assert "_sandbox_user=u-lin" in page.text


async def test_the_phone_s_owner_is_asked_only_for_more_than_the_silent_scope(bench: Bench) -> None:
    cookie = {"Cookie": f"{USER_COOKIE}=u-lin"}
    silent = await bench.client.get(AUTHORIZE, params=_asking(), headers=cookie)
    assert silent.status_code == 302
    asked = await bench.client.get(AUTHORIZE, params=_asking(scope="snsapi_userinfo"), headers=cookie)
    assert asked.status_code == 200
    assert "允许" in asked.text
    assert "赵建国" not in asked.text


async def test_automatic_approval_is_a_setting(bench: Bench) -> None:
    await bench.control("POST", "settings", {"auto_approve_user": "u-zhao"})
    assert (await bench.client.get(AUTHORIZE, params=_asking())).status_code == 302


@pytest.mark.parametrize(
    "over",
    [
        {"appid": "wx0000000000000000"},
        {"scope": "snsapi_everything"},
        {"response_type": "token"},
        {"redirect_uri": "http://evil.test/"},
        {"redirect_uri": "http://sub.service.test/"},
        {"redirect_uri": "javascript:alert(1)"},
    ],
)
async def test_refuses_to_send_a_code_elsewhere(bench: Bench, over: dict[str, str]) -> None:
    response = await bench.client.get(AUTHORIZE, params=_asking(_sandbox_user="u-lin", **over))
    assert response.status_code == 200
    assert "错误码" in response.text


async def test_a_snapshot_page_knows_somebody_who_does_not_exist(bench: Bench) -> None:
    await bench.act("u-lin", "snapshot")
    response = await bench.client.get(
        AUTHORIZE, params=_asking(_sandbox_user="u-lin", scope="snsapi_userinfo")
    )
    code = parse_qs(urlsplit(response.headers["location"]).query)["code"][0]
    granted = await _exchange(bench, code)
    assert granted["is_snapshotuser"] == 1
    assert granted["openid"] != LIN
    assert granted["unionid"] != UNIONID
    assert granted["scope"] == "snsapi_userinfo"
    profile = await bench.get("/sns/userinfo", access_token=granted["access_token"], openid=granted["openid"])
    assert profile["errcode"] == 48001
    await bench.act("u-lin", "unsnapshot")
    real = await _exchange(bench, (await bench.act("u-lin", "oauth_code"))["code"])
    assert real["openid"] == LIN
    assert "is_snapshotuser" not in real


async def _refresh(bench: Bench, value: str, **over: str) -> Json:
    query = {"appid": defaults.OFFICIAL_APPID, "grant_type": "refresh_token", "refresh_token": value, **over}
    return await bench.get("/sns/oauth2/refresh_token", **query)


async def test_a_grant_is_renewed_for_thirty_days(bench: Bench) -> None:
    code = (await bench.act("u-lin", "oauth_code", scope="snsapi_userinfo"))["code"]
    granted = await _exchange(bench, code)
    await bench.control("POST", "clock", {"advance": 29 * 86_400})
    old = {"access_token": granted["access_token"], "openid": LIN}
    assert (await bench.get("/sns/auth", **old))["errcode"] == 42001
    renewed = await _refresh(bench, granted["refresh_token"])
    assert (renewed["openid"], renewed["scope"]) == (LIN, "snsapi_userinfo")
    valid = {"access_token": renewed["access_token"], "openid": LIN}
    assert (await bench.get("/sns/auth", **valid))["errcode"] == 0
    assert (await bench.get("/sns/auth", **{**valid, "openid": STRANGER}))["errcode"] == 40003
    await bench.control("POST", "clock", {"advance": 86_401})
    assert (await _refresh(bench, granted["refresh_token"]))["errcode"] == 42002


async def test_what_cannot_be_renewed(bench: Bench) -> None:
    granted = await _exchange(bench, (await bench.act("u-lin", "oauth_code"))["code"])
    assert (await _refresh(bench, "invented"))["errcode"] == 40030
    assert (await _refresh(bench, granted["access_token"]))["errcode"] == 40030
    assert (await _refresh(bench, granted["refresh_token"], appid=defaults.MINI_APPID))["errcode"] == 40030
    assert (await _refresh(bench, granted["refresh_token"], appid="wx0"))["errcode"] == 40013
    assert (await _refresh(bench, granted["refresh_token"], grant_type="x"))["errcode"] == 40002
