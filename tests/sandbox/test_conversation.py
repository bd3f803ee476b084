"""Pictures, places and menus in the chat; and the windows of a mini-program's customer service."""

import httpx
import pytest

from sandbox import defaults
from sandbox.calls import Upload
from sandbox.media import keep
from sandbox.pictures import sample_photo
from tests.sandbox.bench import LIN, MINI, MINI_LIN, Bench, Json

CUSTOM, TYPING = "/cgi-bin/message/custom/send", "/cgi-bin/message/custom/typing"
MENU = {
    "head_content": "这次维修您满意吗？",
    "list": [{"id": "101", "content": "满意"}, {"id": "102", "content": "不满意"}],
    "tail_content": "感谢您的回复",
}


def saying(kind: str, content: object, touser: str = LIN) -> Json:
    return {"touser": touser, "msgtype": kind, kind: content}


def _picture(bench: Bench, appid: str = defaults.OFFICIAL_APPID, kind: str = "image") -> str:
    with bench.world.store.writing():
        return keep(bench.world, appid, kind, "image/jpeg", Upload("p.jpg", sample_photo()))


async def _shown(bench: Bench) -> Json:
    return (await bench.items("messages?channel=custom"))[-1]


async def test_each_kind_is_kept_as_a_page_needs_it(bench: Bench) -> None:
    await bench.act("u-lin", "send_text", text="在吗")
    media_id = _picture(bench)
    page = {
        "title": "维修进度",
        "appid": defaults.MINI_APPID,
        "pagepath": "pages/ticket",
        "thumb_media_id": media_id,
    }
    article = {"title": "保养知识", "description": "滤网", "url": "http://service.test/a", "picurl": ""}
    for kind, content, text in (
        ("image", {"media_id": media_id}, "[图片]"),
        ("news", {"articles": [article]}, "保养知识"),
        ("miniprogrampage", page, "维修进度"),
        ("msgmenu", MENU, "这次维修您满意吗？\n▸ 满意\n▸ 不满意\n感谢您的回复"),
    ):
        assert (await bench.post(CUSTOM, saying(kind, content)))["errcode"] == 0, kind
        assert ((shown := await _shown(bench))["kind"], shown["text"]) == (kind, text)
    assert shown["content"]["choices"] == MENU["list"]
    page_card = (await bench.items("messages?channel=custom"))[2]
    assert page_card["miniprogram"] == {"appid": defaults.MINI_APPID, "pagepath": "pages/ticket"}
    assert page_card["content"]["picture"] == f"http://wechat.test/mmbiz/{media_id}"


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("image", {"media_id": "none"}, 40007),
        ("news", {"articles": []}, 44004),
        ("news", {"articles": [{}, {}]}, 45008),
        ("miniprogrampage", {"appid": "wx0", "pagepath": "p", "thumb_media_id": "x"}, 40013),
        ("miniprogrampage", {"appid": defaults.MINI_APPID, "pagepath": ""}, 40165),
        ("miniprogrampage", {"appid": defaults.MINI_APPID, "pagepath": "p", "thumb_media_id": "x"}, 40007),
        ("msgmenu", {"list": []}, 44004),
        ("msgmenu", {"list": [{"id": "1"}]}, 44004),
        ("link", {}, 44004),
    ],
)
async def test_what_is_wrong_costs_no_reply(bench: Bench, kind: str, content: Json, code: int) -> None:
    await bench.act("u-lin", "send_text", text="在吗")
    assert (await bench.post(CUSTOM, saying(kind, content)))["errcode"] == code
    sent = [(await bench.post(CUSTOM, saying("text", {"content": "好"})))["errcode"] for _ in range(6)]
    assert sent == [0, 0, 0, 0, 0, 45047]


async def test_escaped_characters_are_refused(bench: Bench) -> None:
    await bench.act("u-lin", "send_text", text="在吗")
    query = {"access_token": await bench.token()}
    head = b'{"touser":"%s","msgtype":"text","text":{"content":"' % LIN.encode()
    for content, code in ((b"\\u60a8\\u597d", 40033), (b"C:\\\\users", 0)):
        answer = await bench.client.post(CUSTOM, params=query, content=head + content + b'"}}')
        assert answer.json()["errcode"] == code


async def test_one_tap_on_a_menu_answers_with_its_id(bench: Bench) -> None:
    await bench.act("u-lin", "send_text", text="在吗")
    await bench.post(CUSTOM, saying("msgmenu", MENU))
    shown = await _shown(bench)
    await bench.act("u-lin", "tap_menu", id=shown["id"], choice="102")
    _, tapped = await bench.pushed("text")
    assert (tapped["Content"], tapped["bizmsgmenuid"]) == ("不满意", "102")
    for user, choice in (("u-lin", "103"), ("u-zhao", "101")):
        with pytest.raises(httpx.HTTPStatusError):
            await bench.act(user, "tap_menu", id=shown["id"], choice=choice)


async def test_a_picture_can_be_fetched_by_its_address_and_its_id(bench: Bench) -> None:
    sent = await bench.act("u-lin", "send_image")
    (image,) = await bench.pushed("image")
    assert (image["PicUrl"], image["MediaId"]) == (sent["picture"], sent["media_id"])
    assert image["MsgId"] == sent["msgid"]
    by_address = await bench.client.get(image["PicUrl"])
    query = {"access_token": await bench.token(), "media_id": image["MediaId"]}
    by_id = await bench.client.get("/cgi-bin/media/get", params=query)
    assert by_address.content == by_id.content == sample_photo()
    with pytest.raises(httpx.HTTPStatusError):
        await bench.act("u-lin", "send_image", media_id="unheard-of")


