"""Ways in: the menu, codes to scan, the signature of pages."""

from collections.abc import Mapping, Sequence

from app.wechat.answers import JSTicket, QRCode, as_object, part
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import Refused

_NO_MENU = 46003


async def create_menu(client: AsyncWeChatClient, buttons: Sequence[Mapping[str, object]]) -> None:
    as_object(await client.menu.create({"button": list(buttons)}))


async def current_menu(client: AsyncWeChatClient) -> list[Mapping[str, object]]:
    """The buttons as the platform has them; none when nobody has made a menu."""
    try:
        menu = part(as_object(await client.get("menu/get")), "menu")
    except Refused as refusal:
        if refusal.errcode != _NO_MENU:
            raise
        return []
    buttons = menu.get("button")
    return [as_object(each) for each in buttons] if isinstance(buttons, list) else []


async def create_qrcode(client: AsyncWeChatClient, scene: str, expire_seconds: int | None = None) -> QRCode:
    """A code that brings `scene` back with the follow or scan; without expiry one of 100 000 for ever."""
    request: dict[str, object] = {
        "action_name": "QR_LIMIT_STR_SCENE" if expire_seconds is None else "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": scene}},
    }
    if expire_seconds is not None:
        request["expire_seconds"] = expire_seconds
    return QRCode.of(as_object(await client.qrcode.create(request)))


async def js_ticket(client: AsyncWeChatClient) -> JSTicket:
    """For `links.js_signature`; has a daily quota, so the caller keeps it until it expires."""
    return JSTicket.of(as_object(await client.get("ticket/getticket", params={"type": "jsapi"})))
