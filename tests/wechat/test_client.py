import asyncio
import logging
import socket

import httpx
import pytest

from app.wechat.accounts import Account, Endpoints, ForeignHost
from app.wechat.api.doors import create_menu, create_qrcode, js_ticket
from app.wechat.api.identity import code_to_session, get_phone_number, oauth_access_token, user_info
from app.wechat.api.messages import send_subscribe, send_template, send_text
from app.wechat.api.quotas import quota_get, rid_get
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import (
    BreakerOpen,
    CredentialConflict,
    ErrorClass,
    Refused,
    ServerFailed,
    Unanswered,
    Unreachable,
    Unreadable,
)
from app.wechat.http import MAX_CONNECTIONS, Http
from app.wechat.tokens import TokenKeeper
from tests.wechat.conftest import ACCOUNT, Rig
from tests.wechat.platform import Answer, Fault, Reply

SEND = "/cgi-bin/message/template/send"
TOKEN = "/cgi-bin/stable_token"
DATA = {"thing2": {"value": "空调不制冷 <>&😀"}}


async def send(rig: Rig, touser: str = "o1") -> str:
    client: AsyncWeChatClient = rig.client
    return await send_template(client, touser, "tpl", DATA, client_msg_id="c1")


async def test_a_template_send_is_raw_utf8_json_with_our_token(rig: Rig) -> None:
    assert await send(rig) == "3264439863978712345"

    (sent,) = rig.platform.to(SEND)
    assert sent.query == {"access_token": "T1"}
    assert sent.json == {"touser": "o1", "template_id": "tpl", "data": DATA, "client_msg_id": "c1"}
    assert "空调不制冷".encode() in sent.body
    assert b"\\u" not in sent.body


async def test_a_revoked_token_costs_one_refresh_and_one_retry(rig: Rig) -> None:
    await send(rig)
    rig.platform.revoke()

    assert await send(rig) == "3264439863978712345"

    assert [sent.query["access_token"] for sent in rig.platform.to(SEND)] == ["T1", "T1", "T2"]
    assert len(rig.platform.to(TOKEN)) == 2


async def test_fifty_concurrent_sends_after_a_revoke_share_one_refresh(rig: Rig) -> None:
    await send(rig)
    rig.platform.revoke()

    msgids = await asyncio.gather(*(send(rig, f"o{n}") for n in range(50)))

    assert len(msgids) == 50
    assert len(rig.platform.to(TOKEN)) == 2
    await send(rig)  # and no breaker opened over it


async def test_an_unchanged_refused_token_is_a_conflict_and_is_not_sent_twice(rig: Rig) -> None:
    rig.platform.refuse_all_tokens = True

    with pytest.raises(CredentialConflict) as caught:
        await send(rig)

    assert caught.value.cls is ErrorClass.LATER_MINUTE
    assert caught.value.retry_after == 30
    assert len(rig.platform.to(SEND)) == 1
    assert len(rig.platform.to(TOKEN)) == 2


async def test_a_fresh_token_refused_again_is_two_sends_at_most_then_the_breaker(rig: Rig) -> None:
    rig.platform.refuse_all_tokens = True
    await rig.keeper.token()
    rig.platform.revoke()

    for sends, tokens in ((2, 2), (3, 2), (4, 2)):
        with pytest.raises(CredentialConflict):
            await send(rig)
        assert (len(rig.platform.to(SEND)), len(rig.platform.to(TOKEN))) == (sends, tokens)

    with pytest.raises(BreakerOpen):
        await send(rig)
    assert len(rig.platform.to(SEND)) == 4

    rig.platform.refuse_all_tokens = False
    rig.clock.advance(31)
    assert await send(rig) == "3264439863978712345"


async def test_concurrent_refusals_of_one_fresh_token_are_one_error(rig: Rig) -> None:
    rig.platform.refuse_all_tokens = True
    await rig.keeper.token()
    rig.platform.revoke()

    outcomes = await asyncio.gather(*(send(rig) for _ in range(MAX_CONNECTIONS)), return_exceptions=True)

    assert all(isinstance(outcome, CredentialConflict) for outcome in outcomes)
    rig.platform.refuse_all_tokens = False
    await send(rig)


