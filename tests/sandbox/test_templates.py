import asyncio
import re

import pytest

from sandbox import defaults
from tests.sandbox.bench import DATA, LIN, SEND, STRANGER, ZHAO, Bench, card

RID = re.compile(r" rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$")


def _with(name: str, value: object) -> dict[str, object]:
    return card(data={**DATA, name: value})


async def test_the_card_reaches_the_phone_and_the_service_hears_of_it(bench: Bench) -> None:
    answer = await bench.send(card(url="https://service.test/h5/tickets/1"))
    assert (answer["errcode"], answer["errmsg"]) == (0, "ok")
    assert 2**53 < answer["msgid"] < 2**63
    (message,) = await bench.items("messages")
    assert message["openid"] == LIN
    assert message["msgid"] == str(answer["msgid"])
    assert message["rows"][2] == {"label": "当前状态", "value": "已派单"}
    assert message["url"] == "https://service.test/h5/tickets/1"
    assert message["delivered"]
    (event,) = await bench.pushed("TEMPLATESENDJOBFINISH")
    assert event["MsgID"] == str(answer["msgid"])
    assert event["Status"] == "success"
    assert event["FromUserName"] == LIN
    assert event["ToUserName"] == "gh_huixiang"


async def test_one_client_msg_id_shows_one_card(bench: Bench) -> None:
    body = card(client_msg_id="a1")
    first, second = await bench.send(body), await bench.send(body)
    assert first == second
    assert len(await bench.items("messages")) == 1
    assert len(await bench.pushed("TEMPLATESENDJOBFINISH")) == 1
    logged = await bench.items(f"requests?path={SEND}")
    assert [(call["client_msg_id"], call["deduplicated"]) for call in logged] == [("a1", False), ("a1", True)]
    stats = await bench.control("GET", "stats")
    assert (stats["template_calls"], stats["template_sends"], stats["deduplicated"]) == (2, 1, 1)


async def test_a_client_msg_id_is_forgotten_after_ten_minutes_and_is_one_user_s_own(bench: Bench) -> None:
    await bench.send(card(client_msg_id="a1"))
    await bench.send(card(ZHAO, client_msg_id="a1"))
    await bench.control("POST", "clock", {"advance": 601})
    await bench.send(card(client_msg_id="a1"))
    assert [message["openid"] for message in await bench.items("messages")] == [LIN, ZHAO, LIN]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (card(""), 41009),
        (card("oNobody"), 40003),
        (card(STRANGER), 43004),
        (card(template_id=""), 40036),
        (card(template_id="tpl-of-somebody-else"), 40037),
        (card(data=None), 47001),
        (card(data={**DATA, "thing2": "a bare text"}), 47001),
        (card(data={**DATA, "thing2": {"value": 5}}), 47001),
        (_with("thing5", {"value": " "}), 40250),
        (_with("thing5", {"value": "领取优惠券"}), 40249),
        (_with("thing5", {"value": "赌博"}), 45168),
        (card(miniprogram={"appid": "wx0000000000000000", "pagepath": "pages/index"}), 40013),
    ],
)
async def test_refuses(bench: Bench, body: dict[str, object], code: int) -> None:
    answer = await bench.send(body)
    assert answer["errcode"] == code
    assert RID.search(answer["errmsg"])
    assert await bench.items("messages") == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (_with("thing2", {"value": "长" * 21}), "argument invalid! data.thing2.value invalid"),
        (_with("phrase3", {"value": "dispatched"}), "argument invalid! data.phrase3.value invalid"),
        (_with("time4", {"value": "明天"}), "argument invalid! data.time4.value invalid"),
        (_with("time4", {}), "argument invalid! data.time4.value is empty"),
        (
            card(data={k: v for k, v in DATA.items() if k != "time4"}),
            "argument invalid! data.time4.value is empty",
        ),
    ],
)
async def test_names_the_field_that_breaks_its_rule(bench: Bench, body: dict[str, object], text: str) -> None:
    answer = await bench.send(body)
    assert answer["errcode"] == 47003
    assert RID.sub("", answer["errmsg"]) == text


