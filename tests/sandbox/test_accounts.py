"""What an account may do, and the smaller questions it may ask."""

import pytest

from sandbox import defaults, jssdk
from sandbox.people import openid_of
from tests.sandbox.bench import LIN, MINI, OFFICIAL, STRANGER, Bench, Json, card

ACCOUNT = f"accounts/{defaults.OFFICIAL_APPID}"
TICKET = "/cgi-bin/ticket/getticket"
ALL, ADD, DELETE = (
    f"/cgi-bin/template/{name}"
    for name in ("get_all_private_template", "api_add_template", "del_private_template")
)


async def _ask(bench: Bench) -> Json:
    body = {"grant_type": "client_credential", **OFFICIAL}
    answer: Json = (await bench.client.post("/cgi-bin/stable_token", json=body)).json()
    return answer


async def test_the_white_list_names_who_was_refused(bench: Bench) -> None:
    await bench.control("POST", ACCOUNT, {"ip_whitelist": ["203.0.113.9"]})
    answer = await _ask(bench)
    assert answer["errcode"] == 40164
    assert answer["errmsg"].startswith("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist rid: ")
    await bench.control("POST", ACCOUNT, {"ip_whitelist": ["127.0.0.1"]})
    assert (await _ask(bench))["access_token"]


@pytest.mark.parametrize("code", [40243, 50004, 50007, 89503, 89506, 89507])
async def test_an_account_in_trouble_gets_no_token(bench: Bench, code: int) -> None:
    token = await bench.token()
    await bench.control("POST", ACCOUNT, {"token_error": code})
    assert (await _ask(bench))["errcode"] == code
    assert (await bench.send(token=token))["errcode"] == 0
    await bench.control("POST", ACCOUNT, {"token_error": None})
    assert (await _ask(bench))["access_token"] == token


async def test_a_capability_that_is_missing(bench: Bench) -> None:
    await bench.control("POST", ACCOUNT, {"lacks": ["template"]})
    assert (await bench.send())["errcode"] == 48001
    assert (await bench.get("/cgi-bin/menu/get", access_token=await bench.token()))["errcode"] == 46003


async def test_a_minute_has_a_quota_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await bench.control("POST", ACCOUNT, {"minute_quotas": {"/cgi-bin/user/get": 1}})
    token, now = await bench.token(), [1_800_000_000.0]
    monkeypatch.setattr(bench.world.clock, "now", lambda: now[0])
    bench.world.store.run("UPDATE tokens SET expires_at = ?", now[0] + 7200)
    codes = [(await bench.get("/cgi-bin/user/get", access_token=token)).get("errcode", 0) for _ in range(2)]
    assert codes == [0, 45011]
    now[0] += 60
    assert (await bench.get("/cgi-bin/user/get", access_token=token))["count"] == 6


async def test_a_further_account_knows_everybody(bench: Bench) -> None:
    body: Json = {
        "kind": "service",
        "appid": "wxc300000000000003",
        "secret": "third-secret",
        "name": "回响门店",
        "token": "third-token",
        "aes_key": "A" * 43,
        "mode": "plain",
        "format": "xml",
        "templates": [{"id": "t1", "title": "进度", "fields": [{"name": "thing1", "label": "内容"}]}],
    }
    made = await bench.control("POST", "accounts", body)
    assert "third-secret" not in repr(made)
    token = await bench.token({"appid": body["appid"], "secret": "third-secret"})
    openid = openid_of(body["appid"], "u-lin")
    await bench.act("u-lin", "follow", appid=body["appid"])
    sent = await bench.send(
        {"touser": openid, "template_id": "t1", "data": {"thing1": {"value": "好"}}}, token
    )
    assert sent["errcode"] == 0
    assert (await bench.send(card(LIN), token))["errcode"] == 40003


async def test_the_ticket_stays_until_its_end_and_signs_pages(bench: Bench) -> None:
    token = await bench.token()
    first = await bench.get(TICKET, access_token=token, type="jsapi")
    again = await bench.get(TICKET, access_token=token, type="jsapi")
    assert (first["ticket"], first["expires_in"]) == (again["ticket"], 7200)
    asked = {"appid": defaults.OFFICIAL_APPID, "url": "http://service.test/h5?a=1#top"}
    signed = {
        **asked,
        "noncestr": "n",
        "timestamp": "1414587457",
        "signature": jssdk.sign(first["ticket"], "n", "1414587457", "http://service.test/h5?a=1"),
    }
    assert (await bench.control("POST", "jssdk/check", signed))["ok"]
    assert not (await bench.control("POST", "jssdk/check", {**signed, "url": "http://service.test/"}))["ok"]
    assert first["ticket"] not in repr(await bench.items("requests"))
    await bench.control("POST", "clock", {"advance": 7200})
    assert not (await bench.control("POST", "jssdk/check", signed))["ok"]
    fresh = await bench.get(TICKET, access_token=await bench.token(), type="jsapi")
    assert fresh["ticket"] != first["ticket"]
    assert (await bench.send(token=first["ticket"]))["errcode"] == 40001
    assert (await bench.get(TICKET, access_token=await bench.token(), type="x"))["errcode"] == 40097