async def test_a_reset_after_the_body_was_read_leaves_the_outcome_unknown(rig: Rig) -> None:
    rig.platform.script(SEND, Fault.RESET)

    with pytest.raises(Unanswered) as caught:
        await send(rig)

    assert caught.value.cls is ErrorClass.UNKNOWN
    assert len(rig.platform.to(SEND)) == 1


async def test_no_answer_in_time_leaves_the_outcome_unknown(rig: Rig, hasty_rig: Rig) -> None:
    rig.platform.script(SEND, Fault.HANG)
    client = AsyncWeChatClient(ACCOUNT, rig.endpoints, rig.keeper, hasty_rig.http)
    await rig.keeper.token()

    with pytest.raises(Unanswered):
        await send_template(client, "o1", "tpl", DATA)


@pytest.mark.parametrize("answer", [Fault.RESET, Fault.HANG, Reply(b"<html>"), Reply(b"", 502), {"a": 1}])
async def test_trouble_with_the_token_never_makes_the_message_unknown(hasty_rig: Rig, answer: Answer) -> None:
    hasty_rig.platform.script(TOKEN, answer)

    with pytest.raises(Unreachable) as caught:
        await send(hasty_rig)

    assert caught.value.cls is ErrorClass.SOON
    assert hasty_rig.platform.to(SEND) == []


async def test_a_refused_connection_wrote_nothing(rig: Rig) -> None:
    with socket.socket() as taken:  # bound but not listening, so nobody else answers there
        taken.bind(("127.0.0.1", 0))
        endpoints = Endpoints(api=f"http://127.0.0.1:{taken.getsockname()[1]}")
        await rig.keeper.token()
        client = AsyncWeChatClient(ACCOUNT, endpoints, rig.keeper, rig.http)

        with pytest.raises(Unreachable) as caught:
            await send_template(client, "o1", "tpl", DATA)

    assert caught.value.cls is ErrorClass.SOON


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ConnectError("x"), Unreachable),
        (httpx.ConnectTimeout("x"), Unreachable),
        (httpx.PoolTimeout("x"), Unreachable),
        (httpx.WriteTimeout("x"), Unanswered),
        (httpx.WriteError("x"), Unanswered),
        (httpx.ReadTimeout("x"), Unanswered),
        (httpx.RemoteProtocolError("x"), Unanswered),
    ],
)
async def test_only_what_fails_before_the_first_byte_is_unreachable(
    error: httpx.HTTPError, expected: type[Exception]
) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(expected):
        await Http(httpx.MockTransport(fail)).send("POST", "http://x/", content=b"{}")


async def test_at_most_sixteen_calls_are_on_the_wire_and_waiting_for_one_is_bounded() -> None:
    release, full, busy = asyncio.Event(), asyncio.Event(), 0

    async def hold(_request: httpx.Request) -> httpx.Response:
        nonlocal busy
        busy += 1
        if busy == 16:
            full.set()
        await release.wait()
        return httpx.Response(200, json={})

    async with Http(httpx.MockTransport(hold), wait_seconds=0.05) as http:
        held = [asyncio.create_task(http.send("GET", "http://x/")) for _ in range(16)]
        await asyncio.wait_for(full.wait(), 2)
        with pytest.raises(Unreachable, match="busy"):
            await http.send("GET", "http://x/")
        assert busy == 16
        release.set()
        await asyncio.gather(*held)
        assert (await http.send("GET", "http://x/")).status == 200


@pytest.mark.parametrize(("status", "cls"), [(500, "soon"), (502, "soon"), (429, "soon"), (404, "config")])
async def test_an_http_status_is_told_apart(rig: Rig, status: int, cls: str) -> None:
    rig.platform.script(SEND, Reply(b'{"errcode":0}', status))

    with pytest.raises(ServerFailed) as caught:
        await send(rig)

    assert (caught.value.status, caught.value.cls) == (status, cls)


@pytest.mark.parametrize("body", [b"<html>oops</html>", b"", b'{"errcode":0', b"[1]", b'{"errcode":"no"}'])
async def test_a_garbage_answer_is_unreadable_and_unknown(rig: Rig, body: bytes) -> None:
    rig.platform.script(SEND, Reply(body))

    with pytest.raises(Unreadable) as caught:
        await send(rig)

    assert caught.value.cls is ErrorClass.UNKNOWN


