"""Messages to people."""

from collections.abc import Mapping

from app.wechat.answers import maybe
from app.wechat.client import AsyncWeChatClient

Data = Mapping[str, Mapping[str, str]]


async def send_template(
    client: AsyncWeChatClient,
    touser: str,
    template_id: str,
    data: Data,
    *,
    url: str | None = None,
    miniprogram: Mapping[str, str] | None = None,
    client_msg_id: str | None = None,
) -> str:
    """The msgid, or '' if the platform accepted without naming one.

    The same `client_msg_id` to the same person within ten minutes is delivered once.
    """
    body = {
        "touser": touser,
        "template_id": template_id,
        "data": data,
        "url": url,
        "miniprogram": miniprogram,
        "client_msg_id": client_msg_id,
    }
    answer = await client.post_object("message/template/send", body)
    return maybe(answer, "msgid") or ""


async def send_subscribe(
    client: AsyncWeChatClient,
    touser: str,
    template_id: str,
    data: Data,
    *,
    page: str | None = None,
    state: str = "formal",
) -> str:
    """A mini-program subscribe message; uses up one consent. There is no id to make a repeat harmless."""
    body = {
        "touser": touser,
        "template_id": template_id,
        "data": data,
        "page": page,
        "miniprogram_state": state,
        "lang": "zh_CN",
    }
    answer = await client.post_object("message/subscribe/send", body)
    return maybe(answer, "msgid") or ""


async def send_text(client: AsyncWeChatClient, touser: str, content: str) -> None:
    """A customer-service message; only inside the window that the user opened."""
    body = {"touser": touser, "msgtype": "text", "text": {"content": content}}
    await client.post_object("message/custom/send", body)
