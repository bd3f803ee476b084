"""Pictures that people send, and questions with entries to tap, over a real socket."""

import pytest

from app.platform import Platform
from app.wechat.accounts import Account
from app.wechat.api.conversation import picture, send_menu
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import Refused, Unreachable, Unreadable
from app.wechat.http import MAX_ANSWER
from app.wechat.notes import note
from tests.wechat.conftest import Rig
from tests.wechat.platform import Reply

MEDIA = "/cgi-bin/media/get"
SEND = "/cgi-bin/message/custom/send"


async def test_a_picture_comes_as_bytes_from_the_platforms_own_host(rig: Rig) -> None:
    rig.platform.script(MEDIA, Reply(b"\xff\xd8\xff\xe0 picture"))
    assert await picture(rig.client, "media 1&x") == b"\xff\xd8\xff\xe0 picture"
    (asked,) = rig.platform.to(MEDIA)
    assert (asked.method, asked.query["media_id"]) == ("GET", "media 1&x")


async def test_a_picture_that_is_gone_is_refused_with_its_code(rig: Rig) -> None:
    rig.platform.script(MEDIA, {"errcode": 40007, "errmsg": "invalid media_id rid: 1-2-3"})
    with pytest.raises(Refused) as refused:
        await picture(rig.client, "old")
    assert (refused.value.errcode, refused.value.known) == (40007, True)


async def test_a_video_where_a_picture_should_be_is_unreadable(rig: Rig) -> None:
    rig.platform.script(MEDIA, {"video_url": "http://elsewhere/"})
    with pytest.raises(Unreadable):
        await picture(rig.client, "m")


async def test_no_answer_fills_the_memory(rig: Rig) -> None:
    rig.platform.script(MEDIA, Reply(b"\xff" * (MAX_ANSWER + 1)))
    with pytest.raises(Unreadable, match="too large"):
        await picture(rig.client, "m")
    rig.platform.script(MEDIA, Reply(b"\xff" * MAX_ANSWER))
    assert len(await picture(rig.client, "m")) == MAX_ANSWER


async def test_the_menu_of_a_question(rig: Rig) -> None:
    await send_menu(rig.client, "o1", "您满意吗？", [("7711", "满意"), ("7712", "一般")])
    (sent,) = rig.platform.to(SEND)
    assert sent.json == {
        "touser": "o1",
        "msgtype": "msgmenu",
        "msgmenu": {
            "head_content": "您满意吗？",
            "list": [{"id": "7711", "content": "满意"}, {"id": "7712", "content": "一般"}],
            "tail_content": "",
        },
    }


class Clients(Platform):
    """The platform as far as it is its clients."""

    def __init__(self, clients: dict[str, AsyncWeChatClient]) -> None:
        self._clients = clients


async def test_each_account_has_its_own_chat(rig: Rig) -> None:
    appid = rig.client.account.appid
    clients = Clients({appid: rig.client})
    assert clients.answers_in_passing(appid)
    assert not clients.answers_in_passing("wx-unknown")
    await clients.say(appid, "o1", "您好")
    assert rig.platform.to(SEND)[0].json["text"] == {"content": "您好"}
    rig.platform.script(MEDIA, Reply(b"\xff\xd8"))
    assert await clients.picture(appid, "m") == b"\xff\xd8"
    with pytest.raises(Unreachable):
        await clients.picture("wx-unknown", "m")


def test_a_mini_program_cannot_answer_in_passing(rig: Rig) -> None:
    rig.client.account = Account("wx0000000000000002", "mini", "s", "t")
    clients = Clients({"wx0000000000000002": rig.client})
    assert not clients.answers_in_passing("wx0000000000000002")


def test_a_kind_that_nobody_knows_keeps_its_name() -> None:
    assert note("hologram" * 20, {}).startswith("[hologram")
    assert len(note("hologram" * 20, {})) < 80
    assert note("file", {"Title": "a.pdf"}) == "[文件] a.pdf"
