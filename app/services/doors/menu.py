"""The menu file of this deployment, and the menu that WeChat shows."""

from importlib.resources import files
from pathlib import Path

from app.settings import Settings
from app.wechat.api.doors import current_menu
from app.wechat.client import AsyncWeChatClient
from app.wechat.menu import Difference, Entry, MenuInvalid, differences, read_menu


def wanted_menu(settings: Settings, mini_appid: str) -> list[Entry]:
    """What the file says. Raises MenuInvalid."""
    values = {"public_base_url": settings.public_base_url.rstrip("/"), "mini_appid": mini_appid}
    return read_menu(_text(settings.menu_file), values)


async def compare(client: AsyncWeChatClient, wanted: list[Entry]) -> list[Difference]:
    """Empty when WeChat shows what the file says. Raises WeChatError."""
    return differences(wanted, await current_menu(client))


def _text(path: str) -> str:
    if not path:
        return files("app.services.doors").joinpath("data/menu.toml").read_text(encoding="utf-8")
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise MenuInvalid(f"读不了菜单文件 {path}：{error.strerror}") from error
