"""Customer-service messages, which may only answer something the user just did."""

from collections.abc import Callable, Mapping

from sandbox import media, messages, people, texts, windows
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.messages import Draft
from sandbox.people import Identity
from sandbox.world import World

Content = dict[str, object]

_TYPING_LASTS = 15.0
_MINI_TYPES = frozenset({"text", "image", "link", "miniprogrampage"})


def send(world: World, call: Call) -> dict[str, object]:
    texts.refuse_escapes(call.raw)
    who = receiver(world, call)
    draft = _draft(world, call)
    windows.use_window(world.store, who, world.clock.now())
    messages.add(world.store, world.clock, who, draft)
    world.store.count("custom_sends")
    world.typing.pop((who.appid, who.openid), None)
    world.hub.notify()
    return {"errcode": 0, "errmsg": "ok"}


def receiver(world: World, call: Call) -> Identity:
    if not call.body.get("touser"):
        raise PlatformError(41009)
    who = people.by_openid(world.store, call.caller.appid, call.text("touser"))
    if who is None:
        raise PlatformError(40003)
    if who.blacklisted:
        raise PlatformError(43019)
    return who


def _draft(world: World, call: Call) -> Draft:
    kind = call.text("msgtype")
    read = _READERS.get(kind)
    if read is None or (call.caller.kind == "mini" and kind not in _MINI_TYPES):
        raise PlatformError(40008)
    content = call.body.get(kind)
    if not isinstance(content, dict):
        raise PlatformError(47001)
    text, kept = read(world, call, content)
    url = kept.get("url")
    page = kept.get("pagepath")
    return Draft(
        "custom",
        text=text,
        kind=kind,
        content=kept,
        url=url if isinstance(url, str) else None,
        miniprogram={"appid": str(kept["appid"]), "pagepath": page} if isinstance(page, str) else None,
    )


# What the chat shows as text, and what a page needs to draw it.
Read = tuple[str, Content]


def _text(_world: World, _call: Call, content: Content) -> Read:
    value = content.get("content")
    if not isinstance(value, str) or not value:
        raise PlatformError(44004)
    return value, {}


def _medium(label: str, kinds: tuple[str, ...]) -> Callable[[World, Call, Content], Read]:
    def read(world: World, call: Call, content: Content) -> Read:
        media_id = _media_id(world, call, content.get("media_id"), kinds)
        return label, {"media_id": media_id, "picture": media.address(world, media_id)}

    return read


def _media_id(world: World, call: Call, given: object, kinds: tuple[str, ...]) -> str:
    medium = media.find(world, call.caller.appid, given) if isinstance(given, str) else None
    if medium is None or medium.kind not in kinds:
        raise PlatformError(40007)
    return medium.id


def _news(_world: World, _call: Call, content: Content) -> Read:
    """One article; the platform allowed eight until 2018."""
    articles = content.get("articles")
    if not isinstance(articles, list) or not articles or not isinstance(articles[0], dict):
        raise PlatformError(44004)
    if len(articles) > 1:
        raise PlatformError(45008)
    article = {name: str(articles[0].get(name, "")) for name in ("title", "description", "url", "picurl")}
    return article["title"] or "[图文]", dict(article)


def _link(_world: World, _call: Call, content: Content) -> Read:
    link = {name: str(content.get(name, "")) for name in ("title", "description", "url", "thumb_url")}
    if not link["title"] or not link["url"]:
        raise PlatformError(44004)
    return link["title"], dict(link)


def _page(world: World, call: Call, content: Content) -> Read:
    """A card of a mini-program: of itself, or of one that is linked to the account."""
    account = call.caller
    appid = account.appid if account.kind == "mini" else str(content.get("appid", ""))
    if appid != account.appid and appid not in account.linked_minis:
        raise PlatformError(40013)
    page = content.get("pagepath")
    if not isinstance(page, str) or not page:
        raise PlatformError(40165)
    thumb = _media_id(world, call, content.get("thumb_media_id"), ("image", "thumb"))
    title = str(content.get("title", "")) or "[小程序]"
    picture = media.address(world, thumb)
    return title, {"title": title, "appid": appid, "pagepath": page, "picture": picture}


def _menu(_world: World, _call: Call, content: Content) -> Read:
    given = content.get("list")
    if not isinstance(given, list) or not given:
        raise PlatformError(44004)
    choices = [
        {"id": str(choice.get("id", "")), "content": str(choice.get("content", ""))}
        for choice in given
        if isinstance(choice, Mapping)
    ]
    if len(choices) < len(given) or not all(choice["id"] and choice["content"] for choice in choices):
        raise PlatformError(44004)
    head, tail = str(content.get("head_content", "")), str(content.get("tail_content", ""))
    text = "\n".join(part for part in (head, *(f"▸ {c['content']}" for c in choices), tail) if part)
    return text, {"head": head, "choices": choices, "tail": tail}


def _other(label: str) -> Callable[[World, Call, Content], Read]:
    return lambda _world, _call, content: (str(content.get("title") or label), content)


_READERS: dict[str, Callable[[World, Call, Content], Read]] = {
    "text": _text,
    "image": _medium("[图片]", ("image",)),
    "voice": _medium("[语音]", ("voice",)),
    "video": _medium("[视频]", ("video",)),
    "news": _news,
    "link": _link,
    "miniprogrampage": _page,
    "msgmenu": _menu,
    "music": _other("[音乐]"),
    "mpnews": _other("[图文]"),
    "mpnewsarticle": _other("[图文]"),
    "wxcard": _other("[卡券]"),
}


def set_typing(world: World, call: Call) -> dict[str, object]:
    """The line "is typing": only while a reply is possible, and not twice."""
    who = receiver(world, call)
    command = call.body.get("command")
    if command not in ("Typing", "CancelTyping"):
        raise PlatformError(45072)
    key, now = (who.appid, who.openid), world.clock.now()
    if command == "CancelTyping":
        world.typing.pop(key, None)
    else:
        windows.usable(world.store, who, now)
        if now - world.typing.get(key, 0.0) < _TYPING_LASTS:
            raise PlatformError(45081)
        world.typing[key] = now
    world.hub.notify()
    return {"errcode": 0, "errmsg": "ok"}
