"""The calls that we make, as a table: what is asked, and what the answer must hold, whoever answers.

``harmless`` rows change nothing and reach nobody: they alone are asked of the real platform.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.wechat.answers import Object, as_object
from app.wechat.api.codes import url_link, wxa_code
from app.wechat.api.content import media_check_async, msg_sec_check
from app.wechat.api.conversation import picture
from app.wechat.api.doors import create_menu, create_qrcode, current_menu, js_ticket
from app.wechat.api.identity import code_to_session, get_phone_number, oauth_access_token, user_info
from app.wechat.api.messages import send_subscribe, send_template, send_text
from app.wechat.api.quotas import quota_get, rid_get
from app.wechat.api.templates import list_subscriptions, list_templates
from app.wechat.client import API, AsyncWeChatClient
from app.wechat.samples import SAMPLES
from app.wechat.templates import TEMPLATES, TemplateKind

NOBODY = "oNobodyOfThatNameIsKnownHere"
_CARD = TEMPLATES[TemplateKind.TICKET_PROGRESS]
_DATA = _CARD.render(SAMPLES[TemplateKind.TICKET_PROGRESS])

Ask = Callable[[AsyncWeChatClient], Awaitable[object]]


@dataclass(frozen=True)
class Row:
    """``refused`` are the codes of which one must come back; empty when the call succeeds."""

    name: str
    kind: str
    ask: Ask
    refused: tuple[int, ...] = ()
    harmless: bool = False


async def _post(client: AsyncWeChatClient, path: str, body: Object) -> object:
    return await client.post_object(f"{API}{path}", body)


async def _get(client: AsyncWeChatClient, path: str, **params: str) -> object:
    return as_object(await client.get(f"{API}{path}", params=params))


async def _menu(client: AsyncWeChatClient) -> object:
    button = {"type": "view", "name": "我的服务", "url": "https://hx.example/h5/"}
    await create_menu(client, [button])
    shown = await current_menu(client)
    assert [(each["name"], each["url"]) for each in shown] == [(button["name"], button["url"])]
    return shown


async def _code(client: AsyncWeChatClient) -> object:
    made = await create_qrcode(client, "CONTRACT0001", 60)
    assert made.ticket
    assert made.expire_seconds == 60
    return made


async def _quota(client: AsyncWeChatClient) -> object:
    quota = await quota_get(client, "/cgi-bin/message/custom/send")
    assert quota.daily_limit >= quota.remain >= 0
    return quota


async def _ticket(client: AsyncWeChatClient) -> object:
    first, second = await js_ticket(client), await js_ticket(client)
    assert first.value
    assert 0 < second.expires_in <= first.expires_in <= 7200
    return first


async def _templates(client: AsyncWeChatClient) -> object:
    found = await list_templates(client)
    assert all(each.template_id and each.fields for each in found)
    return found


async def _subscriptions(client: AsyncWeChatClient) -> object:
    found = await list_subscriptions(client)
    assert all(each.template_id and each.fields for each in found)
    return found


async def _mini_code(client: AsyncWeChatClient) -> object:
    image = await wxa_code(client, "CONTRACT0001", "pages/index/index")
    assert image.startswith((b"\xff\xd8", b"\x89PNG"))
    return image


async def _link(client: AsyncWeChatClient) -> object:
    made = await url_link(client, "pages/index/index", "a=1", 1)
    assert made.startswith("http")
    return made


def _check(client: AsyncWeChatClient) -> Awaitable[object]:
    return msg_sec_check(client, openid=NOBODY, scene=2, content="好")


def _look(client: AsyncWeChatClient) -> Awaitable[object]:
    return media_check_async(client, openid=NOBODY, scene=2, media_url="https://hx.example/a.jpg")


def _notice(client: AsyncWeChatClient) -> Awaitable[object]:
    return send_subscribe(client, NOBODY, "none", _DATA)


def _long(client: AsyncWeChatClient) -> Awaitable[object]:
    return create_qrcode(client, "s" * 65, 60)


ROWS: tuple[Row, ...] = (
    Row("quota/get", "official", _quota, harmless=True),
    Row("quota/get of a mini-program", "mini", _quota, harmless=True),
    Row("rid/get, unknown", "official", lambda c: rid_get(c, "61725984-6126f6f9-040f19c4"), (76001, 76004), True),
    Row("user/info, a stranger", "official", lambda c: user_info(c, NOBODY), (40003,), True),
    Row("template/send to a stranger", "official", lambda c: send_template(c, NOBODY, "none", _DATA), (40003,), True),
    Row("custom/send to a stranger", "official", lambda c: send_text(c, NOBODY, "x"), (40003,), True),
    Row("menu/get", "official", current_menu, harmless=True),
    Row("GET of what is POST", "official", lambda c: _get(c, "/cgi-bin/message/template/send"), (43002,), True),
    Row("qrcode/create, a scene too long", "official", _long, (40053, 40097, 40169), True),
    Row("jscode2session, a code made up", "mini", lambda c: code_to_session(c, "made-up"), (40029,), True),
    Row("oauth2/access_token, a code made up", "official", lambda c: oauth_access_token(c, "made-up"), (40029,), True),
    Row("menu/create and menu/get", "official", _menu),
    Row("qrcode/create", "official", _code),
    Row("menu/create without buttons", "official", lambda c: _post(c, "/cgi-bin/menu/create", {"button": []}),
        (40016, 40015)),
    Row("ticket/getticket", "official", _ticket, harmless=True),
    Row("template/get_all_private_template", "official", _templates, harmless=True),
    Row("newtmpl/gettemplate", "mini", _subscriptions, harmless=True),
    Row("subscribe/send to a stranger", "mini", _notice, (40003, 40037), True),
    Row("msg_sec_check for a stranger", "mini", _check, (40003, 43104, 61010), True),
    Row("media_check_async for a stranger", "mini", _look, (40003, 43104, 61010), True),
    Row("getuserphonenumber, a code made up", "mini", lambda c: get_phone_number(c, "made-up"), (40029,), True),
    Row("media/get, unknown", "official", lambda c: picture(c, "made-up"), (40007,), True),
    Row("getwxacodeunlimit", "mini", _mini_code),
    Row("generate_urllink", "mini", _link),
)  # fmt: skip
