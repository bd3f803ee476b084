"""What people do on their phones, and what an account may say back."""

import io
import json

import httpx
import pytest
from PIL import Image

from tests.sandbox.bench import LIN, STRANGER, Bench, Json

CUSTOM = "/cgi-bin/message/custom/send"
HELLO = {"touser": LIN, "msgtype": "text", "text": {"content": "您好"}}
BUTTONS = [
    {"name": "报修", "type": "view", "url": "http://service.test/h5/report"},
    {"name": "我的", "sub_button": [{"name": "我的工单", "type": "click", "key": "MY_TICKETS"}]},
]


async def _say(bench: Bench, times: int = 1, body: Json = HELLO) -> list[int]:
    return [int((await bench.post(CUSTOM, body))["errcode"]) for _ in range(times)]


async def test_a_message_opens_five_replies_for_two_days(bench: Bench) -> None:
    assert await _say(bench) == [45015]
    await bench.act("u-lin", "send_text", text="在吗")
    assert await _say(bench, 6) == [0, 0, 0, 0, 0, 45047]
    await bench.act("u-lin", "send_text", text="还在吗")
    assert await _say(bench) == [0]
    await bench.control("POST", "clock", {"advance": 48 * 3600 + 1})
    assert await _say(bench) == [45015]


async def test_a_click_opens_three_replies_for_a_minute(bench: Bench) -> None:
    await bench.act("u-lin", "menu_click", key="MY_TICKETS")
    assert await _say(bench, 4) == [0, 0, 0, 45047]
    await bench.control("POST", "clock", {"advance": 61})
    assert await _say(bench) == [45015]


async def test_leaving_closes_every_window(bench: Bench) -> None:
    await bench.act("u-lin", "send_text", text="再见")
    await bench.act("u-lin", "unfollow")
    assert await _say(bench) == [45015]


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"touser": ""}, 41009),
        ({"touser": "oX"}, 40003),
        ({"msgtype": "hologram"}, 40008),
        ({"text": {"content": ""}}, 44004),
        ({"text": "bare"}, 47001),
    ],
)
async def test_custom_message_refuses(bench: Bench, over: Json, code: int) -> None:
    await bench.act("u-lin", "send_text", text="在吗")
    assert await _say(bench, body={**HELLO, **over}) == [code]


async def test_following_and_leaving_are_told(bench: Bench) -> None:
    assert await bench.act("u-sun", "follow") == {"changed": True}
    assert await bench.act("u-sun", "follow") == {"changed": False}
    (followed,) = await bench.pushed("subscribe")
    assert (followed["FromUserName"], followed["EventKey"]) == (STRANGER, "")
    await bench.act("u-sun", "unfollow")
    (left,) = await bench.pushed("unsubscribe")
    assert left["FromUserName"] == STRANGER


async def test_scanning_tells_the_scene_to_strangers_and_followers_alike(bench: Bench) -> None:
    made = await bench.post(
        "/cgi-bin/qrcode/create",
        {
            "expire_seconds": 600,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": "asset-7"}},
        },
    )
    assert made["expire_seconds"] == 600
    await bench.act("u-sun", "scan", ticket=made["ticket"])
    (followed,) = await bench.pushed("subscribe")
    assert (followed["EventKey"], followed["Ticket"]) == ("qrscene_asset-7", made["ticket"])
    await bench.act("u-sun", "scan", scene="asset-7")
    (scanned,) = await bench.pushed("SCAN")
    assert (scanned["EventKey"], scanned["Ticket"]) == ("asset-7", made["ticket"])
    info = await bench.get("/cgi-bin/user/info", access_token=await bench.token(), openid=STRANGER)
    assert (info["subscribe_scene"], info["qr_scene_str"]) == ("ADD_SCENE_QR_CODE", "asset-7")


async def test_a_code_has_a_picture_until_it_expires(bench: Bench) -> None:
    made = await bench.post(
        "/cgi-bin/qrcode/create",
        {
            "expire_seconds": 60,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": "badge"}},
        },
    )
    picture = await bench.client.get("/cgi-bin/showqrcode", params={"ticket": made["ticket"]})
    assert Image.open(io.BytesIO(picture.content)).format == "JPEG"
    await bench.control("POST", "clock", {"advance": 61})
    gone = await bench.client.get("/cgi-bin/showqrcode", params={"ticket": made["ticket"]})
    assert gone.status_code == 404
    with pytest.raises(httpx.HTTPStatusError):
        await bench.act("u-lin", "scan", ticket=made["ticket"])


@pytest.mark.parametrize(
    ("action", "scene"),
    [
        ("QR_STR_SCENE", {"scene_str": ""}),
        ("QR_STR_SCENE", {"scene_str": "x" * 65}),
        ("QR_LIMIT_SCENE", {"scene_id": 100_001}),
        ("QR_ODD_SCENE", {"scene_id": 1}),
        ("QR_STR_SCENE", None),
    ],
)
async def test_a_scene_has_limits(bench: Bench, action: str, scene: object) -> None:
    body = {"action_name": action, "action_info": {"scene": scene}}
    assert (await bench.post("/cgi-bin/qrcode/create", body))["errcode"] == 40053


async def test_the_menu_is_kept_and_clicks_are_told(bench: Bench) -> None:
    assert (await bench.post("/cgi-bin/menu/create", {"button": BUTTONS}))["errcode"] == 0
    token = await bench.token()
    menu = await bench.get("/cgi-bin/menu/get", access_token=token)
    assert menu["menu"]["button"] == BUTTONS
    await bench.act("u-lin", "menu_click", key="MY_TICKETS")
    await bench.act("u-lin", "menu_view", url="http://service.test/h5/report")
    assert [event["EventKey"] for event in await bench.pushed("CLICK")] == ["MY_TICKETS"]
    assert [event["EventKey"] for event in await bench.pushed("VIEW")] == ["http://service.test/h5/report"]
    await bench.get("/cgi-bin/menu/delete", access_token=token)
    assert (await bench.get("/cgi-bin/menu/get", access_token=token))["errcode"] == 46003


async def test_a_menu_of_escaped_characters_is_refused(bench: Bench) -> None:
    query, body = {"access_token": await bench.token()}, json.dumps({"button": BUTTONS})
    answer = await bench.client.post("/cgi-bin/menu/create", params=query, content=body)
    assert answer.json()["errcode"] == 40033


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], 40016),
        ([BUTTONS[0]] * 4, 40016),
        ([{"name": "一二三四五六", "type": "click", "key": "K"}], 40018),
        ([{"name": "好", "type": "dance"}], 40017),
        ([{"name": "好", "type": "click", "key": "k" * 129}], 40019),
        ([{"name": "好", "type": "view", "url": ""}], 40020),
        ([{"name": "好", "sub_button": [{"name": "子", "type": "click", "key": "K"}] * 6}], 40023),
        ([{"name": "好", "sub_button": [{"name": "子", "type": "click", "key": ""}]}], 40026),
    ],
)
async def test_a_menu_has_limits(bench: Bench, buttons: list[Json], code: int) -> None:
    assert (await bench.post("/cgi-bin/menu/create", {"button": buttons}))["errcode"] == code


async def test_tapping_a_card_opens_its_link_on_the_right_phone_only(bench: Bench) -> None:
    await bench.act("u-lin", "send_text", text="hi")
    (message,) = await bench.items("messages")
    assert await bench.act("u-lin", "tap_message", id=message["id"]) == {"url": None, "miniprogram": None}
    assert (await bench.items("messages"))[0]["tapped_at"]
    with pytest.raises(httpx.HTTPStatusError):
        await bench.act("u-zhao", "tap_message", id=message["id"])
