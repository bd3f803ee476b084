"""The calls that we make, as a table: what is asked, and what the answer must hold, whoever answers.

``harmless`` rows change nothing and reach nobody: they alone are asked of the real platform.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.wechat.answers import Object, as_object
from app.wechat.api.doors import create_menu, create_qrcode, current_menu
from app.wechat.api.identity import code_to_session, oauth_access_token, user_info
from app.wechat.api.messages import send_template, send_text
from app.wechat.api.quotas import quota_get, rid_get
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
)  # fmt: skip
