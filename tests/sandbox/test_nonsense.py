"""Whatever is sent, the platform answers with a code and never falls over."""

import random

import pytest

from sandbox import defaults
from sandbox.endpoints import ENDPOINTS
from tests.sandbox.bench import LIN, MINI, MINI_LIN, OFFICIAL, Bench, Json, card

NAMES = tuple(
    "touser template_id url miniprogram data client_msg_id page miniprogram_state lang msgtype text image news"  # noqa: SIM905
    " link msgmenu miniprogrampage command scene openid content version title nickname media_url media_type path"
    " query expire_type expire_time expire_interval env_version jump_wxa width check_path button action_name"
    " action_info expire_seconds rid cgi_path appid template_id_short keyword_name_list tmpl_msg_id largest_id"
    " limit code grant_type secret force_refresh".split()
)
ODD: tuple[object, ...] = (
    None,
    True,
    -1,
    2**64 - 1,
    2**70,
    1.5,
    "",
    "x",
    "\x00",
    "💥" * 40,
    "http://[",
    [],
    [None],
    [{}],
    {},
    {"value": 1},
    {"appid": [], "pagepath": {}},
    {"media_id": {}},
    {"articles": [{"title": []}]},
    {"list": [{"id": {}, "content": []}]},
    {"scene": {"scene_str": 5}},
)
KNOWN: Json = {
    **card(LIN),
    "openid": MINI_LIN,
    "version": 2,
    "scene": 2,
    "content": "好",
    "msgtype": "text",
    "text": {"content": "好"},
    "media_type": 2,
    "media_url": "http://127.0.0.1/x",
    "action_name": "QR_STR_SCENE",
    "appid": defaults.OFFICIAL_APPID,
}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.path)
async def test_nonsense_is_answered(bench: Bench, endpoint: object) -> None:
    assert isinstance(endpoint, type(ENDPOINTS[0]))
    dice = random.Random(endpoint.path)
    await bench.act("u-lin", "open_mini", page="p")
    await bench.act("u-lin", "send_text", text="在吗")
    tokens = [await bench.token(OFFICIAL), await bench.token(MINI)]
    bodies = [{**KNOWN, name: odd} for name in dice.sample(NAMES, 8) for odd in dice.sample(ODD, 3)]
    bodies += [{name: dice.choice(ODD) for name in NAMES} for _ in range(6)]
    for body in bodies:
        query = {"access_token": dice.choice(tokens), "type": dice.choice(["image", "jsapi", ""])}
        query |= {name: str(value) for name, value in body.items() if dice.random() < 0.3 and name != "data"}
        if endpoint.method == "GET":
            response = await bench.client.get(endpoint.path, params=query)
        else:
            response = await bench.client.post(endpoint.path, params=query, json=body)
        assert response.status_code == 200
        if response.headers["content-type"] != "image/jpeg":
            assert isinstance(response.json(), dict)
