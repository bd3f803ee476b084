"""Codes, links, templates and menus on the wire."""

import pytest

from app.wechat.api.codes import url_link, wxa_code
from app.wechat.api.doors import current_menu
from app.wechat.api.quotas import callback_ips
from app.wechat.api.templates import Field, fields_of, list_subscriptions, list_templates
from app.wechat.errors import Refused, Unreadable
from tests.wechat.conftest import Rig
from tests.wechat.platform import Reply

CODE, LINK = "/wxa/getwxacodeunlimit", "/wxa/generate_urllink"


async def test_a_mini_code_is_an_image(rig: Rig) -> None:
    rig.platform.script(CODE, Reply(b"\x89PNG image"))
    assert await wxa_code(rig.client, "scene-1", "pages/a/b", width=5000) == b"\x89PNG image"
    (asked,) = rig.platform.to(CODE)
    assert asked.json == {"scene": "scene-1", "page": "pages/a/b", "check_path": False, "width": 1280}


async def test_a_mini_code_that_is_refused_is_not_an_image(rig: Rig) -> None:
    rig.platform.script(CODE, {"errcode": 41030, "errmsg": "invalid page"}, {"errcode": 0})
    with pytest.raises(Refused):
        await wxa_code(rig.client, "s", "pages/a/b")
    with pytest.raises(Unreadable):
        await wxa_code(rig.client, "s", "pages/a/b")


@pytest.mark.parametrize(
    ("scene", "page"),
    [("", "p"), ("s" * 33, "p"), ("a b", "p"), ("中", "p"), ("s", "/p"), ("s", "p?a=1"), ("s", "")],
)
async def test_what_wechat_would_refuse_is_never_sent(rig: Rig, scene: str, page: str) -> None:
    with pytest.raises(ValueError, match=r"scene|page"):
        await wxa_code(rig.client, scene, page)
    assert rig.platform.requests == []


async def test_a_link_into_the_mini_program(rig: Rig) -> None:
    rig.platform.script(LINK, {"errcode": 0, "errmsg": "ok", "url_link": "https://wxaurl.cn/abc"})
    assert await url_link(rig.client, "pages/a/b", "number=1", 30) == "https://wxaurl.cn/abc"
    (asked,) = rig.platform.to(LINK)
    expected = {"path": "pages/a/b", "query": "number=1", "expire_type": 1, "expire_interval": 30}
    assert asked.json == expected
    for days, query in ((0, ""), (31, ""), (1, "q" * 1025)):
        with pytest.raises(ValueError, match="30 days"):
            await url_link(rig.client, "p", query, days)


async def test_templates_of_both_kinds_of_account(rig: Rig) -> None:
    content = "工单编号：{{character_string1.DATA}}\n服务内容: {{thing7.DATA}}\n{{thing2.DATA}}"
    rig.platform.script(
        "/cgi-bin/template/get_all_private_template",
        {"template_list": [{"template_id": "t1", "title": "进度", "content": content, "example": "例"}]},
    )
    rig.platform.script(
        "/wxaapi/newtmpl/gettemplate",
        {"errcode": 0, "errmsg": "ok", "data": [{"priTmplId": "s1", "title": "提醒", "content": content}]},
        {"errcode": 0, "errmsg": "ok", "data": []},
    )
    (one,) = await list_templates(rig.client)
    assert (one.template_id, one.title, one.example) == ("t1", "进度", "例")
    fields = (Field("character_string1", "工单编号"), Field("thing7", "服务内容"), Field("thing2", ""))
    assert one.fields == fields
    (other,) = await list_subscriptions(rig.client)
    assert (other.template_id, other.fields) == ("s1", fields)
    assert await list_subscriptions(rig.client) == []


def test_a_template_without_fields_has_none() -> None:
    assert fields_of("谢谢惠顾") == ()
    assert Field("character_string12", "").type == "character_string"


async def test_no_menu_is_an_empty_one(rig: Rig) -> None:
    rig.platform.script(
        "/cgi-bin/menu/get",
        {"errcode": 46003, "errmsg": "menu no exist"},
        {"menu": {"button": [{"name": "a"}]}},
        {"errcode": 48001, "errmsg": "api unauthorized"},
    )
    assert await current_menu(rig.client) == []
    assert await current_menu(rig.client) == [{"name": "a"}]
    with pytest.raises(Refused):
        await current_menu(rig.client)


async def test_where_wechat_calls_from(rig: Rig) -> None:
    rig.platform.script("/cgi-bin/getcallbackip", {"ip_list": ["1.2.3.4", "5.6.7.8"]})
    assert await callback_ips(rig.client) == ["1.2.3.4", "5.6.7.8"]