async def test_templates_come_from_the_library_and_go(bench: Bench) -> None:
    async def ids() -> list[str]:
        listed = await bench.get(ALL, access_token=await bench.token())
        return [template["template_id"] for template in listed["template_list"]]

    before = await ids()
    assert "biz-ticket-progress" not in before
    body = {"template_id_short": "43216", "keyword_name_list": ["上门时间", "服务人员"]}
    added = (await bench.post(ADD, body))["template_id"]
    listed = (await bench.get(ALL, access_token=await bench.token()))["template_list"]
    assert listed[-1]["template_id"] == added
    assert listed[-1]["content"] == "上门时间:{{time5.DATA}}\n服务人员:{{name3.DATA}}\n"
    assert listed[-1]["example"] == "上门时间:2026年1月5日 14:00\n服务人员:陈师傅\n"
    data = {"time5": {"value": "15:00"}, "name3": {"value": "陈师傅"}}
    assert (await bench.send(card(template_id=added, data=data)))["errcode"] == 0
    assert (await bench.post(DELETE, {"template_id": added}))["errcode"] == 0
    assert await ids() == before
    assert (await bench.send(card(template_id=added, data=data)))["errcode"] == 40037
    assert (await bench.post(DELETE, {"template_id": added}))["errcode"] == 40037


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"template_id_short": "0"}, 40037),
        ({"template_id_short": "43216", "keyword_name_list": ["价格"]}, 40097),
        ({"template_id_short": "43216", "keyword_name_list": "价格"}, 47001),
    ],
)
async def test_what_the_library_does_not_have(bench: Bench, body: Json, code: int) -> None:
    assert (await bench.post(ADD, body))["errcode"] == code


async def test_twenty_five_templates_at_most(bench: Bench) -> None:
    codes = [(await bench.post(ADD, {"template_id_short": "47380"}))["errcode"] for _ in range(21)]
    assert codes == [0] * 20 + [45026]


async def test_subscriptions_are_listed_with_what_their_constants_admit(bench: Bench) -> None:
    path = "/wxaapi/newtmpl/gettemplate"
    mini = await bench.get(path, access_token=await bench.token(MINI))
    assert [row["priTmplId"] for row in mini["data"]] == [t.id for t in defaults.SUBSCRIPTIONS]
    assert mini["data"][0]["type"] == 2
    template = {
        "id": "sub-const",
        "title": "结果",
        "fields": [{"name": "const1", "label": "结果", "allowed": ["完成", "取消"]}],
    }
    await bench.control("POST", f"accounts/{defaults.MINI_APPID}", {"templates": [template]})
    (row,) = (await bench.get(path, access_token=await bench.token(MINI)))["data"]
    assert row["keywordEnumValueList"] == [{"keywordCode": "const1.DATA", "enumValueList": ["完成", "取消"]}]
    notices = await bench.get(path, access_token=await bench.token())
    assert [row["priTmplId"] for row in notices["data"]] == ["biz-ticket-progress"]


async def test_what_was_blocked_can_be_asked_for(bench: Bench) -> None:
    def asked(**over: object) -> Json:
        return {"tmpl_msg_id": "tpl-ticket-progress", "largest_id": 0, "limit": 1, **over}

    path = "/wxa/sec/queryblocktmplmsg"
    for word in ("优惠券", "抽奖"):
        await bench.send(card(data={**card()["data"], "thing5": {"value": word}}))
    (first,) = (await bench.post(path, asked()))["msginfo"]
    assert (first["openid"], first["title"]) == (LIN, "服务进度通知")
    assert "优惠券" in first["content"]
    (second,) = (await bench.post(path, asked(largest_id=first["id"])))["msginfo"]
    assert "抽奖" in second["content"]
    assert (await bench.post(path, asked(tmpl_msg_id="tpl-staff-notice")))["msginfo"] == []
    for over in ({"limit": 101}, {"largest_id": 2**64 - 1}, {"largest_id": "first"}):
        assert (await bench.post(path, asked(**over)))["errcode"] == 40097


async def test_followers_are_listed_by_cursor(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.user_info._AT_ONCE", 4)
    token = await bench.token()
    first = await bench.get("/cgi-bin/user/get", access_token=token)
    assert (first["total"], first["count"]) == (6, 4)
    rest = await bench.get("/cgi-bin/user/get", access_token=token, next_openid=first["next_openid"])
    listed = first["data"]["openid"] + rest["data"]["openid"]
    assert len(set(listed)) == 6
    assert STRANGER not in listed
    end = await bench.get("/cgi-bin/user/get", access_token=token, next_openid=rest["next_openid"])
    assert end == {"total": 6, "count": 0, "next_openid": ""}
    assert (await bench.get("/cgi-bin/user/get", access_token=token, next_openid="oX"))["errcode"] == 40003


async def test_where_callbacks_come_from(bench: Bench) -> None:
    answer = await bench.get("/cgi-bin/getcallbackip", access_token=await bench.token())
    assert answer == {"ip_list": ["127.0.0.1"]}


async def test_a_hundred_logins_a_minute(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(defaults, "LOGINS_A_MINUTE", 1)
    monkeypatch.setattr(bench.world.clock, "now", lambda: 1_800_000_000.0)
    answers = []
    for user in ("u-lin", "u-lin", "u-zhao"):
        code = (await bench.act(user, "login_code"))["code"]
        answers.append((await bench.get("/sns/jscode2session", **MINI, js_code=code)).get("errcode", 0))
    assert answers == [0, 45011, 0]
