"""Customer-service messages, which may only answer something the user just did."""

from sandbox import messages, people, windows
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.messages import Draft
from sandbox.people import Identity
from sandbox.world import World

_SERVICE_TYPES = frozenset(
    {
        "text",
        "image",
        "voice",
        "video",
        "music",
        "news",
        "mpnews",
        "mpnewsarticle",
        "msgmenu",
        "wxcard",
        "miniprogrampage",
    }
)
_MINI_TYPES = frozenset({"text", "image", "link", "miniprogrampage"})


def send(world: World, call: Call) -> dict[str, object]:
    who = _receiver(world, call)
    draft = _draft(call)
    windows.use_window(world.store, who, world.clock.now())
    messages.add(world.store, world.clock, who, draft)
    world.store.count("custom_sends")
    world.hub.notify()
    return {"errcode": 0, "errmsg": "ok"}


def _receiver(world: World, call: Call) -> Identity:
    if not call.body.get("touser"):
        raise PlatformError(41009)
    who = people.by_openid(world.store, call.caller.appid, call.text("touser"))
    if who is None:
        raise PlatformError(40003)
    if who.blacklisted:
        raise PlatformError(43019)
    return who


def _draft(call: Call) -> Draft:
    kind = call.text("msgtype")
    content = call.body.get(kind)
    allowed = _SERVICE_TYPES if call.caller.kind == "service" else _MINI_TYPES
    if kind not in allowed:
        raise PlatformError(40008)
    if not isinstance(content, dict):
        raise PlatformError(47001)
    if kind == "text":
        return Draft("custom", text=_text(content, "content"))
    if kind == "msgmenu":
        return Draft("custom", text=_menu_text(content))
    title = content.get("title")
    return Draft("custom", text=title if isinstance(title, str) and title else f"[{kind}]")


def _text(content: dict[str, object], name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise PlatformError(44004)
    return value


def _menu_text(content: dict[str, object]) -> str:
    choices = content.get("list")
    if not isinstance(choices, list) or not choices:
        raise PlatformError(44004)
    lines = [f"▸ {choice.get('content', '')}" for choice in choices if isinstance(choice, dict)]
    parts = (str(content.get("head_content", "")), *lines, str(content.get("tail_content", "")))
    return "\n".join(part for part in parts if part)