async def test_drops_first_remark_and_colour_without_a_word(bench: Bench) -> None:
    data = {name: {**value, "color": "#ff0000"} for name, value in DATA.items()}
    sent = await bench.send(card(data={**data, "first": {"value": "你好"}, "remark": {"value": "再见"}}))
    assert sent["errcode"] == 0
    (message,) = await bench.items("messages")
    assert [row["label"] for row in message["rows"]] == [
        "工单编号",
        "服务内容",
        "当前状态",
        "预计时间",
        "温馨提示",
    ]


async def test_a_mini_program_wins_over_a_url(bench: Bench) -> None:
    page = {"appid": defaults.MINI_APPID, "pagepath": "pages/ticket?n=1"}
    await bench.send(card(url="https://service.test", miniprogram=page))
    (message,) = await bench.items("messages")
    assert (message["url"], message["miniprogram"]) == (None, page)


async def test_two_sends_to_one_openid_that_overlap(slow_bench: Bench) -> None:
    token = await slow_bench.token()
    answers = await asyncio.gather(*(slow_bench.send(card(to), token) for to in (LIN, LIN, ZHAO)))
    assert [answer["errcode"] for answer in answers] == [0, 43108, 0]
    assert (await slow_bench.send(card(), token))["errcode"] == 0


async def test_a_user_who_blocks_pushes_sees_nothing_and_the_service_is_told_later(bench: Bench) -> None:
    await bench.act("u-lin", "block_push")
    assert (await bench.send())["errcode"] == 0
    (message,) = await bench.items("messages")
    assert (message["status"], message["delivered"]) == ("failed:user block", False)
    (event,) = await bench.pushed("TEMPLATESENDJOBFINISH")
    assert event["Status"] == "failed:user block"
    await bench.act("u-lin", "unblock_push")
    await bench.send()
    assert [m["delivered"] for m in await bench.items("messages")] == [False, True]


async def test_the_black_list(bench: Bench) -> None:
    await bench.act("u-lin", "blacklist")
    assert (await bench.send())["errcode"] == 43019


async def test_checks_method_then_json_then_token(bench: Bench) -> None:
    assert (await bench.get(SEND))["errcode"] == 43002
    assert (await bench.client.post(SEND, content=b"{not json")).json()["errcode"] == 47001
    assert (await bench.client.post(SEND, content=b"")).json()["errcode"] == 44002
    assert (await bench.client.post(SEND, content=b"{}")).json()["errcode"] == 41001
    assert (await bench.client.post("/cgi-bin/menu/get", content=b"{}")).json()["errcode"] == 43001
    assert (await bench.get("/cgi-bin/no/such/thing"))["errcode"] == 40066


async def test_the_daily_quota_ends_and_begins_anew(bench: Bench) -> None:
    await bench.control("POST", f"accounts/{defaults.OFFICIAL_APPID}", {"daily_quotas": {SEND: 2}})
    assert [(await bench.send())["errcode"] for _ in range(3)] == [0, 0, 45009]
    quota = await bench.post("/cgi-bin/openapi/quota/get", {"cgi_path": SEND})
    assert quota["quota"] == {"daily_limit": 2, "used": 2, "remain": 0}
    await bench.control("POST", "clock", {"advance": 86_400})
    assert (await bench.send())["errcode"] == 0


async def test_quota_can_be_cleared_ten_times_a_month(bench: Bench) -> None:
    await bench.control("POST", f"accounts/{defaults.OFFICIAL_APPID}", {"daily_quotas": {SEND: 0}})
    clear = [await bench.post("/cgi-bin/clear_quota", {"appid": defaults.OFFICIAL_APPID}) for _ in range(11)]
    assert [answer["errcode"] for answer in clear] == [0] * 10 + [48006]


async def test_a_rid_tells_what_happened(bench: Bench) -> None:
    refused = await bench.send(card("oNobody"))
    rid = refused["errmsg"].rpartition("rid: ")[2]
    answer = await bench.post("/cgi-bin/openapi/rid/get", {"rid": rid})
    assert "oNobody" in answer["request"]["request_body"]
    assert "40003" in answer["request"]["response_body"]
    assert (await bench.post("/cgi-bin/openapi/rid/get", {"rid": "0-0-0"}))["errcode"] == 76001