async def test_a_refusal_carries_code_class_and_rid_and_is_not_retried(rig: Rig) -> None:
    rig.platform.script(
        SEND, {"errcode": 43004, "errmsg": "require subscribe rid: 6385c6c1-0fcadca1-22c1fc91"}
    )

    with pytest.raises(Refused) as caught:
        await send(rig)

    assert caught.value.errcode == 43004
    assert caught.value.errmsg == "require subscribe"
    assert caught.value.rid == "6385c6c1-0fcadca1-22c1fc91"
    assert caught.value.cls is ErrorClass.USER
    assert len(rig.platform.to(SEND)) == 1


async def test_a_code_that_means_already_accepted_is_success(rig: Rig) -> None:
    rig.platform.script(SEND, {"errcode": 45065, "errmsg": "clientmsgid exist", "msgid": 7})

    assert await send(rig) == "7"


async def test_raw_control_characters_and_broken_utf8_in_an_answer_are_survived(rig: Rig) -> None:
    rig.platform.script("/cgi-bin/user/info", Reply(b'{"subscribe":1,"openid":"o1","remark":"a\x01\xff"}'))

    follower = await user_info(rig.client, "o1")

    assert follower.subscribed
    assert follower.openid == "o1"


async def test_wechatpys_hard_coded_hosts_are_rewritten(rig: Rig) -> None:
    kf = "/customservice/kfsession/getsessionlist"
    rig.platform.script(kf, {"sessionlist": []}, {"errcode": 0})
    await rig.client.menu.create({"button": []})
    await rig.client.qrcode.create({"action_name": "QR_STR_SCENE"})
    await rig.client.wxa.get_wxa_code_unlimited("scene")
    await rig.client.customservice.get_session_list("kf@x")
    await rig.client.get("https://mp.weixin.qq.com/cgi-bin/showqrcode", params={"ticket": "t/="})

    assert [request.path for request in rig.platform.requests if request.path != TOKEN] == [
        "/cgi-bin/menu/create",
        "/cgi-bin/qrcode/create",
        "/wxa/getwxacodeunlimit",
        kf,
        "/mp/cgi-bin/showqrcode",
    ]
    assert rig.platform.requests[-1].query == {"ticket": "t/="}  # and no token of ours
    with pytest.raises(Unreadable, match="sessionlist"):
        await rig.client.customservice.get_session_list("kf@x")


async def test_no_other_host_is_ever_called(rig: Rig) -> None:
    for url in (
        "https://iot.weixin.qq.com/x",
        "http://169.254.169.254/latest",
        "https://api.weixin.qq.com@e/",
    ):
        with pytest.raises(ForeignHost):
            await rig.client.get(url)

    assert rig.platform.requests == []


async def test_an_image_comes_back_as_bytes(rig: Rig) -> None:
    rig.platform.script("/cgi-bin/media/get", Reply(b"\xff\xd8\xff\xe0 jpeg"))

    assert await rig.client.get("media/get", params={"media_id": "m"}) == b"\xff\xd8\xff\xe0 jpeg"


async def test_a_file_is_uploaded_as_multipart(rig: Rig) -> None:
    rig.platform.script("/cgi-bin/media/upload", {"type": "image", "media_id": "m1"})

    answer = await rig.client.media.upload("image", ("a.jpg", b"\xff\xd8"))

    assert answer["media_id"] == "m1"
    (sent,) = rig.platform.to("/cgi-bin/media/upload")
    assert sent.query["type"] == "image"
    assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b"\xff\xd8" in sent.body


async def test_login_calls_carry_no_token_and_fetch_none(rig: Rig) -> None:
    rig.platform.script("/sns/jscode2session", {"openid": "o1", "session_key": "canary-key", "unionid": "u1"})
    rig.platform.script(
        "/sns/oauth2/access_token",
        {"openid": "o2", "access_token": "canary-oauth", "scope": "snsapi_base", "is_snapshotuser": 1},
    )

    session = await code_to_session(rig.client, "c1")
    grant = await oauth_access_token(rig.client, "c2")

    assert (session.openid, session.unionid, session.session_key) == ("o1", "u1", "canary-key")
    assert (grant.openid, grant.unionid, grant.is_snapshotuser) == ("o2", None, True)
    assert "canary" not in f"{session!r}{grant!r}"
    login, oauth = rig.platform.requests
    assert login.query == {
        "appid": ACCOUNT.appid,
        "secret": ACCOUNT.secret,
        "js_code": "c1",
        "grant_type": "authorization_code",
    }
    assert oauth.query["code"] == "c2"
    assert "access_token" not in oauth.query


