import io
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from PIL import Image

from sandbox import defaults, links
from tests.sandbox.bench import LIN, MINI, MINI_LIN, Bench, Json
from tests.sandbox.reading import read_picture

URL_LINK, SCHEME, CODE = "/wxa/generate_urllink", "/wxa/generatescheme", "/wxa/getwxacodeunlimit"
DAY = 86_400


async def _code(bench: Bench, **over: object) -> httpx.Response:
    body = {"scene": "a=7F2K", "page": "pages/asset", **over}
    return await bench.client.post(CODE, params={"access_token": await bench.token(MINI)}, json=body)


async def test_a_link_opens_the_page_for_anybody_until_it_expires(bench: Bench) -> None:
    body = {"path": "pages/ticket", "query": "n=HX1", "expire_type": 1, "expire_interval": 30}
    link = (await bench.as_mini(URL_LINK, body))["url_link"]
    assert link.startswith("http://wechat.test/wxaurl/")
    for user in ("u-lin", "u-zhao"):
        opened = await bench.act(user, "open_link", url=link)
        assert opened == {"appid": defaults.MINI_APPID, "path": "pages/ticket", "query": "n=HX1"}
    browser = await bench.client.get(f"{link}?cq=from%3Dsms")
    assert browser.status_code == 302
    assert parse_qs(urlsplit(browser.headers["location"]).query) == {
        "mini": [defaults.MINI_APPID],
        "path": ["pages/ticket"],
        "query": ["n=HX1&from=sms"],
    }
    (kept,) = await bench.items("links")
    assert (kept["kind"], kept["opened"]) == ("urllink", 3)
    await bench.control("POST", "clock", {"advance": 30 * DAY + 1})
    gone = await bench.client.get(link)
    assert (gone.status_code, "链接已过期" in gone.text) == (410, True)
    with pytest.raises(httpx.HTTPStatusError):
        await bench.act("u-lin", "open_link", url=link)


async def test_a_scheme_opens_on_the_phone(bench: Bench) -> None:
    body = {"jump_wxa": {"path": "pages/ticket", "query": "n=1"}, "is_expire": True}
    made = await bench.as_mini(SCHEME, body)
    assert made["openlink"].startswith("weixin://dl/business/?t=")
    assert (await bench.act("u-lin", "open_link", url=made["openlink"]))["path"] == "pages/ticket"


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"path": "pages/none"}, 40165),
        ({"path": "pages/ticket?n=1"}, 40165),
        ({"query": "x" * 1025}, 40212),
        ({"query": "名字=林"}, 40212),
        ({"env_version": "beta"}, 85402),
        ({"expire_type": 1, "expire_interval": 31}, 85403),
        ({"expire_type": 0, "expire_time": 1}, 85401),
    ],
)
async def test_a_link_has_limits(bench: Bench, over: Json, code: int) -> None:
    await bench.control("POST", f"accounts/{defaults.MINI_APPID}", {"pages": ["pages/ticket"]})
    body = {"path": "pages/ticket", "query": "n=1", "expire_type": 1, "expire_interval": 1, **over}
    assert (await bench.as_mini(URL_LINK, body))["errcode"] == code


async def test_links_and_schemes_share_a_quota(bench: Bench) -> None:
    await bench.control("POST", f"accounts/{defaults.MINI_APPID}", {"daily_quotas": {URL_LINK: 2, SCHEME: 2}})
    assert (await bench.as_mini(URL_LINK, {"path": ""}))["errcode"] == 0
    assert (await bench.as_mini(SCHEME, {}))["errcode"] == 0
    assert (await bench.as_mini(SCHEME, {}))["errcode"] == 44993


async def test_a_hundred_links_a_second(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(defaults, "LINKS_A_SECOND", 1)
    monkeypatch.setattr(bench.world.clock, "now", lambda: 1_800_000_000.0)
    token = await bench.token(MINI)
    assert (await bench.post(URL_LINK, {"path": ""}, token))["errcode"] == 0
    assert (await bench.post(URL_LINK, {"path": ""}, token))["errcode"] == 44990


async def test_a_code_is_a_picture_that_a_camera_reads(bench: Bench) -> None:
    answer = await _code(bench, width=300)
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (300, 300)
    seen = read_picture(answer.content)
    scanned = await bench.act("u-lin", "scan", text=seen)
    assert scanned == {
        "kind": "mini",
        "appid": defaults.MINI_APPID,
        "path": "pages/asset",
        "query": "scene=a%3D7F2K",
    }
    users = {user["id"]: user for user in await bench.items("users")}
    mini = next(who for who in users["u-lin"]["identities"] if who["openid"] == MINI_LIN)
    assert mini["last_page"] == "pages/asset?scene=a%3D7F2K"
    assert mini["last_visit_at"]
    browser = await bench.client.get(urlsplit(seen).path)
    assert parse_qs(urlsplit(browser.headers["location"]).query)["query"] == ["scene=a%3D7F2K"]


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"scene": ""}, 40169),
        ({"scene": "x" * 33}, 40169),
        ({"scene": {"a": 1}}, 40169),
        ({"scene": "空调"}, 40129),
        ({"scene": "a b"}, 40129),
        ({"page": "/pages/asset"}, 40165),
        ({"page": "pages/asset?x=1"}, 40165),
        ({"page": "pages/none"}, 41030),
        ({"env_version": "beta"}, 85096),
        ({"width": 200}, 40097),
    ],
)
async def test_a_code_has_limits(bench: Bench, over: Json, code: int) -> None:
    await bench.control("POST", f"accounts/{defaults.MINI_APPID}", {"pages": ["pages/asset"]})
    assert (await _code(bench, **over)).json()["errcode"] == code


async def test_a_page_that_is_not_checked(bench: Bench) -> None:
    await bench.control("POST", f"accounts/{defaults.MINI_APPID}", {"pages": ["pages/asset"]})
    for over in ({"check_path": False}, {"env_version": "trial"}):
        answer = await _code(bench, page="pages/none", **over)
        assert answer.headers["content-type"] == "image/jpeg"


async def test_the_code_of_an_account_says_its_address(bench: Bench) -> None:
    body = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "badge-7"}}}
    made = await bench.post("/cgi-bin/qrcode/create", body)
    shown = await bench.client.get("/cgi-bin/showqrcode", params={"ticket": made["ticket"]})
    assert read_picture(shown.content) == made["url"]
    scanned = await bench.act("u-lin", "scan", text=made["url"])
    assert scanned == {"kind": "account", "event": "SCAN", "scene": "badge-7"}
    (event,) = await bench.pushed("SCAN")
    assert (event["FromUserName"], event["EventKey"], event["Ticket"]) == (LIN, "badge-7", made["ticket"])
    assert [code["scene"] for code in await bench.items("qrcodes")] == ["badge-7"]


async def test_other_pictures(bench: Bench) -> None:
    assert (await bench.act("u-lin", "scan", text="https://service.test/h5"))["kind"] == "url"
    with pytest.raises(httpx.HTTPStatusError):
        await bench.act("u-lin", "scan", text="hello")


@pytest.mark.parametrize("text", ["weixin://dl/business/", "http://wechat.test/other/x", "", "http://["])
def test_what_names_no_link(text: str) -> None:
    assert links.code_in(text) == ""
