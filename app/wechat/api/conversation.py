"""The chat between the people of an account and its staff."""

from collections.abc import Iterable

from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import Unreadable


async def picture(client: AsyncWeChatClient, media_id: str) -> bytes:
    """What somebody sent; the platform keeps it for three days."""
    answer: object = await client.get("media/get", params={"media_id": media_id})
    if not isinstance(answer, bytes):
        raise Unreadable("media/get answered with something that is no picture")
    return answer


async def send_menu(
    client: AsyncWeChatClient, touser: str, head: str, choices: Iterable[tuple[str, str]], tail: str = ""
) -> None:
    """A question with entries to tap, each ``(id, words)``; a tap comes back as text with ``bizmsgmenuid``.

    Official accounts only, inside the window that the user opened.
    """
    entries = [{"id": entry, "content": words} for entry, words in choices]
    menu = {"head_content": head, "list": entries, "tail_content": tail}
    await client.post_object("message/custom/send", {"touser": touser, "msgtype": "msgmenu", "msgmenu": menu})