async def test_the_other_calls_read_their_answers(rig: Rig) -> None:
    platform, client = rig.platform, rig.client
    platform.script(
        "/wxa/business/getuserphonenumber",
        {"phone_info": {"phoneNumber": "x", "purePhoneNumber": "13800138000", "countryCode": 86}},
    )
    platform.script("/cgi-bin/openapi/quota/get", {"quota": {"daily_limit": 100, "used": 1, "remain": 99}})
    platform.script(
        "/cgi-bin/openapi/rid/get",
        {
            "request": {
                "invoke_time": 1635927298,
                "cost_in_ms": 100,
                "request_url": "https://api.weixin.qq.com/cgi-bin/x?access_token=canary",
                "request_body": "{}",
                "response_body": "{}",
            }
        },
    )
    platform.script("/cgi-bin/qrcode/create", {"ticket": "t", "url": "u", "expire_seconds": 60})
    platform.script("/cgi-bin/ticket/getticket", {"ticket": "j", "expires_in": 7200})

    phone = await get_phone_number(client, "c")
    quota = await quota_get(client, "/cgi-bin/x")
    trace = await rid_get(client, "r")
    code = await create_qrcode(client, "device-1", expire_seconds=60)
    ticket = await js_ticket(client)
    await create_menu(client, [{"type": "click", "name": "报修", "key": "report"}])
    await send_text(client, "o1", "好的")
    await send_subscribe(client, "o1", "tpl", DATA, page="pages/ticket")

    assert (phone.pure, phone.country_code) == ("13800138000", "86")
    assert (quota.daily_limit, quota.used, quota.remain) == (100, 1, 99)
    assert (trace.path, trace.milliseconds) == ("/cgi-bin/x", 100)
    assert (code.ticket, code.url, code.expire_seconds) == ("t", "u", 60)
    assert (ticket.value, ticket.expires_in) == ("j", 7200)
    (menu,) = platform.to("/cgi-bin/menu/create")
    assert menu.json == {"button": [{"type": "click", "name": "报修", "key": "report"}]}
    (subscribe,) = platform.to("/cgi-bin/message/subscribe/send")
    assert subscribe.json["miniprogram_state"] == "formal"


async def test_every_exchange_is_reported_without_secrets(rig: Rig) -> None:
    rig.platform.script(SEND, {"errcode": -1, "errmsg": "system error"})
    with pytest.raises(Refused):
        await send(rig)
    await send(rig)

    assert [report.path for report in rig.reports] == [SEND, SEND]
    failed, fine = (report.error for report in rig.reports)
    assert failed is not None
    assert failed.errcode == -1
    assert fine is None


async def test_nothing_secret_is_ever_logged(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await send(rig)
        rig.platform.revoke()
        await send(rig)

    log = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert ACCOUNT.secret not in log
    assert "T1" not in log
    assert "T2" not in log
    assert ACCOUNT.secret not in repr(ACCOUNT)
    assert ACCOUNT.token not in repr(ACCOUNT)


async def test_wechatpys_own_token_code_is_out_of_reach(rig: Rig) -> None:
    with pytest.raises(AttributeError):
        _ = rig.client.access_token
    with pytest.raises(NotImplementedError):
        rig.client.fetch_access_token()


async def test_two_accounts_share_a_pool_and_a_store_but_not_a_token(rig: Rig) -> None:
    mini = Account("wx0000000000000002", "mini", "other-secret", "other-token")
    other = TokenKeeper(mini, rig.endpoints, rig.store, rig.http, now=rig.clock)

    await rig.keeper.token()
    await other.token()

    assert [asked.json["appid"] for asked in rig.platform.to(TOKEN)] == [ACCOUNT.appid, mini.appid]