async def test_a_place_and_where_somebody_is(bench: Bench) -> None:
    await bench.act("u-lin", "send_location", latitude=23.134521, longitude=113.358803, label="天河区")
    (place,) = await bench.pushed("location")
    assert (place["Location_X"], place["Location_Y"], place["Label"]) == ("23.134521", "113.358803", "天河区")
    await bench.act("u-lin", "report_location", latitude=23.1, longitude=113.3)
    (where,) = await bench.pushed("LOCATION")
    assert (where["Latitude"], where["Longitude"]) == ("23.100000", "113.300000")
    await bench.act("u-lin", "menu_mini", page="pages/report")
    assert [event["EventKey"] for event in await bench.pushed("view_miniprogram")] == ["pages/report"]


async def test_the_customer_service_of_a_mini_program(bench: Bench) -> None:
    token = await bench.token(MINI)
    hello = saying("text", {"content": "您好"}, MINI_LIN)

    async def send(times: int) -> list[int]:
        return [int((await bench.post(CUSTOM, hello, token))["errcode"]) for _ in range(times)]

    assert await send(1) == [45015]
    await bench.act("u-lin", "enter_session", session_from="ticket=HX1")
    (entered,) = await bench.pushed_json("user_enter_tempsession")
    assert entered["SessionFrom"] == "ticket=HX1"
    assert await send(3) == [0, 0, 45047]
    await bench.act("u-lin", "send_text", appid=defaults.MINI_APPID, text="在吗")
    (text,) = await bench.pushed_json("text")
    assert (text["FromUserName"], text["Content"]) == (MINI_LIN, "在吗")
    assert await send(6) == [0, 0, 0, 0, 0, 45047]
    article = saying("news", {"articles": [{"title": "x"}]}, MINI_LIN)
    assert (await bench.post(CUSTOM, article, token))["errcode"] == 40008
    await bench.control("POST", "clock", {"advance": 48 * 3600 + 1})
    assert await send(1) == [42001]
    with pytest.raises(httpx.HTTPStatusError):
        await bench.act("u-lin", "enter_session", appid=defaults.OFFICIAL_APPID)


async def test_a_mini_program_sends_its_own_pages_and_links(bench: Bench) -> None:
    await bench.act("u-lin", "send_text", appid=defaults.MINI_APPID, text="在吗")
    thumb = _picture(bench, defaults.MINI_APPID)
    page = {"title": "工单", "pagepath": "pages/ticket?n=1", "thumb_media_id": thumb}
    link = {"title": "说明", "description": "", "url": "http://service.test/x", "thumb_url": ""}
    for kind, content in (("miniprogrampage", page), ("link", link)):
        assert (await bench.as_mini(CUSTOM, saying(kind, content, MINI_LIN)))["errcode"] == 0
    shown = await bench.items("messages?channel=custom")
    assert shown[0]["miniprogram"] == {"appid": defaults.MINI_APPID, "pagepath": "pages/ticket?n=1"}
    assert shown[1]["url"] == "http://service.test/x"


async def test_is_typing(bench: Bench) -> None:
    def command(name: str) -> Json:
        return {"touser": LIN, "command": name}

    assert (await bench.post(TYPING, command("Typing")))["errcode"] == 45015
    await bench.act("u-lin", "send_text", text="在吗")
    assert (await bench.post(TYPING, command("Dancing")))["errcode"] == 45072
    answers = [(await bench.post(TYPING, command("Typing")))["errcode"] for _ in range(2)]
    assert answers == [0, 45081]
    assert (await bench.post(TYPING, command("CancelTyping")))["errcode"] == 0
    assert (await bench.post(TYPING, command("Typing")))["errcode"] == 0


async def test_authorisation_taken_back_names_the_person_inside(bench: Bench) -> None:
    await bench.act("u-lin", "revoke_authorization", revoke_info="8,20")
    await bench.act("u-lin", "modify_user_info")
    await bench.act("u-lin", "cancel_account", appid=defaults.OFFICIAL_APPID)
    (revoked,) = await bench.pushed_json("user_authorization_revoke")
    assert (revoked["OpenID"], revoked["RevokeInfo"]) == (MINI_LIN, "8,20")
    assert revoked["FromUserName"] != MINI_LIN
    assert revoked["AppID"] == defaults.MINI_APPID
    (modified,) = await bench.pushed_json("user_info_modified")
    assert modified["OpenID"] == MINI_LIN
    (cancelled,) = await bench.pushed("user_authorization_cancellation")
    assert cancelled["OpenID"] == LIN


async def test_a_punishment(bench: Bench) -> None:
    await bench.control(
        "POST", f"accounts/{defaults.MINI_APPID}/punish", {"event_type": 2, "reason": "诱导分享"}
    )
    (event,) = await bench.pushed_json("wxa_punish_event")
    assert (event["event_type"], event["illegal_reason"]) == (2, "诱导分享")
    assert event["appid"] == defaults.MINI_APPID
