import httpx
import pytest

from sandbox import defaults
from sandbox.checking import is_loopback
from tests.sandbox.bench import LIN, MINI_LIN, Bench, Json

TEXT, MEDIA = "/wxa/msg_sec_check", "/wxa/media_check_async"
PICTURE = "http://127.0.0.1:8000/files/leak.jpg"


def said(content: object, **over: object) -> Json:
    return {"content": content, "version": 2, "scene": 2, "openid": MINI_LIN, **over}


def shown(url: str = PICTURE, **over: object) -> Json:
    return {"media_url": url, "media_type": 2, "version": 2, "scene": 1, "openid": MINI_LIN, **over}


@pytest.fixture
async def visited(bench: Bench) -> Bench:
    await bench.act("u-lin", "open_mini", page="pages/index")
    return bench


@pytest.mark.parametrize(
    ("content", "suggest", "label"),
    [
        ("师傅很准时，修得也好", "pass", 100),
        ("你这个傻逼", "risky", 20003),
        ("疑似有问题", "review", 21000),
        ("疑似赌博", "risky", 20006),
    ],
)
async def test_words_decide(visited: Bench, content: str, suggest: str, label: int) -> None:
    answer = await visited.as_mini(TEXT, said(content))
    assert (answer["errcode"], answer["result"]) == (0, {"suggest": suggest, "label": label})
    assert answer["trace_id"]
    assert answer["detail"][0]["suggest"] == suggest


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (said(""), 44004),
        (said("好" * 2501), 40097),
        (said("好", version=1), 40097),
        (said("好", scene=9), 40097),
        (said("好", openid=""), 41009),
        (said("好", openid=LIN), 43104),
    ],
)
async def test_refuses(visited: Bench, body: Json, code: int) -> None:
    assert (await visited.as_mini(TEXT, body))["errcode"] == code


async def test_only_what_a_recent_visitor_says_is_checked(bench: Bench) -> None:
    assert (await bench.as_mini(TEXT, said("好")))["errcode"] == 61010
    await bench.act("u-lin", "open_mini", page="pages/index", query="a=1")
    assert (await bench.as_mini(TEXT, said("好")))["errcode"] == 0
    await bench.control("POST", "clock", {"advance": 2 * 3600 + 1})
    assert (await bench.as_mini(TEXT, said("好")))["errcode"] == 61010
    assert (await bench.as_mini(MEDIA, shown()))["errcode"] == 61010


async def test_a_login_is_a_visit(bench: Bench) -> None:
    code = (await bench.act("u-lin", "login_code"))["code"]
    secret = {"appid": defaults.MINI_APPID, "secret": defaults.MINI_SECRET}
    await bench.get("/sns/jscode2session", **secret, js_code=code)
    assert (await bench.as_mini(TEXT, said("好")))["errcode"] == 0


async def test_only_mini_programs_check(visited: Bench) -> None:
    assert (await visited.post(TEXT, said("好")))["errcode"] == 48001


async def test_a_picture_is_fetched_and_judged_later(visited: Bench) -> None:
    visited.service.pictures["/files/leak.jpg"] = b"\xff\xd8\xff picture"
    accepted = await visited.as_mini(MEDIA, shown())
    assert accepted["errcode"] == 0
    (event,) = await visited.pushed_json("wxa_media_check")
    assert (event["trace_id"], event["version"], event["errcode"]) == (accepted["trace_id"], 2, 0)
    assert event["result"] == {"suggest": "pass", "label": 100}
    assert event["detail"][0]["strategy"] == "content_model"
    assert event["appid"] == defaults.MINI_APPID


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/files/gone.jpg", "http://pictures.example/leak.jpg"])
async def test_a_picture_that_cannot_be_fetched(visited: Bench, url: str) -> None:
    visited.service.pictures["/leak.jpg"] = b"there, but not on this machine"
    assert (await visited.as_mini(MEDIA, shown(url)))["errcode"] == 0
    (event,) = await visited.pushed_json("wxa_media_check")
    assert (event["errcode"], event["result"]) == (-1008, {})


async def test_the_verdict_can_be_told_beforehand(visited: Bench) -> None:
    visited.service.pictures |= {"/files/leak.jpg": b"1", "/files/risky.jpg": b"2"}
    await visited.fault({"content": "review"}, times=1, path=MEDIA)
    for url in (PICTURE, PICTURE.replace("leak", "risky"), PICTURE):
        await visited.as_mini(MEDIA, shown(url))
    events = await visited.pushed_json("wxa_media_check")
    assert sorted(event["result"]["suggest"] for event in events) == ["pass", "review", "risky"]
    await visited.fault({"content": "risky"}, path=TEXT)
    assert (await visited.as_mini(TEXT, said("好")))["result"]["suggest"] == "risky"


@pytest.mark.parametrize("over", [{"media_type": 3}, {"media_url": "ftp://x"}])
async def test_media_that_is_not_checked(visited: Bench, over: Json) -> None:
    assert (await visited.as_mini(MEDIA, shown(**over)))["errcode"] == 40097


async def test_a_verdict_has_to_be_one(bench: Bench) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        await bench.fault({"content": "fine"})


@pytest.mark.parametrize(
    ("url", "yes"),
    [
        ("http://127.0.0.1:1/x", True),
        ("http://[::1]/x", True),
        ("https://localhost/x", True),
        ("http://10.0.0.1/", False),
        ("http://localhost.example/", False),
        ("http://127.0.0.1@example.com/", False),
    ],
)
def test_nothing_but_this_machine_is_reached(url: str, yes: bool) -> None:
    assert is_loopback(url) is yes
